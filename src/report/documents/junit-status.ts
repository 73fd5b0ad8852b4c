// A status as test cases: one for each environment and state that occurs. It fails where a sync has something to do.
import type { Report } from '../../core/events/report.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import { count } from '../../core/problem/quantity.ts';
import { addressText } from '../style/address-text.ts';
import { firstOf } from '../style/shortened.ts';
import { hintText } from '../view/problem-parts.ts';
import { type StatusCause, statusCauses, statusTotals } from '../view/status-view.ts';

export interface StatusCase {
  /** The environment. */
  readonly suite: string;
  /** The same in each run, so that GitLab can compare them. */
  readonly name: string;
  readonly failure?: string;
}

/** Addresses that a case lists for each cause. */
const mostListed = 20;

export function statusCases({ addresses, environments }: Report, spell: SpellCommand): readonly StatusCase[] {
  return statusTotals(addresses, environments).map(({ environment, state, addresses: number }): StatusCase => {
    const one = { suite: environment, name: `${environment} ${state}` };
    if (state === 'synced' || state === 'deploying') return one;
    const own = addresses.filter((each) => each.address.environment === environment && each.state === state);
    const causes = statusCauses(own).map((cause) => causeText(cause, spell));
    return { ...one, failure: [`${count(number, 'address', 'addresses')} ${state}`, ...causes].join('\n\n') };
  });
}

function causeText({ addresses, reason, hasOwnReasons, hint }: StatusCause, spell: SpellCommand): string {
  const { shown, more } = firstOf(addresses, mostListed);
  return [
    reason,
    ...(hint === undefined ? [] : [hintText(hint, spell)]),
    ...shown.map(({ address, problem }) => {
      const own = hasOwnReasons && problem !== undefined ? `: ${problem.message}` : '';
      return `  ${addressText(address)}${own}`;
    }),
    ...more.map((line) => `  ${line}`),
  ].join('\n');
}
