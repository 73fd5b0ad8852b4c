import { expect, test } from 'vitest';
import type { PlannedWave } from '../../../src/core/plan/plan.ts';
import type { ReportedWaveState } from '../../../src/core/rollout/wave-messages.ts';
import { widthOf } from '../../../src/report/style/columns.ts';
import { noColours } from '../../../src/report/style/style.ts';
import { fittingWaves, waveLines } from '../../../src/report/text/waves.ts';
import { type WaveCounts, type WaveRow, waveRows } from '../../../src/report/view/wave-view.ts';

const minute = 60_000;
const options = { style: noColours, width: 80, msLeft: () => 4 * minute };

function waveOf(name: string, addresses: number, live = 0): PlannedWave {
  return { name, addresses, live, soakMinutes: 0, maxFailures: 0, environments: 1, blocked: 0, liveSince: undefined };
}

/** The rows of waves in these states. */
function rowsOf(
  states: readonly ReportedWaveState['is'][],
  counts = new Map<string, WaveCounts>(),
  blocked = 0,
): readonly WaveRow[] {
  const waves = states.map((_, index) => ({ ...waveOf(`wave${index + 1}`, 10), blocked }));
  const changes = states.map((is, index) => ({
    wave: `wave${index + 1}`,
    state: (is === 'blocked'
      ? blocked > 0
        ? { is, note: '1 blocked; 0 allowed', by: 'guards' }
        : { is, note: '1 failed; 0 allowed', by: 'losses' }
      : is === 'soaking'
        ? { is, until: Date.parse('2026-03-01T14:32:00Z') }
        : { is }) as ReportedWaveState,
    noLongerLive: 0,
  }));
  return waveRows(waves, changes, { counts, hasEnded: false });
}

test('each wave is a row that has its state and what is done', () => {
  const waves = [waveOf('canary', 9, 2), waveOf('gold', 99), waveOf('everyone', 500)];
  const changes = [
    { wave: 'canary', state: { is: 'done' }, noLongerLive: 0 },
    { wave: 'gold', state: { is: 'running' }, noLongerLive: 0 },
    { wave: 'everyone', state: { is: 'waiting' }, noLongerLive: 0 },
  ] as const;
  const counts = new Map([
    ['canary', { succeeded: 7, failed: 0, inFlight: 0 }],
    ['gold', { succeeded: 41, failed: 2, inFlight: 3 }],
  ]);
  const rows = waveRows(waves, changes, { counts, hasEnded: false });
  expect(waveLines(rows, { ...options, msLeft: () => 4.2 * minute })).toEqual([
    '  canary    done 9 of 9',
    '  gold      running 41 of 99, 2 failed, 3 in flight, about 4 min',
    '  everyone  waiting for gold',
  ]);
});

test('a soak has its end and what is left of it; a wave that failed or is blocked has the reason, and those after it its name', () => {
  const [soaking = ''] = waveLines(rowsOf(['soaking']), { ...options, msLeft: () => 12 * minute });
  expect(soaking).toBe('  wave1  soaking until 14:32 UTC (12 min)');
  expect(waveLines(rowsOf(['blocked', 'waiting', 'waiting'], undefined, 1), options)).toEqual([
    '  wave1  blocked 0 of 10: 1 blocked; 0 allowed',
    '  wave2  blocked 0 of 10: wave "wave1" is blocked',
    '  wave3  blocked 0 of 10: wave "wave1" is blocked',
  ]);
  const counts = new Map([['wave1', { succeeded: 2, failed: 1, inFlight: 0 }]]);
  expect(waveLines(rowsOf(['blocked', 'waiting'], counts), options)).toEqual([
    '  wave1  failed 2 of 10: 1 failed; 0 allowed',
    '  wave2  blocked 0 of 10: wave "wave1" failed',
  ]);
});

test('a row is never wider than the terminal', () => {
  const states = ['done', 'blocked', 'running', 'soaking', 'verifying', 'waiting'] as const;
  for (const width of [20, 40, 60, 80]) {
    for (const line of waveLines(rowsOf(states), { ...options, width }))
      expect(widthOf(line)).toBeLessThanOrEqual(width);
  }
});

test('where not all waves fit, those that are done are counted first, then those that wait last', () => {
  const twenty = (done: number) =>
    rowsOf(Array.from({ length: 20 }, (_, index) => (index < done ? 'done' : index === done ? 'running' : 'waiting')));
  expect(fittingWaves(twenty(5), 20)).toMatchObject({ done: 0, waiting: 0 });
  for (const done of [0, 1, 5, 19]) {
    for (const most of [3, 5, 10, 19]) {
      const fitting = fittingWaves(twenty(done), most);
      const { shown } = fitting;
      expect(shown.length + Number(fitting.done > 0) + Number(fitting.waiting > 0)).toBeLessThanOrEqual(most);
      expect(fitting.done + shown.length + fitting.waiting).toBe(20);
      // The wave that runs is always there.
      expect(shown.some(({ state }) => state.is === 'running')).toBe(true);
    }
  }
});
