// Places in a file, as people count them.

export interface SourcePosition {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/** `path:line:column`. */
export function formatSource(path: string, place: SourcePosition | undefined): string {
  return place === undefined ? path : `${path}:${place.line}:${place.column}`;
}

/** Offsets at which lines begin. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length);
  return starts;
}

/** @param starts the offsets at which lines begin. */
export function positionAt(offset: number, starts: readonly number[]): SourcePosition {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
