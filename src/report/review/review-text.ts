// A review as text, with all that it has: on a screen or not.
import type { Plan } from '../../core/plan/plan.ts';
import type { Review } from '../../core/review/review.ts';
import { wrapped } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import { namedRows } from '../style/named-rows.ts';
import type { TextOptions } from '../style/text-options.ts';
import { rolloutStages } from '../view/rollout-view.ts';
import { sectionsThatFit } from './fit-sections.ts';
import { rolloutLines, screen, widthOfScreen } from './review-screen.ts';
import { reviewSections, totalRows } from './review-sections.ts';
import { stageRows } from './rollout-text.ts';
import { type Section, sectionLines } from './section.ts';

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

function wholeSections(sections: readonly Section[], { style }: TextOptions): readonly (readonly string[])[] {
  return sections.map(({ title, tone, rows, note }) => [
    style[tone](title),
    ...rows.flat(),
    ...(note === undefined ? [] : [style.faint(`  ${note}`)]),
  ]);
}

function briefSections(sections: readonly Section[], options: TextOptions): readonly (readonly string[])[] {
  if (sections.length === 0) return [];
  const narrow = { ...options, width: widthOfScreen(options) };
  const shown = sectionsThatFit({ sections, groups: undefined }, screen.lines - 1, narrow);
  return [shown.flatMap(({ section, rows }) => sectionLines(section, rows, narrow))];
}

/** When the changes between two trees reach the tenants, wave by wave. */
export function rolloutSection(review: Review, plan: Plan, options: TextOptions): readonly string[] {
  const { rollout } = review;
  if (rollout === undefined) return [];
  const lines =
    rollout.waves[0]?.wave === undefined
      ? rolloutLines(review, plan, options)
      : [
          options.style.strong(wrapped('Rollout, in hours and minutes from the start of a sync', options.width)),
          ...stageRows(rolloutStages(plan, review), options.width),
        ];
  return lines.length === 0 ? [] : [`${lines.join('\n')}\n`];
}
