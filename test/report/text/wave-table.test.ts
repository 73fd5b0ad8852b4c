// The last table of a run with waves fits into a job's log, whatever happened and whatever the waves are called.
import { expect, test } from 'vitest';
import type { StepResult } from '../../../src/core/events/event.ts';
import type { Report } from '../../../src/core/events/report.ts';
import type { ReportedWaveState } from '../../../src/core/rollout/wave-messages.ts';
import { widthOf } from '../../../src/report/style/columns.ts';
import { noColours } from '../../../src/report/style/style.ts';
import { waveTable } from '../../../src/report/text/wave-table.ts';
import { plannedWave } from '../../support/planned-wave.ts';

interface Wave {
  readonly name: string;
  readonly state: ReportedWaveState;
  /** What became of its addresses. */
  readonly ends: readonly ('succeeded' | 'failed' | 'rolled back' | 'skipped' | 'blocked' | 'in flight')[];
}

/** A run in which each address is in an environment of its own. */
function reportOf(waves: readonly Wave[]): Report {
  const all = waves.flatMap(({ name, ends }) =>
    ends.map((end, index) => ({ wave: name, end, tenant: `${name}-${index}` })),
  );
  const problem = { severity: 'error', message: 'wrong', hint: { text: 'fix it' } } as const;
  const planned = all.map(({ wave, end, tenant }) => ({
    address: { tenant, environment: 'eu', configurationProfile: 'Limits' },
    accountRegion: 'unknown/us-east-1',
    application: tenant,
    wave,
    ...(end === 'blocked' ? { blockedBy: { ...problem, code: 'guard-empty' } } : {}),
  }));
  const started = all.filter(({ end }) => end !== 'blocked');
  const resultOf = (step: string, end: string): StepResult => {
    if (end === 'succeeded') return { step, status: 'succeeded' };
    if (end === 'skipped') return { step, status: 'skipped', blockedBy: 'interrupted' };
    if (end === 'in flight') return { step, status: 'skipped', blockedBy: 'interrupted', running: 1 };
    const code = end === 'rolled back' ? 'deployment-rolled-back' : 'deployment-failed';
    return { step, status: 'failed', problem: { ...problem, code: code as 'deployment-rolled-back' } };
  };
  return {
    plan: {
      addresses: planned,
      steps: started.map(({ tenant, wave }) => ({
        id: tenant,
        operation: 'StartDeployment',
        subject: { tenant, environment: 'eu', configurationProfile: 'Limits' },
        wave,
      })),
      waves: waves.map(({ name, ends: { length } }) => plannedWave(name, { addresses: length, environments: length })),
    },
    results: started.map(({ tenant, end }) => resultOf(tenant, end)),
    waves: waves.map(({ name, state }) => ({ wave: name, state })),
  } as unknown as Report;
}

const options = { style: noColours, width: Number.POSITIVE_INFINITY, waveTimes: new Map<string, number>() };
const every = ['succeeded', 'failed', 'rolled back', 'skipped', 'blocked', 'in flight'] as const;
const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

test('each wave has what became of its addresses, and its time; what did not happen has no column', () => {
  const report = reportOf([
    { name: 'canary', state: { is: 'done' }, ends: times(3, 'succeeded') },
    {
      name: 'gold',
      state: { is: 'blocked', note: '2 failed; 1 allowed' },
      ends: [...times(1200, 'succeeded' as const), ...times(2, 'rolled back' as const)],
    },
    { name: 'everyone', state: { is: 'waiting' }, ends: times(400, 'skipped') },
  ]);
  const waveTimes = new Map([
    ['canary', 121_000],
    ['gold', 3_900_000],
  ]);
  expect(waveTable(report, { ...options, waveTimes })).toEqual([
    '  wave      environments  deployed  rolled back  skipped       time',
    '  canary               3         3            –        –  2 min 1 s  done 3 of 3',
    '  gold             1,202     1,200            2        –  1 h 5 min  blocked: 2 failed; 1 allowed',
    '  everyone           400         –            –      400          –  not begun: gold is blocked',
    '  all              1,605     1,203            2      400',
  ]);
});

test('one wave has no row for all, and without waves there is no table', () => {
  const one = reportOf([{ name: 'all tenants', state: { is: 'done' }, ends: ['succeeded'] }]);
  expect(waveTable(one, options)).toHaveLength(2);
  expect(waveTable(reportOf([]), options)).toEqual([]);
});

test.each([
  { what: 'everything that can happen', name: 'canary', count: 1 },
  { what: 'thousands of each', name: 'canary', count: 3000 },
  { what: 'a long name', name: 'the tenants that have agreed to be the first ones', count: 30 },
  { what: 'a name of wide characters', name: '最初のテナントを含むウェーブの名前はとても長いです', count: 30 },
  { what: 'a name with hidden characters', name: '\u001b[2J\r\n\u202e'.repeat(20), count: 30 },
])('with $what it has at most 100 columns, and no line breaks', ({ name, count }) => {
  const ends = every.flatMap((end) => times(count, end));
  const states: readonly ReportedWaveState[] = [
    { is: 'blocked', note: '3,000 failed, 3,000 blocked; 20 allowed' },
    { is: 'waiting' },
    { is: 'soaking', until: 0 },
  ];
  const waves = states.map((state, index) => ({ name: `${index}${name}`, state, ends }));
  const waveTimes = new Map(waves.map((wave) => [wave.name, 359_000_000]));
  const lines = waveTable(reportOf(waves), { ...options, waveTimes });
  expect(lines).toHaveLength(5);
  for (const line of lines) {
    expect(widthOf(line)).toBeLessThanOrEqual(100);
    expect(line).not.toMatch(/[\u0000-\u001f\u202e]/);
  }
  // It is the table, and not the lines for a narrow terminal.
  expect(lines[0]).toMatch(/^ {2}wave .*deployed .*rolled back .*time/);
});

test('a wave that was interrupted has begun, whatever its gate reports', () => {
  const waves = [{ name: 'canary', state: { is: 'waiting' }, ends: ['in flight', 'skipped'] } as const];
  const [, line] = waveTable(reportOf(waves), { ...options, waveTimes: new Map([['canary', 2000]]) });
  expect(line).toMatch(/2 s {2}stopped 0 of 2$/);
});

test('a terminal that is too narrow gets a line for each wave', () => {
  const waves = [{ name: 'canary', state: { is: 'done' }, ends: [...every] } as const];
  const lines = waveTable(reportOf(waves), { ...options, width: 50 });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toBe('  canary  started 1 of 6, 2 failed, 1 in flight');
});
