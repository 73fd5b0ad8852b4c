// Changes of one content, a row each: aligned where it fits, on several lines where it does not.
import type { Change } from '../core/document/diff-values.ts';
import { cut, padded, type Style, widthOf } from './style.ts';
import { visible } from './visible.ts';

export interface RowsOptions {
  readonly style: Style;
  /** Columns; infinite where there is no terminal. */
  readonly width: number;
  /** Values are shown whole, however wide the terminal is. */
  readonly verbose: boolean;
}

/** `  ~ /path   before → after  file:line`, or with before and after below the path. */
export function changeRows(changes: readonly Change[], options: RowsOptions): readonly string[] {
  const { width } = options;
  const rows = changes.map((change) => ({
    change,
    path: change.path === '' ? '(the whole content)' : visible(change.path),
    value: valueText(change),
    source: change.source ?? '',
  }));
  const pathWidth = Math.max(...rows.filter((row) => fits(row, 0, width)).map((row) => widthOf(row.path)), 0);
  const valueWidth = Math.max(...rows.filter((row) => fits(row, pathWidth, width)).map((row) => widthOf(row.value)), 0);
  return rows.flatMap((row) =>
    fits(row, pathWidth, width) ? oneLine(row, { pathWidth, valueWidth, options }) : severalLines(row, options),
  );
}

interface Row {
  readonly change: Change;
  readonly path: string;
  readonly value: string;
  readonly source: string;
}

const margin = 4;
const gap = 3;

function fits(row: Row, pathWidth: number, width: number): boolean {
  return margin + Math.max(pathWidth, widthOf(row.path)) + gap + widthOf(row.value) <= width;
}

function oneLine(
  row: Row,
  room: { readonly pathWidth: number; readonly valueWidth: number; readonly options: RowsOptions },
): readonly string[] {
  const { pathWidth, valueWidth, options } = room;
  const { style, width } = options;
  const text = `${head(row.change, style)}${padded(row.path, pathWidth)}   ${row.value}`;
  if (row.source === '') return [text];
  const aligned = `${text}${' '.repeat(Math.max(0, valueWidth - widthOf(row.value)))}  `;
  return margin + pathWidth + gap + valueWidth + 2 + widthOf(row.source) <= width
    ? [aligned + style.faint(row.source)]
    : [text, `      ${style.faint(row.source)}`];
}

/** Where a value does not fit beside its path; cut, it still shows the first difference. */
function severalLines(row: Row, options: RowsOptions): readonly string[] {
  const { style, width, verbose } = options;
  const { before, after } = row.change;
  const difference = before === undefined || after === undefined ? 0 : firstDifference(before, after);
  const shown = (text: string) => (verbose ? visible(text) : around(visible(text), difference, width - 8));
  return [
    `${head(row.change, style)}${row.path}`,
    ...(before === undefined ? [] : [style.removed(`      - ${shown(before)}`)]),
    ...(after === undefined ? [] : [style.added(`      + ${shown(after)}`)]),
    ...(row.source === '' ? [] : [`      ${style.faint(row.source)}`]),
  ];
}

function head(change: Change, style: Style): string {
  switch (change.op) {
    case 'add':
      return `  ${style.added('+')} `;
    case 'remove':
      return `  ${style.removed('-')} `;
    case 'replace':
      return `  ${style.changed('~')} `;
    default:
      return change.op satisfies never;
  }
}

function valueText({ op, before = '', after = '' }: Change): string {
  return op === 'replace' ? `${visible(before)} → ${visible(after)}` : visible(op === 'add' ? after : before);
}

function firstDifference(before: string, after: string): number {
  let index = 0;
  while (index < before.length && before[index] === after[index]) index += 1;
  return index;
}

/** A text cut to a width in such a way that what stands at `index` is seen, with some of what is before it. */
function around(text: string, index: number, width: number): string {
  const lead = Math.floor(width / 3);
  return index <= lead || widthOf(text) <= width ? cut(text, width) : `…${cut(text.slice(index - lead), width - 1)}`;
}
