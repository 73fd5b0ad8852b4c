// The head of the page: what happens to whom, in a sentence and three numbers.
import { countBy } from 'es-toolkit/array/countBy';
import { sumBy } from 'es-toolkit/math/sumBy';
import { html } from 'hono/html';
import { type Report, wasApplied } from '../../core/events/report.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { count, number } from '../../core/problem/quantity.ts';
import type { Review } from '../../core/review/review.ts';
import { acknowledgedText, summaryLine } from '../plan/plan-summary.ts';
import { minutes } from '../style/quantities.ts';
import { doneParts } from '../text/outcome.ts';
import { summaryOf } from '../view/plan-summary.ts';
import { differingAddresses, keepingAddresses } from '../view/review-view.ts';
import { endingOf, hasFailed, lossParts, type RunOutcome, type RunResult, runOutcomes } from '../view/run-results.ts';
import type { Html } from './html-parts.ts';

interface Head {
  readonly title: string;
  readonly text: string | undefined;
  readonly numbers: readonly Figure[];
}

interface Figure {
  readonly value: string;
  readonly words: string;
  readonly tone?: 'good' | 'warn' | 'bad';
}

/** @param results of a run that has written */
export function headOf(plan: Plan, report: Report, results: readonly RunResult[]): Head {
  const { review } = report;
  const summary = summaryLine(plan);
  const acknowledged = review === undefined ? [] : acknowledgedText(plan);
  if (wasApplied(report))
    return { ...resultHead(plan, report, results), text: [review?.verdict ?? summary, ...acknowledged].join(' ') };
  if (review === undefined) return { title: summary, text: undefined, numbers: planNumbers(plan) };
  return {
    title: review.verdict,
    text: plan.kind === 'comparison' ? acknowledged[0] : summary,
    numbers: review.base === undefined ? planNumbers(plan) : reviewNumbers(review),
  };
}

export function headHtml({ title, text, numbers }: Head): Html {
  return html`<h1>${title}</h1>
${text === undefined ? '' : html`<p class="lead">${text}</p>`}
<dl class="numbers">${numbers.map(({ value, words, tone = '' }) => html`<div class="${tone}"><dd>${value}</dd><dt>${words}</dt></div>`)}</dl>`;
}

/** Addresses, as the tables below count them. */
function reviewNumbers(review: Review): readonly Figure[] {
  const changed = sumBy(review.totals, (total) => total.changed);
  const all = sumBy(review.totals, (total) => total.addresses);
  const shielded = keepingAddresses(review).length;
  const outliers = differingAddresses(review).length;
  return [
    { value: number(changed), words: `of ${count(all, 'address', 'addresses')} ${all === 1 ? 'changes' : 'change'}` },
    { value: number(shielded), words: shielded === 1 ? 'keeps its own value' : 'keep their own value' },
    {
      value: number(outliers),
      words: `${outliers === 1 ? 'changes' : 'change'}, but not to the template's value`,
      ...(outliers > 0 ? { tone: 'warn' } : {}),
    },
  ];
}

function planNumbers(plan: Plan): readonly Figure[] {
  const { create, update, delete: deleted, blocked, expectedMinutes } = summaryOf(plan);
  const changed = create + update + deleted;
  return [
    {
      value: number(changed),
      words: `of ${count(plan.addresses.length, 'address', 'addresses')} ${changed === 1 ? 'changes' : 'change'}`,
    },
    {
      value: number(blocked),
      words: blocked === 1 ? 'is blocked' : 'are blocked',
      ...(blocked > 0 ? { tone: 'bad' } : {}),
    },
    ...(expectedMinutes === undefined || plan.kind === 'comparison'
      ? []
      : [{ value: minutes(expectedMinutes), words: 'expected' }]),
  ];
}

const tones = {
  succeeded: 'good',
  'in flight': undefined,
  failed: 'bad',
  'rolled back': 'bad',
  skipped: 'warn',
  blocked: 'bad',
} as const satisfies Record<RunOutcome, Figure['tone']>;

/** A number for each way in which addresses have ended; the first always. */
function resultHead(plan: Plan, report: Report, results: readonly RunResult[]): Pick<Head, 'title' | 'numbers'> {
  const counts = countBy(results, ({ outcome }) => outcome);
  const numbers = runOutcomes.flatMap((outcome) => {
    const some = counts[outcome] ?? 0;
    const tone = tones[outcome];
    if (some === 0 && outcome !== 'succeeded') return [];
    return [{ value: number(some), words: outcome, ...(tone === undefined ? {} : { tone }) }];
  });
  const done = doneParts(plan, report.results).join(', ') || 'nothing changed';
  const losses = lossParts(results);
  const word = endingOf(report, hasFailed(report));
  const title = `${word}: ${losses.length === 0 ? done : `${losses.join(', ')}; ${done}`}`;
  return { title, numbers };
}
