// A review as text: all of it, or what fits on one screen.

import { formatSource } from '../../core/model/source-position.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Review } from '../../core/review/review.ts';
import { addressText } from '../style/address-text.ts';
import { cut, widthOf, wrapped } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import { namedRows } from '../style/named-rows.ts';
import { count, number } from '../style/quantities.ts';
import type { TextOptions } from '../style/text-options.ts';
import { type ChangeGroupView, changeGroupViews } from '../view/plan-view.ts';
import { withoutComingAndGoing } from '../view/review-view.ts';
import { changeText, type ReviewSection, reviewSections, totalRows } from './review-sections.ts';

/** Everything but the change groups. Each section ends with a line break. */
export function reviewParts(review: Review, plan: Plan, options: TextOptions): readonly string[] {
  const { style, width } = options;
  const head = [style.strong(wrapped(visible(review.verdict), width)), ...namedRows(totalRows(review), width)];
  const sections = reviewSections(review, plan, { ...options, short: false }).map(({ title, tone, rows, note }) => [
    style[tone](title),
    ...rows.flat(),
    ...(note === undefined ? [] : [style.faint(`  ${note}`)]),
  ]);
  return [head, ...sections].map((lines) => `${lines.join('\n')}\n`);
}

/** A terminal of the usual size, without a line for the prompt. */
const screen = { width: 80, lines: 23 };

/** Profiles with their totals on a screen. */
const mostTotals = 3;

/** Whether a text fits on a screen. */
export function fitsOnScreen(text: string): boolean {
  return text.trimEnd().split('\n').length <= screen.lines;
}

/** What fits on a screen: of each section the first rows, and how many there are. */
export function reviewScreen(review: Review, plan: Plan, options: TextOptions): string {
  const { style } = options;
  const width = Number.isFinite(options.width) ? options.width : screen.width;
  const narrow = { ...options, width };
  const totals = totalRows(review);
  const head = [
    ...wrapped(visible(review.verdict), width)
      .split('\n')
      .map((line) => style.strong(line.trimEnd())),
    ...namedRows(totals.slice(0, mostTotals), width),
    ...(totals.length > mostTotals
      ? [style.faint(`  … and ${count(totals.length - mostTotals, 'more profile')}`)]
      : []),
  ];
  const sections = [
    ...reviewSections(review, plan, { ...narrow, short: true }),
    groupsSection(changeGroupViews(withoutComingAndGoing(plan, review)), narrow),
  ].filter(({ rows }) => rows.length > 0);
  const shown = rowsThatFit(sections, screen.lines - head.length, narrow);
  const isCut = sections.some(({ rows }, index) => rows.length > (shown[index] ?? 0));
  const lines = sections.flatMap((section, index) => sectionLines(section, shown[index] ?? 0, narrow));
  const hint = isCut ? [style.faint('--full shows everything, -o json as data.')] : [];
  return `${[...head, ...lines, ...hint].join('\n')}\n`;
}

/** A title with its only row, or with a line for each. */
function sectionLines(section: ReviewSection, some: number, { style, width }: TextOptions): readonly string[] {
  const { title, tone, rows, shortNote } = section;
  const about = [
    ...(rows.length > some ? [`${number(some)} of ${number(rows.length)} shown`] : []),
    ...(shortNote === undefined ? [] : [shortNote]),
  ];
  const head = about.length === 0 ? title : `${title} (${about.join('; ')})`;
  const only = onlyLine(section);
  if (only !== undefined && widthOf(`${head}: ${only}`) <= width) return [`${style[tone](head)}: ${only}`];
  return [
    style[tone](cut(head, width)),
    ...rows.slice(0, some).flatMap((lines) => lines.map((line) => cut(line, width))),
  ];
}

function onlyLine({ rows }: ReviewSection): string | undefined {
  const [line, ...others] = rows.flat();
  return others.length === 0 ? line?.trim() : undefined;
}

/** How many rows of each section: first one each, then as many as there is room for, in the order of the sections. */
function rowsThatFit(sections: readonly ReviewSection[], lines: number, options: TextOptions): readonly number[] {
  const heightOf = ({ rows }: ReviewSection, from: number, to: number) => rows.slice(from, to).flat().length;
  const shown = sections.map(() => 1);
  // One line is for the hint.
  const fixed = sections.map((section) => sectionLines(section, 1, options).length);
  let left = lines - 1 - fixed.reduce((sum, height) => sum + height, 0);
  for (let hasGrown = true; hasGrown; ) {
    hasGrown = false;
    for (const [index, section] of sections.entries()) {
      const some = shown[index] ?? 1;
      const more = heightOf(section, some, some + 1);
      if (more === 0 || more > left) continue;
      shown[index] = some + 1;
      left -= more;
      hasGrown = true;
    }
  }
  return shown;
}

/** One line for each group, the largest first. */
function groupsSection(groups: readonly ChangeGroupView[], { style, width }: TextOptions): ReviewSection {
  const rows = groups
    .toSorted((a, b) => b.addresses - a.addresses)
    .map(({ first, addresses, changes, what }) => {
      const [change, ...others] = changes;
      const more = others.length > 0 ? `, and ${count(others.length, 'more change')}` : '';
      const text = what === 'changed' && change !== undefined ? `${changeText(change)}${more}` : words[what];
      const source = change?.source === undefined ? '' : `  ${visible(formatSource(change.source))}`;
      const named =
        addresses === 1 ? addressText(first.subject) : `${number(addresses)} as ${addressText(first.subject)}`;
      return [cut(`  ${named}  ${text}`, width - source.length) + style.faint(source)];
    });
  return { title: count(groups.length, 'group of changes', 'groups of changes'), tone: 'strong', rows };
}

const words = { new: 'new', removed: 'removed', opaque: 'content differs', changed: 'content differs' } as const;
