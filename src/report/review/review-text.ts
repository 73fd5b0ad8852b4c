// A review as text: all of it, or what fits on one screen.

import type { Plan } from '../../core/plan/plan.ts';
import { count, number } from '../../core/problem/quantity.ts';
import type { Review } from '../../core/review/review.ts';
import { addressText } from '../style/address-text.ts';
import { sourceText } from '../style/changes.ts';
import { cut, firstFitting, widthOf, wrapped } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import { namedRows } from '../style/named-rows.ts';
import type { TextOptions } from '../style/text-options.ts';
import { type ChangeGroupView, changeGroupViews } from '../view/plan-view.ts';
import { withoutComingAndGoing } from '../view/review-view.ts';
import { changeText, type ReviewSection, reviewSections, totalRows } from './review-sections.ts';
import { rolloutLine, rolloutRows } from './rollout-text.ts';

/** Everything but the change groups; of a plan that has more to show, as much as fits on a screen. Each section ends with a line break. */
export function reviewParts(review: Review, plan: Plan, options: TextOptions): readonly string[] {
  const isOfLive = plan.kind !== 'comparison';
  const isWhole = !isOfLive || options.full === true || options.verbose;
  const sections = reviewSections(review, plan, { ...options, short: !isWhole });
  // The summary of such a plan has that there is nothing to do.
  if (isOfLive && review.totals.length + sections.length === 0) return [];
  const parts = isWhole ? wholeSections(sections, options) : briefSections(sections, options);
  return [headLines(review, options), ...parts].map((lines) => `${lines.join('\n')}\n`);
}

function headLines(review: Review, { style, width }: TextOptions): readonly string[] {
  return [style.strong(wrapped(visible(review.verdict), width)), ...namedRows(totalRows(review), width)];
}

function wholeSections(sections: readonly ReviewSection[], { style }: TextOptions): readonly (readonly string[])[] {
  return sections.map(({ title, tone, rows, note }) => [
    style[tone](title),
    ...rows.flat(),
    ...(note === undefined ? [] : [style.faint(`  ${note}`)]),
  ]);
}

function briefSections(sections: readonly ReviewSection[], options: TextOptions): readonly (readonly string[])[] {
  if (sections.length === 0) return [];
  const narrow = { ...options, width: widthOfScreen(options) };
  const shown = sectionsThatFit({ sections, groups: undefined }, screen.lines, narrow);
  return [shown.flatMap(({ section, rows }) => sectionLines(section, rows, narrow))];
}

function widthOfScreen({ width }: TextOptions): number {
  return Number.isFinite(width) ? width : screen.width;
}

/** When the changes reach the tenants, wave by wave. */
export function rolloutSection(review: Review, options: TextOptions): readonly string[] {
  const { rollout } = review;
  if (rollout === undefined) return [];
  const lines =
    rollout.waves[0]?.wave === undefined
      ? rolloutLines(review, options)
      : [
          options.style.strong(wrapped('Rollout, in hours and minutes from the start of a sync', options.width)),
          ...rolloutRows(rollout, options.width),
        ];
  return lines.length === 0 ? [] : [`${lines.join('\n')}\n`];
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
  const width = widthOfScreen(options);
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
  const sections = reviewSections(review, plan, { ...narrow, short: true });
  const groups = groupsSection(changeGroupViews(withoutComingAndGoing(plan, review)), narrow);
  const rollout = rolloutLines(review, narrow);
  const shown = sectionsThatFit({ sections, groups }, screen.lines - head.length - rollout.length, narrow);
  const lines = shown.flatMap(({ section, rows }) => sectionLines(section, rows, narrow));
  const isCut = shown.some(({ section, rows }) => section.rows.length > rows);
  const hint = isCut ? [style.faint('--full shows everything, -o json as data.')] : [];
  return `${[...head, ...lines, ...rollout, ...hint].join('\n')}\n`;
}

function rolloutLines({ rollout }: Review, { style, width }: TextOptions): readonly string[] {
  const line = rollout && rolloutLine(rollout);
  if (line === undefined) return [];
  const { title, text } = line;
  const [first = '', ...more] = wrapped(`${title}: ${text}`, width - 2).split('\n');
  return [style.strong(title) + first.trimEnd().slice(title.length), ...more.map((each) => `  ${each.trimEnd()}`)];
}

/** A title with its only row, or with a line for each. */
function sectionLines(section: ReviewSection, some: number, { style, width }: TextOptions): readonly string[] {
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

function onlyLine(rows: ReviewSection['rows']): string | undefined {
  const [line, ...others] = rows.flat();
  return others.length === 0 ? line?.trim() : undefined;
}

interface ShownSection {
  readonly section: ReviewSection;
  /** How many of it. */
  readonly rows: number;
}

/**
 * How many rows of each section: first one each, then as many as there is room for, in turn. Groups come last: the other
 * sections show what is not as usual.
 */
function sectionsThatFit(
  { sections, groups }: { readonly sections: readonly ReviewSection[]; readonly groups: ReviewSection | undefined },
  lines: number,
  options: TextOptions,
): readonly ShownSection[] {
  const last = groups === undefined || groups.rows.length === 0 ? [] : [groups];
  const all = [...sections, ...last];
  let shown: readonly ShownSection[] = all.map((section) => ({ section, rows: 1 }));
  // One line is for the hint.
  const fits = (wanted: readonly ShownSection[]) =>
    wanted.reduce((sum, { section, rows }) => sum + sectionLines(section, rows, options).length, 0) < lines;
  const grow = (which: readonly ReviewSection[]) => {
    for (let hasGrown = true; hasGrown; ) {
      hasGrown = false;
      for (const section of which) {
        const wanted = shown.map((each) => (each.section === section ? { section, rows: each.rows + 1 } : each));
        const isWhole = shown.some((each) => each.section === section && each.rows >= section.rows.length);
        if (isWhole || !fits(wanted)) continue;
        shown = wanted;
        hasGrown = true;
      }
    }
  };
  grow(sections);
  grow(last);
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
      const source = change?.source === undefined ? '' : `  ${sourceText(change)}`;
      const named =
        addresses === 1 ? addressText(first.subject) : `${number(addresses)} like ${addressText(first.subject)}`;
      const line = `  ${named}  ${text}`;
      return { brief: line.trim(), rows: [widthOf(line + source) <= width ? line + style.faint(source) : line] };
    });
  const title = count(groups.length, 'group of changes', 'groups of changes');
  return {
    title,
    titleOfFirst: `Largest of ${count(groups.length, 'group')}`,
    tone: 'strong',
    rows: rows.map((each) => each.rows),
    briefRows: rows.map(({ brief }) => brief),
  };
}

const words = { new: 'new', removed: 'removed', opaque: 'content differs', changed: 'content differs' } as const;
