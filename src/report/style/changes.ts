// Changes of one content, one row each: in aligned columns if they fit, else on several lines.
import type { Change } from '../../core/document/diff-values.ts';
import { flagState } from '../../core/flags/name-flag-change.ts';
import { formatSource } from '../../core/model/source-position.ts';
import { number } from '../../core/problem/quantity.ts';
import { cut, padded, widthOf } from './columns.ts';
import { visible } from './escape.ts';
import type { Tone } from './style.ts';
import type { TextOptions } from './text-options.ts';

/** `  ~ /path   before → after  file:line`, or with before and after below the path. With `verbose` values are never cut. */
export function changeRows(changes: readonly Change[], options: TextOptions): readonly string[] {
  const { width } = options;
  const rows = changes.map((change) => ({
    change,
    path: pathText(change.path),
    value: valueText(change),
    source: sourceText(change),
  }));
  const pathWidth = rows
    .filter((row) => fits(row, 0, width))
    .reduce((most, row) => Math.max(most, widthOf(row.path)), 0);
  const valueWidth = rows
    .filter((row) => fits(row, pathWidth, width))
    .reduce((most, row) => Math.max(most, widthOf(row.value)), 0);
  return rows.flatMap((row) =>
    fits(row, pathWidth, width) ? oneLine(row, { pathWidth, valueWidth, options }) : severalLines(row, options),
  );
}

/** A JSON Pointer. The empty one, of the whole content, gets words. */
export function pathText(path: string): string {
  return path === '' ? '(the whole content)' : visible(path);
}

/** `template/A.yml:2`, or `300 tenants' own files (tenants/a/A.yml:2, …)`. */
export function sourceText({ source, sourceFiles = 1 }: Pick<Change, 'source' | 'sourceFiles'>): string {
  if (source === undefined) return '';
  const first = visible(formatSource(source));
  if (sourceFiles === 1) return first;
  const files = source.file.startsWith('tenants/') ? "tenants' own files" : 'files';
  return `${number(sourceFiles)} ${files} (${first}, …)`;
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
  room: { readonly pathWidth: number; readonly valueWidth: number; readonly options: TextOptions },
): readonly string[] {
  const { pathWidth, valueWidth, options } = room;
  const { style, width } = options;
  const text = `${head(row.change, options)}${padded(row.path, pathWidth)}   ${row.value}`;
  if (row.source === '') return [text];
  const aligned = `${text}${' '.repeat(Math.max(0, valueWidth - widthOf(row.value)))}  `;
  return margin + pathWidth + gap + valueWidth + 2 + widthOf(row.source) <= width
    ? [aligned + style.faint(row.source)]
    : [text, `      ${style.faint(row.source)}`];
}

/** For values that do not fit beside their path. If they are cut, the first difference still shows. */
function severalLines(row: Row, options: TextOptions): readonly string[] {
  const { style, width, verbose } = options;
  const { before, after } = row.change;
  const difference = before === undefined || after === undefined ? 0 : firstDifference(before, after);
  const shown = (text: string) => (verbose ? visible(text) : cutAround(visible(text), difference, width - 8));
  return [
    `${head(row.change, options)}${row.path}`,
    ...(before === undefined ? [] : [style.removed(`      - ${shown(before)}`)]),
    ...(after === undefined ? [] : [style.added(`      + ${shown(after)}`)]),
    ...(row.source === '' ? [] : [`      ${style.faint(row.source)}`]),
  ];
}

const signs = {
  add: { sign: '+', tone: 'added' },
  remove: { sign: '-', tone: 'removed' },
  replace: { sign: '~', tone: 'changed' },
} as const satisfies Record<Change['op'], { readonly sign: string; readonly tone: Tone }>;

/** Before the sign of a line. */
export function signIndent({ signsFirst }: TextOptions): string {
  return signsFirst === true ? '' : '  ';
}

function head({ op }: Change, options: TextOptions): string {
  const { sign, tone } = signs[op];
  return `${signIndent(options)}${options.style[tone](sign)} `;
}

function valueText(change: Change): string {
  const { op, before, after = '', flag } = change;
  const shown = (text: string) => visible(flagState(change, text));
  const value =
    op === 'replace' && before !== undefined
      ? `${shown(before)} → ${shown(after)}`
      : shown(op === 'remove' ? (before ?? '') : after);
  return flag === undefined ? value : `${visible(flag)}  ${value}`;
}

/** @param most characters that are compared */
export function firstDifference(before: string, after: string, most = before.length): number {
  let index = 0;
  while (index < most && index < before.length && before[index] === after[index]) index += 1;
  return index;
}

/** A text cut to a width so that its character at `index` shows, with some text before it. */
function cutAround(text: string, index: number, width: number): string {
  const lead = Math.floor(width / 3);
  return index <= lead || widthOf(text) <= width ? cut(text, width) : `…${cut(text.slice(index - lead), width - 1)}`;
}
