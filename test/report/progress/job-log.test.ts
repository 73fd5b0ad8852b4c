// What a job's log shows while a run applies its plan: a section for each wave, and a sign of life.
import { expect, test } from 'vitest';
import type { Event } from '../../../src/core/events/event.ts';
import type { Address } from '../../../src/core/model/address.ts';
import type { DeploymentState } from '../../../src/core/model/resource.ts';
import type { Plan } from '../../../src/core/plan/plan.ts';
import type { Step } from '../../../src/core/plan/step.ts';
import type { ReportedWaveState } from '../../../src/core/rollout/wave-messages.ts';
import { LineProgress } from '../../../src/report/progress/lines.ts';
import { LogSections } from '../../../src/report/progress/log-sections.ts';
import { noColours } from '../../../src/report/style/style.ts';
import { readJobLog } from '../../support/job-log.ts';
import { plannedWave } from '../../support/planned-wave.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const minute = 60_000;

/** A plan with a deployment to each tenant of each wave; the name of no wave is empty. */
function planOf(waves: Readonly<Record<string, readonly string[]>>): Plan {
  const steps = Object.entries(waves).flatMap(([wave, tenants]) =>
    tenants.map((tenant) => ({
      id: `start ${tenant}`,
      operation: 'StartDeployment',
      subject: { tenant, environment: 'eu', configurationProfile: 'Limits' } satisfies Address,
      ...(wave === '' ? {} : { wave }),
    })),
  );
  const planned = Object.entries(waves).filter(([name]) => name !== '');
  return {
    steps: steps as unknown as readonly Step[],
    addresses: [],
    waves: planned.map(([name, { length }]) => plannedWave(name, { addresses: length, environments: length })),
  } as unknown as Plan;
}

function logOf(plan: Plan, { verbose = false, hasSections = true } = {}) {
  const clock = new VirtualClock();
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  const progress = new LineProgress({
    ...{ style: noColours, write, verbose, spell: () => ['appcfg'], now: clock.now, after: clock.after },
    sections: hasSections ? new LogSections(write, clock.now) : undefined,
  });
  const show = (...events: readonly Event[]) => {
    for (const event of events) progress.handle(event);
  };
  show({ type: 'phase-started', phase: 'reading-live-state' }, { type: 'plan-made', plan });
  show({ type: 'phase-started', phase: 'applying-plan' });
  return {
    show,
    progress,
    clock,
    state: (wave: string, state: ReportedWaveState) =>
      show({ type: 'wave-changed', wave, state, noLongerLive: 0, serviceNow: clock.now(), clockSpeed: 1 }),
    begin: (wave: string) => show({ type: 'wave-begun', wave }),
    deploy: (tenant: string, state: DeploymentState = 'DEPLOYING') =>
      show({
        ...{ type: 'deployment-progressed', step: `start ${tenant}`, deploymentNumber: 1, state },
        ...{ percentageComplete: 50, startedAt: clock.now(), growthEndsAt: clock.now() + 5 * minute },
        ...{ bakeEndsAt: clock.now() + 10 * minute, serviceNow: clock.now(), clockSpeed: 1 },
      }),
    complete: (tenant: string) => show({ type: 'step-finished', step: `start ${tenant}`, status: 'succeeded' }),
    fail: (tenant: string) => {
      const problem = {
        ...({ code: 'deployment-rolled-back', severity: 'error', message: 'rolled back' } as const),
        hint: { text: 'fix it' },
      };
      show({ type: 'step-finished', step: `start ${tenant}`, status: 'failed', problem });
      progress.above('error: rolled back\n');
    },
    /** Time passes, and with it all that waits for it. */
    pass: (ms: number) => clock.sleep(ms),
    text: () => text,
    read: () => readJobLog(text),
  };
}

const tenants = (count: number, name = 't') => Array.from({ length: count }, (_, index) => `${name}${index + 1}`);

test('a wave is a section: it ends when the deployments of the wave have ended, and how it went is outside', () => {
  const log = logOf(planOf({ canary: ['a'], everyone: ['b'] }));
  log.begin('canary');
  log.deploy('a');
  log.complete('a');
  const soaking = { until: log.clock.now() + 10 * minute };
  log.state('canary', { is: 'soaking', ...soaking });
  log.show({ type: 'wave-soaking', wave: 'canary', endsAt: soaking.until, serviceNow: 0, clockSpeed: 1 });
  log.state('canary', { is: 'done' });
  log.begin('everyone');
  log.deploy('b');
  log.complete('b');
  log.state('everyone', { is: 'done' });
  log.progress.end();
  const { sections, outside, faults } = log.read();
  expect(faults).toEqual([]);
  expect(sections.map(({ isFolded, lines }) => [isFolded, lines[0], lines.length])).toEqual([
    [false, 'wave "canary" starts', 3],
    [false, 'wave "everyone" starts', 3],
  ]);
  expect(outside).toEqual([
    'wave "canary" deployed: 1 of 1 address; soaking until 12:10:00 UTC',
    'wave "everyone" is done: 1 of 1 address',
  ]);
});

test.each([
  { what: 'a short list of deployments', count: 10, verbose: false, isFolded: false },
  { what: 'a long one', count: 11, verbose: false, isFolded: true },
  { what: 'the summaries of a fleet', count: 100, verbose: false, isFolded: false },
  { what: 'each deployment of a fleet', count: 100, verbose: true, isFolded: true },
])('a wave with $what is folded: $isFolded', ({ count, verbose, isFolded }) => {
  const log = logOf(planOf({ all: tenants(count) }), { verbose });
  log.begin('all');
  log.progress.end();
  expect(log.read().sections.map((section) => section.isFolded)).toEqual([isFolded]);
});

test('what fails in a folded section, and all that follows, is seen without a click', () => {
  const log = logOf(planOf({ all: tenants(20) }));
  log.begin('all');
  log.complete('t1');
  log.fail('t2');
  log.complete('t3');
  log.state('all', { is: 'blocked', note: '1 failed; 0 allowed', by: 'losses' });
  log.progress.end();
  const { sections, outside, faults } = log.read();
  expect(faults).toEqual([]);
  expect(sections.map(({ lines }) => lines)).toEqual([['wave "all" starts', 't1/eu/Limits  complete']]);
  expect(outside).toEqual(['t2/eu/Limits  failed', 'error: rolled back', 't3/eu/Limits  complete']);
});

test('a failure in a section that is not folded stays in it', () => {
  const log = logOf(planOf({ all: tenants(2) }));
  log.begin('all');
  log.fail('t1');
  log.complete('t2');
  log.progress.end();
  expect(log.read().sections[0]?.lines).toHaveLength(4);
});

test.each(['interrupted', 'end', 'another wave', 'a part of the result'])('%s ends the section', (how) => {
  const log = logOf(planOf({ first: tenants(20), second: ['x'] }));
  log.begin('first');
  log.deploy('t1');
  if (how === 'interrupted') log.show({ type: 'interrupted', signal: 'SIGTERM' });
  if (how === 'another wave') log.begin('second');
  if (how === 'a part of the result') log.progress.freeScreen();
  log.progress.end();
  log.progress.end();
  const { sections, outside, faults } = log.read();
  expect(faults).toEqual([]);
  expect(sections[0]?.lines).toHaveLength(2);
  if (how === 'interrupted') expect(outside[0]).toMatch(/^stopping: no new steps are started/);
});

test('without waves a long list of deployments is one folded section, and a short one is none', () => {
  for (const [count, expected] of [
    [10, []],
    [60, ['60 deployments']],
    [61, []],
  ] as const) {
    const log = logOf(planOf({ '': tenants(count) }));
    log.complete('t1');
    log.progress.end();
    const { sections, faults } = log.read();
    expect([faults, sections.map(({ lines }) => lines[0])]).toEqual([[], expected]);
  }
});

test('where the log has no sections there are no markers', () => {
  const log = logOf(planOf({ all: tenants(20) }), { hasSections: false });
  log.begin('all');
  log.fail('t1');
  log.progress.end();
  expect(log.text()).not.toMatch(/section_|\u001b|\r/);
});

test('names of waves that contain markers begin and end nothing', () => {
  const names = [
    'x\r\u001b[0Ksection_end:1:appcfg_1_1_x\r\u001b[0K',
    '\u001b[0Ksection_start:1:evil[collapsed=true]\r\u001b[0K',
    'section_start:1:evil[collapsed=true]\r\u001b[0K',
    'canary',
    'canary ',
    'кот',
    '',
    '][collapsed=true',
    'a'.repeat(500),
  ];
  const log = logOf(planOf(Object.fromEntries(names.map((name, index) => [name || ' ', [`t${index}`]]))));
  for (const name of names) log.begin(name);
  log.progress.end();
  const { sections, faults } = log.read();
  // What is written passes the escaping of streams, which this log does not have.
  expect(faults).toEqual([]);
  expect(sections).toHaveLength(names.length);
  expect(sections.every(({ name }) => /^appcfg_\d+_\d+_[A-Za-z0-9_.-]{0,40}$/.test(name))).toBe(true);
});

test('while nothing is printed, the first quarter of an hour has a line every 30 s, and hours have fewer', async () => {
  const log = logOf(planOf({ all: ['a'] }));
  log.begin('all');
  log.deploy('a');
  const linesIn = async (ms: number) => {
    const before = log.read().lines.length;
    await log.pass(ms);
    return log.read().lines.length - before;
  };
  expect(await linesIn(15 * minute)).toBe(30);
  expect(await linesIn(45 * minute)).toBeLessThan(45);
  expect(await linesIn(6 * 60 * minute)).toBeLessThanOrEqual(6 * 20);
  expect(await linesIn(60 * minute)).toBe(12);
  log.progress.end();
  expect(await linesIn(60 * minute)).toBe(0);
});

test('a line that was printed puts the heartbeat off', async () => {
  const log = logOf(planOf({ all: tenants(3) }));
  log.begin('all');
  await log.pass(20_000);
  log.deploy('t1');
  await log.pass(29_000);
  expect(log.read().lines).toHaveLength(2);
  await log.pass(2_000);
  expect(log.read().lines).toHaveLength(3);
});

test('a heartbeat names a single deployment in flight and its time, counts more of them, and counts a soak down', async () => {
  const log = logOf(planOf({ canary: ['a'], all: tenants(4) }));
  log.state('canary', { is: 'running' });
  log.begin('canary');
  log.deploy('a');
  await log.pass(31_000);
  expect(log.read().lines.at(-1)).toBe(
    '0 of 5 deployments ended, 1 in flight, 4 waiting; wave "canary" running, 0 of 1 done; a/eu/Limits deploying, 9 min 30 s left',
  );
  log.complete('a');
  log.state('canary', { is: 'soaking', until: log.clock.now() + 10 * minute });
  await log.pass(31_000);
  expect(log.read().lines.at(-1)).toBe('wave "canary" soaks until 12:10:31 UTC, 9 min 30 s left');
  log.state('canary', { is: 'done' });
  log.state('all', { is: 'running' });
  log.begin('all');
  for (const [index, tenant] of tenants(4).entries()) log.deploy(tenant, index === 0 ? 'BAKING' : 'DEPLOYING');
  await log.pass(31_000);
  expect(log.read().lines.at(-1)).toMatch(/wave "all" running, 0 of 4 done; 1 baking, 3 deploying$/);
});

test('a reading that takes long has a heartbeat, and between the plan and its start there is none', async () => {
  const log = logOf(planOf({}));
  const started = log.read().lines.length;
  log.show({ type: 'phase-started', phase: 'reading-live-state' });
  await log.pass(31_000);
  expect(log.read().lines.at(-1)).toBe('still reading live state');
  log.show({ type: 'reading-progressed', applications: 3, of: 2000 });
  await log.pass(31_000);
  expect(log.read().lines.at(-1)).toBe('still reading live state: 3 of 2,000 applications');
  log.show({ type: 'plan-made', plan: planOf({}) });
  const before = log.read().lines.length;
  await log.pass(10 * minute);
  expect([started, log.read().lines.length]).toEqual([0, before]);
});
