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
  readonly noLongerLive?: number;
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
      waves: waves.map(({ name, ends }) => {
        const blocked = ends.filter((end) => end === 'blocked').length;
        return plannedWave(name, { addresses: ends.length, environments: ends.length, blocked });
      }),
    },
    results: started.map(({ tenant, end }) => resultOf(tenant, end)),
    waves: waves.map(({ name, state, noLongerLive = 0 }) => ({ wave: name, state, noLongerLive })),
  } as unknown as Report;
}

const options = { style: noColours, width: Number.POSITIVE_INFINITY, waveTimes: new Map<string, number>() };
const every = ['succeeded', 'failed', 'rolled back', 'skipped', 'blocked', 'in flight'] as const;
const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

test('each wave has its state, how many of its addresses are deployed, failed or blocked, and its duration', () => {
  const report = reportOf([
    { name: 'canary', state: { is: 'done' }, ends: [...times(3, 'succeeded' as const), 'blocked'] },
    {
      name: 'gold',
      state: { is: 'blocked', note: '2 failed; 1 allowed', by: 'losses' },
      ends: [...times(1200, 'succeeded' as const), ...times(2, 'rolled back' as const)],
    },
    { name: 'everyone', state: { is: 'waiting' }, ends: times(400, 'skipped') },
  ]);
  const waveTimes = new Map([
    ['canary', 121_000],
    ['gold', 3_900_000],
  ]);
  expect(waveTable(report, { ...options, waveTimes })).toEqual([
    '  wave      state    addresses live  failed  guard blocks  duration',
    '  canary    done     3 of 4          –       1             2 min 1 s',
    '  gold      failed   1,200 of 1,202  2       –             1 h 5 min',
    '  everyone  blocked  0 of 400        –       –             –',
    '  all                1,203 of 1,606  2       1',
  ]);
});

test.each<{ readonly state: ReportedWaveState; readonly ends: Wave['ends']; readonly shown: string }>([
  { state: { is: 'done' }, ends: ['succeeded'], shown: 'done' },
  // A run that does not wait.
  { state: { is: 'done' }, ends: ['in flight'], shown: 'running' },
  { state: { is: 'running' }, ends: ['succeeded', 'skipped'], shown: 'stopped' },
  // What an interrupted wave did not start makes it a waiting one for the gate.
  { state: { is: 'waiting' }, ends: ['in flight', 'skipped'], shown: 'stopped' },
  { state: { is: 'waiting' }, ends: ['skipped'], shown: 'waiting' },
  { state: { is: 'soaking', until: 0 }, ends: ['succeeded'], shown: 'soaking' },
  { state: { is: 'verifying' }, ends: ['succeeded'], shown: 'stopped' },
  {
    state: { is: 'blocked', note: '1 not verified, 1 blocked; 1 allowed', by: 'losses' },
    ends: ['succeeded', 'blocked'],
    shown: 'failed',
  },
  { state: { is: 'blocked', note: '1 failed; 0 allowed', by: 'losses' }, ends: ['rolled back'], shown: 'failed' },
  { state: { is: 'blocked', note: '1 blocked; 0 allowed', by: 'guards' }, ends: ['blocked'], shown: 'blocked' },
])('at the end a wave that is reported as $state.is, with $ends, is $shown', ({ state, ends, shown }) => {
  const [, line = ''] = waveTable(reportOf([{ name: 'canary', state, ends }]), options);
  expect(line.split(/ {2,}/)).toContain(shown);
});

test('a deployment that could not be prepared has failed', () => {
  const state = { is: 'blocked', note: '1 failed; 0 allowed', by: 'losses' } as const;
  const report = reportOf([{ name: 'canary', state, ends: ['skipped'] }]);
  const version = { step: 'version', status: 'failed', problem: { code: 'permission-denied' } };
  const results = [
    version,
    { step: 'canary-0', status: 'skipped', blockedBy: 'version' },
  ] as unknown as Report['results'];
  expect(waveTable({ ...report, results }, options)[1]).toMatch(/canary {2}failed {2}0 of 1 +1 /);
});

test('addresses that are no longer live are not deployed', () => {
  const note = '2 no longer live; 0 allowed';
  const ends = times(3, 'succeeded' as const);
  const failed = { name: 'canary', state: { is: 'blocked', note, by: 'losses' }, noLongerLive: 2, ends } as const;
  expect(waveTable(reportOf([failed]), options)[1]).toMatch(/canary {2}failed {2}1 of 3 +– +– /);
  // As many as the wave allows.
  const done = { name: 'canary', state: { is: 'done' }, noLongerLive: 1, ends } as const;
  expect(waveTable(reportOf([done]), options)[1]).toMatch(/canary {2}done {3}2 of 3 +– +– /);
});

test('a long row of steps that wait one for another takes no longer than others', () => {
  const report = reportOf([{ name: 'canary', state: { is: 'done' }, ends: times(20_000, 'skipped') }]);
  const results = report.results.map((result, index) =>
    index === 0 ? { ...result, status: 'failed' } : { ...result, blockedBy: `canary-${index - 1}` },
  ) as unknown as Report['results'];
  const before = performance.now();
  expect(waveTable({ ...report, results }, options)[1]).toMatch(/ 20,000 /);
  expect(performance.now() - before).toBeLessThan(4000);
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
])('with $what it has at most 80 columns, and no line breaks', ({ name, count }) => {
  const ends = every.flatMap((end) => times(count, end));
  const states: readonly ReportedWaveState[] = [
    { is: 'blocked', note: '3,000 failed, 3,000 blocked; 20 allowed', by: 'losses' },
    { is: 'waiting' },
    { is: 'soaking', until: 0 },
  ];
  const waves = states.map((state, index) => ({ name: `${index}${name}`, state, ends }));
  const waveTimes = new Map(waves.map((wave) => [wave.name, 359_000_000]));
  const lines = waveTable(reportOf(waves), { ...options, waveTimes });
  expect(lines).toHaveLength(5);
  for (const line of lines) {
    expect(widthOf(line)).toBeLessThanOrEqual(80);
    expect(line).not.toMatch(/[\u0000-\u001f\u202e]/);
  }
});

test('a terminal that is too narrow has no columns after those that fit', () => {
  const waves = [{ name: 'canary', state: { is: 'done' }, ends: [...every] } as const];
  const lines = waveTable(reportOf(waves), { ...options, width: 50 });
  expect(lines).toEqual(['  wave    state    addresses live  failed', '  canary  running  1 of 6          2']);
});
