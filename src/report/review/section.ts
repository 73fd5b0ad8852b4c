// A part of a text: rows that belong together, below a title.

import { number } from '../../core/problem/quantity.ts';
import { cut, firstFitting, widthOf } from '../style/columns.ts';
import { firstOf } from '../style/shortened.ts';
import type { TextOptions } from '../style/text-options.ts';

export interface Section {
  readonly title: string;
  readonly tone: 'strong' | 'error' | 'warning';
  /** Each of one or more lines. */
  readonly rows: readonly (readonly string[])[];
  /** What a row is, for the line that counts hidden rows. */
  readonly noun?: string;
  /** Where all rows are shown, they need no title. */
  readonly isUntitled?: true;
  /** What holds for all rows. */
  readonly note?: string;
  /** The same in few words. */
  readonly shortNote?: string;
  /** The rows in fewer words, for the line of the title. */
  readonly briefRows?: readonly string[];
  /** Instead of the title before its first row, if it is the only one that is shown. */
  readonly titleOfFirst?: string;
}

/** All rows of a section, or the first ones. @param most undefined: all */
export function wholeText(section: Section, most: number | undefined, { style }: TextOptions): string {
  const { title, tone, rows, noun, isUntitled } = section;
  const { shown, more } = firstOf(rows, most ?? rows.length, noun);
  const lines = [
    ...(isUntitled ? [] : [style[tone](title)]),
    ...shown.flat(),
    ...more.map((line) => style.faint(`  ${line}`)),
  ];
  return `${lines.join('\n')}\n`;
}

/** The first rows of a section: a title with its only row, or with a line for each. */
export function sectionLines(section: Section, some: number, { style, width }: TextOptions): readonly string[] {
  const { title, tone, rows, shortNote, titleOfFirst } = section;
  const about = [
    ...(rows.length > some ? [`${number(some)} of ${number(rows.length)} shown`] : []),
    ...(shortNote === undefined ? [] : [shortNote]),
  ];
  const head = firstFitting([about.length === 0 ? title : `${title} (${about.join('; ')})`, title], width);
  const shown = rows.slice(0, some);
  const only = onlyLine(shown);
  const headOfOnly = some < rows.length ? titleOfFirst : head;
  if (only !== undefined && headOfOnly !== undefined) {
    if (widthOf(`${headOfOnly}: ${only}`) <= width) return [`${style[tone](headOfOnly)}: ${only}`];
    const [brief] = section.briefRows ?? [];
    if (brief !== undefined) return [cut(`${style[tone](headOfOnly)}: ${brief}`, width)];
  }
  return [style[tone](cut(head, width)), ...shown.flatMap((lines) => lines.map((line) => cut(line, width)))];
}

function onlyLine(rows: Section['rows']): string | undefined {
  const [line, ...others] = rows.flat();
  return others.length === 0 ? line?.trim() : undefined;
}
