// Positions in files, as editors count them.

/** A position in a file of the tree. */
export interface SourcePosition {
  /** Relative to the tree, with `/`. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  /** From 1, in UTF-16 units. */
  readonly column?: number;
  /** Of a line that the tree no longer has: the revision that it is compared with. */
  readonly revision?: 'base';
  /** The file is one of a Git revision, which its name begins with. */
  readonly isInOtherTree?: true;
}

export type LineAndColumn = Required<Pick<SourcePosition, 'line' | 'column'>>;

/** `file:line:column`, or the parts that are known; `file:line@base` of a deleted line. */
export function formatSource({ file, line, column, revision }: SourcePosition): string {
  const position = [file, line, column].filter((part) => part !== undefined).join(':');
  return revision === undefined ? position : `${position}@${revision}`;
}

/** The position in the base, of what the head does not have. */
export function inBase(source: SourcePosition): SourcePosition {
  return { ...source, revision: 'base' };
}

/** Offsets at which the lines of a text begin. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length);
  return starts;
}

/** @param starts what `lineStarts` returned */
export function positionAt(offset: number, starts: readonly number[]): LineAndColumn {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
