// The head of the page: what happens to whom, in a sentence and three numbers.
import { html } from 'hono/html';
import { formatAddress } from '../../core/model/address.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Review } from '../../core/review/review.ts';
import { count, minutes, number } from '../style/quantities.ts';
import { summaryLine } from '../text/plan-summary.ts';
import type { AddressResult } from '../view/address-results.ts';
import { summaryOf } from '../view/plan-summary.ts';
import { shieldViews } from '../view/review-view.ts';
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

export function headOf(plan: Plan, review: Review | undefined, results: ReadonlyMap<string, AddressResult>): Head {
  const summary = summaryLine(plan);
  if (results.size > 0) return { ...resultHead(results), text: review?.verdict ?? summary };
  if (review === undefined) return { title: summary, text: undefined, numbers: planNumbers(plan) };
  return {
    title: review.verdict,
    text: plan.kind === 'comparison' ? undefined : summary,
    numbers: review.base === undefined ? planNumbers(plan) : reviewNumbers(plan, review),
  };
}

export function headHtml({ title, text, numbers }: Head): Html {
  return html`<h1>${title}</h1>
${text === undefined ? '' : html`<p class="lead">${text}</p>`}
<dl class="numbers">${numbers.map(({ value, words, tone = '' }) => html`<div class="${tone}"><dd>${value}</dd><dt>${words}</dt></div>`)}</dl>`;
}

/** Addresses, as the tables below count them. */
function reviewNumbers(plan: Plan, review: Review): readonly Figure[] {
  const changed = review.totals.reduce((sum, total) => sum + total.changed, 0);
  const all = plan.addresses.length;
  const shielded = shieldViews(review).reduce((sum, { addresses }) => sum + addresses, 0);
  const outliers = new Set(review.outliers.map(({ address }) => formatAddress(address))).size;
  return [
    { value: number(changed), words: `of ${count(all, 'address', 'addresses')} ${all === 1 ? 'changes' : 'change'}` },
    { value: number(shielded), words: shielded === 1 ? 'keeps its own value' : 'keep their own value' },
    {
      value: number(outliers),
      words: outliers === 1 ? 'ends up different' : 'end up different',
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

function resultHead(results: ReadonlyMap<string, AddressResult>): Pick<Head, 'title' | 'numbers'> {
  const withStatus = (status: AddressResult['status']) =>
    [...results.values()].filter((each) => each.status === status).length;
  const [succeeded, failed, skipped] = [withStatus('succeeded'), withStatus('failed'), withStatus('skipped')];
  const title =
    failed + skipped === 0
      ? `Done: ${count(succeeded, 'address is', 'addresses are')} up to date`
      : `Failed at ${count(failed, 'address', 'addresses')}${skipped > 0 ? `, ${number(skipped)} skipped` : ''}; ${number(succeeded)} succeeded`;
  return {
    title,
    numbers: [
      { value: number(succeeded), words: 'succeeded', tone: 'good' },
      { value: number(failed), words: 'failed', ...(failed > 0 ? { tone: 'bad' as const } : {}) },
      { value: number(skipped), words: 'skipped', ...(skipped > 0 ? { tone: 'warn' as const } : {}) },
    ],
  };
}
