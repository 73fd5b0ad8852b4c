// A plan and its review on one screen of a terminal: of each part what fits.
import type { Plan } from '../../core/plan/plan.ts';
import { count } from '../../core/problem/quantity.ts';
import type { Review } from '../../core/review/review.ts';
import { firstFitting, widthOf, wrapped } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import { namedRows } from '../style/named-rows.ts';
import type { TextOptions } from '../style/text-options.ts';
import { changeGroupViews } from '../view/plan-view.ts';
import { withoutComingAndGoing } from '../view/review-view.ts';
import { sectionsThatFit } from './fit-sections.ts';
import { groupsSection } from './group-lines.ts';
import { reviewSections, totalRows } from './review-sections.ts';
import { plannedLine, rolloutLine } from './rollout-text.ts';
import { type Section, sectionLines } from './section.ts';

/** A terminal of the usual size, without a line for the prompt. */
export const screen = { width: 80, lines: 23 };

const hintWithBase = 'More: --full prints everything, -o json writes it as data.';
const hintWithoutBase = 'For overrides and settings add --settings-base REVISION; --full prints everything.';

/** Profiles with their totals on a screen. */
const mostTotals = 3;

export function widthOfScreen({ width }: Pick<TextOptions, 'width'>): number {
  return Number.isFinite(width) ? width : screen.width;
}

/** Whether a text fits on a screen. */
export function fitsOnScreen(text: string): boolean {
  return text.trimEnd().split('\n').length <= screen.lines;
}

/** What a screen shows of a plan besides its review. */
export interface BesidesReview {
  /** What changes besides contents, and what does not change. */
  readonly sections: readonly Section[];
  /** What the plan comes to, from the longest text to the shortest; empty for nothing. */
  readonly summaries: readonly string[];
}

/** What fits on a screen: of each section the first rows, and how many there are. */
export function reviewScreen(review: Review, plan: Plan, besides: BesidesReview, options: TextOptions): string {
  const narrow = { ...options, width: widthOfScreen(options) };
  const ofReview = reviewSections(review, plan, { ...narrow, short: true });
  const sections = [...ofReview, ...besides.sections];
  const groups = groupsSection(changeGroupViews(withoutComingAndGoing(plan, review)), narrow);
  const end = [...rolloutLines(review, plan, narrow), ...endLines(besides.summaries, review, narrow)];
  const isEmpty = review.totals.length + ofReview.length === 0;
  const screenWith = (totals: number) => {
    const head = isEmpty ? [] : headLines(review, totals, narrow);
    const shown = sectionsThatFit({ sections, groups }, screen.lines - head.length - end.length, narrow);
    const lines = shown.flatMap(({ section, rows }) => sectionLines(section, rows, narrow));
    const isWhole = shown.every(({ section, rows }) => section === groups || rows === section.rows.length);
    return { isWhole, text: `${[...head, ...lines, ...end].join('\n')}\n` };
  };
  // Names come before numbers.
  const first = screenWith(mostTotals);
  return first.isWhole ? first.text : screenWith(1).text;
}

/** The verdict, and what changes most. */
function headLines(review: Review, most: number, { style, width }: TextOptions): readonly string[] {
  const totals = totalRows(review);
  const hidden = totals.length - most;
  const shown = totals.slice(0, most).map((row, index) => {
    const isLast = hidden > 0 && index === most - 1;
    return isLast ? { ...row, text: `${row.text}; … and ${count(hidden, 'more profile')}` } : row;
  });
  return [
    ...wrapped(visible(review.verdict), width)
      .split('\n')
      .map((line) => style.strong(line.trimEnd())),
    ...namedRows(shown, width),
  ];
}

/** What the plan comes to, and where the rest is. */
function endLines(summaries: readonly string[], { base }: Review, { style, width }: TextOptions): readonly string[] {
  const hint = base === undefined ? hintWithoutBase : hintWithBase;
  if (summaries.length === 0) return [style.faint(hint)];
  const summary = firstFitting(
    summaries.map((text) => `${text} ${hint}`),
    width,
  ).slice(0, -hint.length - 1);
  if (widthOf(`${summary} ${hint}`) <= width) return [`${style.strong(summary)} ${style.faint(hint)}`];
  const lines = wrapped(summary, width).split('\n');
  return [...lines.map((line) => style.strong(line.trimEnd())), style.faint(hint)];
}

/** When the changes reach the tenants, in few words. */
export function rolloutLines(review: Review, plan: Plan, { style, width }: TextOptions): readonly string[] {
  const line = plan.kind === 'comparison' ? review.rollout && rolloutLine(review.rollout) : plannedLine(plan);
  if (line === undefined) return [];
  const { title, text } = line;
  const [first = '', ...more] = wrapped(`${title}: ${text}`, width - 2).split('\n');
  return [style.strong(title) + first.trimEnd().slice(title.length), ...more.map((each) => `  ${each.trimEnd()}`)];
}
