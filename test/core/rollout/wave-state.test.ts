// The states of waves, one transition at a time.
import { expect, test } from 'vitest';
import type { Plan, PlannedWave } from '../../../src/core/plan/plan.ts';
import type { Step } from '../../../src/core/plan/step.ts';
import {
  type Ending,
  initialWaves,
  type WaveProgress,
  waveStates,
  withEnding,
  withRetry,
  withStart,
  withVerification,
} from '../../../src/core/rollout/wave-state.ts';
import { plannedWave } from '../../support/planned-wave.ts';

const minute = 60_000;
const start = Date.parse('2026-03-01T12:00:00Z');

const wave = (name: string, more: Partial<PlannedWave> = {}): PlannedWave =>
  plannedWave(name, { soakMinutes: 20, ...more });

const deployment = (name: string) => ({ id: name, operation: 'StartDeployment', wave: name }) as unknown as Step;

const twoWaves: Pick<Plan, 'waves' | 'steps'> = {
  waves: [wave('first'), wave('second')],
  steps: [deployment('first'), deployment('second')],
};

const statesOf = (waves: readonly WaveProgress[], now: number) => waveStates(waves, now).map(({ is }) => is);
const step = { cause: 'a step', wasToStart: false, wasRollingBack: false, isRefused: false };
const live = (at: number): Ending => ({ how: 'live', at });

/** The first wave after a change, and the second one as it was. */
function firstChanged(change: (first: WaveProgress) => WaveProgress): readonly WaveProgress[] {
  return initialWaves(twoWaves, start).map((progress, index) => (index === 0 ? change(progress) : progress));
}

test('a wave runs, soaks, is verified and done; then the next one runs', () => {
  expect(statesOf(initialWaves(twoWaves, start), start)).toEqual(['running', 'waiting']);
  const ended = firstChanged((first) => withEnding(withStart(first), live(start), step));
  expect(waveStates(ended, start + minute)).toEqual([
    { is: 'soaking', until: start + 20 * minute, verifyAt: start + 5 * minute },
    { is: 'waiting' },
  ]);
  expect(statesOf(ended, start + 20 * minute)).toEqual(['verifying', 'waiting']);
  const at = start + 20 * minute;
  const verified = firstChanged((first) =>
    withVerification(withEnding(withStart(first), live(start), step), { at, liveSince: undefined, isAfterSoak: true }),
  );
  expect(statesOf(verified, at)).toEqual(['done', 'running']);
});

test('a wave with more losses than it allows stays blocked, with the losses of that moment', () => {
  const blocked = firstChanged((first) => {
    const failed = withEnding(withStart(first), { how: 'failed' }, step);
    return withEnding(failed, { how: 'failed' }, { ...step, cause: 'another step' });
  });
  expect(waveStates(blocked, start)).toMatchObject([
    { is: 'blocked', reason: { cause: 'a step', losses: { failed: 1 } } },
    { is: 'waiting' },
  ]);
});

test('content that was deployed again soaks anew', () => {
  const at = start + 20 * minute;
  const again = firstChanged((first) =>
    withVerification(withEnding(withStart(first), live(start), step), { at, liveSince: at, isAfterSoak: true }),
  );
  expect(waveStates(again, at)[0]).toMatchObject({ is: 'soaking', until: at + 20 * minute });
});

test('a verification that met an outage is repeated in a minute', () => {
  const at = start + 5 * minute;
  const retried = firstChanged((first) => withRetry(withEnding(withStart(first), live(start), step), at, false));
  expect(waveStates(retried, at)[0]).toMatchObject({ is: 'soaking', verifyAt: at + minute });
});

test('a wave that had soaked when the plan was read is done without a verification', () => {
  const waves = [wave('first', { liveSince: new Date(start).toISOString() }), wave('second')];
  const soaked = initialWaves({ waves, steps: [deployment('second')] }, start + 20 * minute);
  expect(statesOf(soaked, start + 20 * minute)).toEqual(['done', 'running']);
});
