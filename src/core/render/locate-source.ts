// Where the tree sets a value: file, line and column.
import { ancestors, valueAt } from '../document/json-pointer.ts';
import type { SourcePosition } from '../model/source-position.ts';
import { isMap, type Value } from '../model/value.ts';
import type { ProfileSettings } from '../settings/settings.ts';
import type { SourceDocument } from './layers.ts';

/** The position of a pointer in a file, or of the nearest pointer above it that the file has. */
export function locateSource(document: SourceDocument, pointer: string): SourcePosition {
  const positions = document.positions();
  const nearest = ancestors(pointer).find((at) => positions.has(at)) ?? '';
  return { file: document.path, ...positions.get(nearest) };
}

/**
 * The position of a pointer in the most specific layer that has it; otherwise of the nearest pointer above it that a layer has.
 * @param layers least specific first. @returns undefined if no layer has a value at all.
 */
export function locateInLayers(layers: readonly SourceDocument[], pointer: string): SourcePosition | undefined {
  for (const at of ancestors(pointer)) {
    const layer = layers.findLast((document) => valueAt(document.value, at) !== undefined);
    if (layer !== undefined) return locateSource(layer, at);
  }
  return undefined;
}

/**
 * The most specific layer that sets, replaces or deletes what is at a pointer; undefined where none does.
 * @param layers least specific first
 */
export function setterOf(
  layers: readonly SourceDocument[],
  pointer: string,
  { merge }: Pick<ProfileSettings, 'merge'>,
): SourceDocument | undefined {
  return layers.findLast(({ value }) => value !== undefined && (merge === 'replace' || decides(value, pointer)));
}

function decides(value: Value, pointer: string): boolean {
  if (valueAt(value, pointer) !== undefined) return true;
  const nearest = ancestors(pointer)
    .map((at) => valueAt(value, at))
    .find((at) => at !== undefined);
  return nearest !== undefined && !isMap(nearest);
}

/** The line that decides. Without its column: a reviewer reads lines. */
export function locateValue(
  layers: readonly SourceDocument[],
  pointer: string,
  profile: Pick<ProfileSettings, 'merge'>,
): SourcePosition | undefined {
  const document = setterOf(layers, pointer, profile);
  return document === undefined ? undefined : lineOf(document, pointer);
}

/** The line of a pointer in a file, or of the nearest pointer above it. */
export function lineOf(document: SourceDocument, pointer: string): SourcePosition {
  const { column, ...line } = locateSource(document, pointer);
  return line;
}
