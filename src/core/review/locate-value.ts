// Which line of which layer decides the value at a pointer.
import { ancestors, valueAt } from '../document/json-pointer.ts';
import type { SourcePosition } from '../model/source-position.ts';
import { isMap, type Value } from '../model/value.ts';
import type { SourceDocument } from '../render/layers.ts';
import { locateSource } from '../render/locate-source.ts';
import type { ProfileSettings } from '../settings/settings.ts';

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
