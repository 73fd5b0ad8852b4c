// Names in one column with a text beside each, or below it on a terminal that is too narrow for both.
import { cut, padded, widthOf, wrapped } from './columns.ts';

export interface NamedRow {
  readonly name: string;
  readonly text: string;
}

/** Columns that a text needs to stand beside its name. */
const narrowest = 30;

/** Columns of the longest name, also where a line has no end: the others would be pushed out of sight. */
const widestName = 60;

/** @param width in columns; infinite without a terminal */
export function namedRows(named: readonly NamedRow[], width: number): readonly string[] {
  const rows = named.map(({ name, text }) => ({ name: cut(name, Math.min(widestName, width - 2)), text }));
  const nameWidth = rows.reduce((most, { name }) => Math.max(most, widthOf(name)), 0);
  const beside = nameWidth + 4;
  const isBeside = width - beside >= narrowest;
  const indent = isBeside ? beside : 4;
  return rows.flatMap(({ name, text }) => {
    const lines = wrapped(text, Math.max(1, width - indent))
      .split('\n')
      .map((line) => line.trim());
    if (!isBeside) return [`  ${name}`, ...lines.map((line) => `${' '.repeat(indent)}${line}`)];
    return lines.map((line, index) => `${index === 0 ? `  ${padded(name, nameWidth)}  ` : ' '.repeat(indent)}${line}`);
  });
}
