// How far a run has come, from its events.
import { expect, test } from 'vitest';
import type { DeploymentProgressed, Event } from '../../../src/core/events/event.ts';
import type { Address } from '../../../src/core/model/address.ts';
import type { Plan } from '../../../src/core/plan/plan.ts';
import type { Step } from '../../../src/core/plan/step.ts';
import { flightRows } from '../../../src/report/progress/flight-rows.ts';
import { statusRows } from '../../../src/report/progress/status-rows.ts';
import { Tally } from '../../../src/report/progress/tally.ts';
import { noColours } from '../../../src/report/style/style.ts';
import { fleetOf, statusAt } from '../../support/statuses.ts';

const addressAt = (tenant: string): Address => ({ tenant, environment: 'dev', configurationProfile: 'A' });

function tallyOf(...events: readonly Event[]) {
  const clock = { now: 0 };
  const tally = new Tally(() => clock.now);
  for (const event of events) tally.handle(event);
  return { tally, clock };
}

/** The parts of a plan that progress needs. */
function planOf(tenants: readonly string[]): Plan {
  const steps = tenants.flatMap((tenant) => [
    { id: `create ${tenant}`, operation: 'CreateHostedConfigurationVersion', subject: addressAt(tenant) },
    { id: `start ${tenant}`, operation: 'StartDeployment', subject: addressAt(tenant) },
  ]);
  return { steps: steps as unknown as readonly Step[], addresses: [], waves: [] } as unknown as Plan;
}

function polled(tenant: string, minutes: number, state: DeploymentProgressed['state'] = 'DEPLOYING'): Event {
  return {
    ...{ type: 'deployment-progressed', step: `start ${tenant}`, deploymentNumber: 1, state, percentageComplete: 20 },
    ...{ startedAt: 0, growthEndsAt: 0, bakeEndsAt: minutes * 60_000, serviceNow: 0, clockSpeed: 1 },
  };
}

const ended = (step: string): Event => ({ type: 'step-finished', step, status: 'succeeded' });

test('the line counts what is prepared, ended, in flight and waiting, and shorter ones leave that out', () => {
  const plan = planOf(['a', 'b', 'c']);
  const { tally } = tallyOf(
    { type: 'plan-made', plan },
    ...['create a', 'start a', 'create b'].map(ended),
    polled('b', 2),
  );
  expect(tally.line()).toMatch(/^prepared 2 of 3; 1 of 3 deployments ended, 1 in flight, 1 waiting/);
  expect(tally.lines().at(-1)).toBe('1/3 ended');
});

test('a run without deployments counts its steps', () => {
  const { steps, ...plan } = planOf(['a']);
  const { tally } = tallyOf({ type: 'plan-made', plan: { ...plan, steps: steps.slice(0, 1) } });
  expect(tally.line()).toBe('0 of 1 step done');
});

test('a deployment that is being rolled back is the first row, then the one that takes longest; the last row counts the rest', () => {
  const names = ['a', 'b', 'c', 'd'];
  const { tally, clock } = tallyOf(
    { type: 'plan-made', plan: planOf(names) },
    ...[polled('a', 1), polled('b', 9), polled('c', 2, 'ROLLING_BACK'), polled('d', 3)],
  );
  const rows = (most: number) =>
    flightRows(tally, { most, width: 80, style: noColours }).map((row) => /^….*|^\S+/.exec(row.trim())?.[0]);
  expect(rows(4)).toEqual(['c/dev/A', 'b/dev/A', 'd/dev/A', 'a/dev/A']);
  expect(rows(3)).toEqual(['c/dev/A', 'b/dev/A', '… and 2 more']);
  clock.now = 60_000;
  expect(flightRows(tally, { most: 4, width: 80, style: noColours }).at(-1)).toContain('any moment');
});

test('what a status that is followed has found has the environments in their order, with what has changed since', () => {
  const { tally } = tallyOf(
    { type: 'status-read', addresses: fleetOf(2, ['dev', 'prod']), environments: ['prod', 'dev'], isFollowed: true },
    { type: 'status-changed', status: statusAt('tenant-0001/dev/Limits', 'missing') },
  );
  expect(tally.statuses?.environments).toEqual(['prod', 'dev']);
  expect(tally.statuses?.addresses.map(({ state }) => state)).toEqual(['missing', 'synced', 'synced', 'synced']);
  expect(tally.line()).toBe('1 of 4 addresses is not synced: 1 missing.');
});

test.each([6, 9, 12, 24])('rows of a status fit into %i lines, and count the causes that do not', (height) => {
  const addresses = (['blocked', 'drifted', 'missing', 'out-of-sync', 'unknown'] as const).flatMap((state) =>
    fleetOf(4, ['dev'], state),
  );
  const room = { style: noColours, width: 80, height, spell: () => ['appcfg'] };
  const other = { flightRows: () => [], footer: 'read at 12:00:00 UTC' };
  const rows = statusRows({ addresses, environments: ['dev'] }, other, room);
  expect(rows.length).toBeLessThanOrEqual(height);
  expect(rows.at(-1)).toBe('read at 12:00:00 UTC');
  if (height === 12) expect(rows.join('\n')).toContain('more cause');
});
