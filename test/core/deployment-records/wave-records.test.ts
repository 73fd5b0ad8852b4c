import { expect, test } from 'vitest';
import { WaveRecords } from '../../../src/core/deployment-records/wave-records.ts';
import type { Event, StepResult } from '../../../src/core/events/event.ts';
import type { Plan } from '../../../src/core/plan/plan.ts';
import type { Step } from '../../../src/core/plan/step.ts';
import type { Problem } from '../../../src/core/problem/problem.ts';
import { plannedWave } from '../../support/planned-wave.ts';

/** Steps by their ids: `canary 1` is a deployment of the wave `canary`. */
function records(names: readonly string[], ids: readonly string[], environment = 'prod') {
  const steps = ids.map((id) => {
    const wave = names.find((name) => id.startsWith(`${name} `));
    return { id, operation: id.startsWith('create') ? 'CreateEnvironment' : 'StartDeployment', ...(wave && { wave }) };
  });
  const plan = { waves: names.map((name) => plannedWave(name)), steps: steps as unknown as readonly Step[] };
  return new WaveRecords(plan as Pick<Plan, 'waves' | 'steps'>, environment);
}

const problem: Problem = { code: 'deployment-rolled-back', severity: 'error', message: 'm', hint: { text: 'h' } };
const started = (step: string): Event => ({ type: 'step-started', step });
const succeeded = (step: string): Event => ({ type: 'step-finished', step, status: 'succeeded' });
const failed = (step: string): Event => ({ type: 'step-finished', step, status: 'failed', problem });
const skipped = (step: string): Event =>
  ({ type: 'step-finished', step, status: 'skipped', blockedBy: 'x' }) satisfies { type: 'step-finished' } & StepResult;
const wave = (name: string, is: 'waiting' | 'running' | 'verifying' | 'done' | 'blocked'): Event => ({
  ...{ type: 'wave-changed', wave: name, noLongerLive: 0, serviceNow: 0, clockSpeed: 1 },
  state: is === 'blocked' ? { is, note: 'n', by: 'losses' } : { is },
});

const notInterrupted = { isInterrupted: false };

function all(of: WaveRecords, events: readonly Event[], isInterrupted = false): readonly string[] {
  return [...events.flatMap((event) => of.after(event, { isInterrupted })), ...of.atEnd({ isInterrupted })].map(
    ({ environment, status }) => `${environment} ${status}`,
  );
}

test('a wave runs from the first start of a deployment until it is done', () => {
  const of = records(['canary', 'rest'], ['create x', 'canary 1', 'canary 2', 'rest 1']);
  const first = [wave('canary', 'running'), wave('rest', 'waiting'), started('create x'), started('canary 1')];
  const second = [started('canary 2'), succeeded('canary 1'), succeeded('canary 2'), wave('canary', 'verifying')];
  expect(first.flatMap((event) => of.after(event, notInterrupted))).toEqual([
    { environment: 'prod/canary', status: 'running' },
  ]);
  expect(second.flatMap((event) => of.after(event, notInterrupted))).toEqual([]);
  expect(of.after(wave('canary', 'done'), notInterrupted)).toEqual([{ environment: 'prod/canary', status: 'success' }]);
  expect(all(of, [wave('canary', 'done'), started('canary 2')])).toEqual([]);
});

test.each<[string, readonly Event[], boolean, string | undefined]>([
  ['blocked', [started('canary 1'), failed('canary 1'), wave('canary', 'blocked')], false, 'failed'],
  [
    'done with failures that it allows',
    [started('canary 1'), failed('canary 1'), wave('canary', 'done')],
    false,
    'success',
  ],
  ['interrupted', [started('canary 1'), skipped('canary 1')], true, 'canceled'],
  [
    'interrupted, and done because it allows what was skipped',
    [started('canary 1'), skipped('canary 1'), wave('canary', 'done')],
    true,
    'canceled',
  ],
  [
    'done because it allows what was skipped',
    [started('canary 1'), skipped('canary 1'), wave('canary', 'done')],
    false,
    'success',
  ],
  ['interrupted after a failure', [started('canary 1'), failed('canary 1')], true, 'failed'],
  [
    'interrupted after a failure that it allows',
    [started('canary 1'), failed('canary 1'), skipped('canary 2'), wave('canary', 'done')],
    true,
    'failed',
  ],
  ['left unfinished', [started('canary 1')], false, 'failed'],
  ['never begun', [wave('canary', 'running'), skipped('canary 1'), wave('canary', 'blocked')], true, undefined],
])('a wave that is %s', (_what, events, isInterrupted, status) => {
  const of = records(['canary'], ['canary 1', 'canary 2']);
  expect(all(of, events, isInterrupted)).toEqual(
    status === undefined ? [] : ['prod/canary running', `prod/canary ${status}`],
  );
});

test('a wave that is done ends at once, also where it allows what was skipped, and a later interrupt changes nothing', () => {
  const of = records(['canary', 'rest'], ['canary 1', 'canary 2', 'canary 3', 'rest 1']);
  const first = [started('canary 1'), failed('canary 1'), skipped('canary 2'), started('canary 3')];
  for (const event of [...first, succeeded('canary 3')]) of.after(event, notInterrupted);
  expect(of.after(wave('canary', 'done'), notInterrupted)).toEqual([{ environment: 'prod/canary', status: 'success' }]);
  expect(all(of, [started('rest 1'), skipped('rest 1')], true)).toEqual(['prod/rest running', 'prod/rest canceled']);
});

test.each<[string, readonly Event[], boolean, string]>([
  ['succeeds', [succeeded('a'), succeeded('b')], false, 'success'],
  ['fails in part', [failed('a'), succeeded('b')], false, 'failed'],
  ['is interrupted', [succeeded('a'), skipped('b')], true, 'canceled'],
  ['ends early', [succeeded('a'), skipped('b')], false, 'failed'],
])('a rollout without waves that %s is one deployment', (_what, events, isInterrupted, status) => {
  const of = records([], ['a', 'b']);
  expect(all(of, [started('a'), started('b'), ...events], isInterrupted)).toEqual(['prod running', `prod ${status}`]);
});

test.each([
  ['ring 1: EU/west', 'prod/ring 1- EU-west'],
  ['a\nb', 'prod/a-b'],
  ['über', 'prod/-ber'],
  ['x'.repeat(300), `prod/${'x'.repeat(250)}`],
])('the wave %j is the environment %j', (name, environment) => {
  const of = records([name], [`${name} 1`]);
  expect(of.after(started(`${name} 1`), notInterrupted)).toEqual([{ environment, status: 'running' }]);
});
