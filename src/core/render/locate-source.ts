// Where the tree sets a value: file, line and column.
import { ancestors, pointerTo, valueAt } from '../document/json-pointer.ts';
import type { SourcePosition } from '../model/source-position.ts';
import { entriesOf, isList, isMap, type Value } from '../model/value.ts';
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

/**
 * The position of a string that may be a secret. As an item of a list it can have another index in its file than in the content; with
 * variables, no file has it.
 */
export function locateText(
  layers: readonly SourceDocument[],
  { pointer, text }: { readonly pointer: string; readonly text: string },
): SourcePosition | undefined {
  const setter = layers.findLast(({ value }) => valueAt(value, pointer) === text);
  if (setter !== undefined) return locateSource(setter, pointer);
  for (const layer of layers.toReversed()) {
    const elsewhere = pointerOf(layer, text);
    if (elsewhere !== undefined) return locateSource(layer, elsewhere);
  }
  return locateInLayers(layers, pointer);
}

function pointerOf({ value, notes }: SourceDocument, text: string): string | undefined {
  return value === undefined || notes?.hasSecrets !== true ? undefined : search(value, '');

  function search(part: Value, at: string): string | undefined {
    if (part === text) return at;
    const members: Iterable<readonly [string | number, Value]> = isList(part)
      ? part.entries()
      : isMap(part)
        ? entriesOf(part)
        : [];
    for (const [step, member] of members) {
      const found = search(member, pointerTo(at, step));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
