// Where the tree sets a value: file, line and column.
import { ancestors, valueAt } from '../document/json-pointer.ts';
import type { SourcePosition } from '../model/source-position.ts';
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
