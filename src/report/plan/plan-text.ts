// A plan as people read it: what changes at each address, what is blocked and why, and a line that sums it up.
import type { Plan } from '../../core/plan/plan.ts';
import type { Review } from '../../core/review/review.ts';
import { fitsOnScreen, reviewScreen } from '../review/review-screen.ts';
import { reviewParts, rolloutSection } from '../review/review-text.ts';
import { wrapped } from '../style/columns.ts';
import { showsAll, type TextOptions } from '../style/text-options.ts';
import { verdictOf, waveViews } from '../view/plan-view.ts';
import { withoutComingAndGoing } from '../view/review-view.ts';
import { changeGroupSections } from './change-groups.ts';
import { otherRows, otherSections } from './other-sections.ts';
import { shortSummary, summaryLine } from './plan-summary.ts';
import { wavesSection } from './planned-waves.ts';

/** All of a small plan, or of one without a review; of others what fits on a screen. */
export function planText(plan: Plan, review: Review | undefined, options: TextOptions): string {
  const summary = `${options.style.strong(wrapped(summaryLine(plan), options.width))}\n`;
  const all = planSections(plan, review, options).join('\n');
  const isWhole = review === undefined || isOfOneTenant(plan) || showsAll(options);
  if (!isWhole && !fitsOnScreen(all)) return screenOf(plan, review, options);
  return `${all}${all === '' ? '' : '\n'}${summary}`;
}

/** Then it is the view of that tenant. */
function isOfOneTenant({ addresses }: Plan): boolean {
  return new Set(addresses.map(({ address }) => address.tenant)).size < 2;
}

function screenOf(plan: Plan, review: Review, options: TextOptions): string {
  const sections = otherRows(plan, review, options);
  // The waves have the numbers and the time of a plan.
  const isSummedUp = plan.kind === 'comparison' || (verdictOf(plan) === 'plan' && waveViews(plan).length > 0);
  const summaries = isSummedUp ? [] : [summaryLine(plan), shortSummary(plan)];
  return reviewScreen(review, plan, { sections, summaries }, options);
}

/** The plan without the line that sums it up. Each section ends with a line break. */
export function planSections(plan: Plan, review: Review | undefined, options: TextOptions): readonly string[] {
  return [
    ...(review === undefined ? [] : reviewParts(review, plan, options)),
    ...changeGroupSections(review === undefined ? plan : withoutComingAndGoing(plan, review), options),
    ...otherSections(plan, options),
    ...wavesSection(plan, review, options),
    ...(review === undefined ? [] : rolloutSection(review, plan, options)),
  ];
}
