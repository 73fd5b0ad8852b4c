// The log of a run over 2,000 environments stays short enough to read, also if everything fails.
import { expect, test } from 'vitest';
import { syncCommand } from '../../src/cli/commands/sync.ts';
import { commands } from '../../src/cli/program.ts';
import { commandSpeller } from '../../src/cli/spell-command.ts';
import type { Event, StepResult } from '../../src/core/events/event.ts';
import { createReportFold } from '../../src/core/events/report.ts';
import type { Subject } from '../../src/core/model/address.ts';
import type { Plan } from '../../src/core/plan/plan.ts';
import type { Step } from '../../src/core/plan/step.ts';
import { planSync } from '../../src/core/planners/plan-sync.ts';
import { defaultSettings } from '../../src/core/settings/settings.ts';
import { createReporters } from '../../src/report/reporters.ts';
import { desiredOf } from '../support/engine.ts';
import { readJobLog } from '../support/job-log.ts';
import { plannedWave } from '../support/planned-wave.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

/** A plan for 1,000 tenants with two environments each. @param contentOf of each tenant */
function planOf(contentOf: (tenant: number) => string): Plan {
  const wanted = Array.from({ length: 1000 }, (_, tenant) => tenant).flatMap((tenant) =>
    ['dev', 'prod'].map((environment) => ({
      address: `tenant-number-${tenant}/${environment}/ThrottlingLimits`,
      content: contentOf(tenant),
    })),
  );
  const nothing = {
    applications: new Map(),
    applicationCount: 0,
    orphanedApplications: [],
    deploymentStrategies: [],
    strategyNumbers: new Map(),
    changingProfiles: new Set<string>(),
  };
  return planSync(desiredOf(wanted), nothing, {
    settings: {
      ...defaultSettings,
      aws: { ...defaultSettings.aws, quotas: { ...defaultSettings.aws.quotas, applications: 2000 } },
    },
    project: 'acme/config',
    accountRegion: { id: 'unknown/us-east-1', account: undefined, region: 'us-east-1', roleArn: undefined },
    origin: { commit: 'c'.repeat(40), dirty: false, pipeline: 7, url: undefined },
    ...{ only: undefined, adopt: false, supersede: false, retryRolledBack: false, allowOlder: false },
    ...{ allowShrink: false, overwriteDrift: false, selective: false },
  });
}

/** The same in three waves, of which the first ones soak for two hours. */
function inWaves(plan: Plan): Plan {
  const waveOf = ({ subject: { tenant = '' } }: { readonly subject: Subject }) =>
    tenant.endsWith('-7') ? 'canary' : /-\d{1,2}$/.test(tenant) ? 'early' : 'everyone';
  const steps = plan.steps.map((step) => (isStart(step) ? { ...step, wave: waveOf(step) } : step));
  const waves = ['canary', 'early', 'everyone'].map((name) => {
    const addresses = steps.filter((step) => isStart(step) && step.wave === name).length;
    return plannedWave(name, { addresses, environments: addresses, soakMinutes: 120 });
  });
  return {
    ...plan,
    // Of each wave after what is created for all.
    steps: [undefined, ...waves].flatMap((wave) => steps.filter((step) => step.wave === wave?.name)),
    addresses: plan.addresses.map((planned) => ({ ...planned, wave: waveOf({ subject: planned.address }) })),
    waves,
  };
}

interface LogOptions {
  /** Every deployment waits for another one. */
  readonly warns?: boolean;
  /** The log of a GitLab job. */
  readonly inJob?: boolean;
  readonly verbose?: boolean;
}

/** What the program writes in a pipeline if there is one event each second. */
async function logOf(
  plan: Plan,
  endOf: (step: Step, index: number) => StepResult,
  { warns = false, inJob = false, verbose = false }: LogOptions = {},
) {
  const texts = { stdout: '', stderr: '' };
  const clock = new VirtualClock();
  const colorLevel = inJob ? 1 : 0;
  const reporters = await createReporters({
    targets: [{ format: 'text' }],
    stdout: { write: (text) => (texts.stdout += text) },
    stderr: { write: (text) => (texts.stderr += text) },
    colorLevels: { stdout: colorLevel, stderr: colorLevel },
    ...{ ci: true, hasSections: inJob, quiet: false, verbose, full: false, command: 'sync', htmlUrl: undefined },
    isDryRun: false,
    treePath: () => '',
    spell: commandSpeller({
      ...{ argv: ['sync'], definition: syncCommand, commands },
      source: { environment: {}, typed: () => undefined },
    }),
    ...{ now: clock.now, after: clock.after },
    writeFile: async () => {},
  });
  const fold = createReportFold();
  const emit = (event: Event) => {
    clock.advance(1000);
    fold.add(event);
    reporters.handle(event);
  };
  emit({ type: 'run-started', command: 'sync', targets: [] });
  emit({ type: 'plan-made', plan });
  emit({ type: 'phase-started', phase: 'applying-plan' });
  let wave: string | undefined;
  const times = () => ({ serviceNow: clock.now(), clockSpeed: 1 });
  const enter = (next: string | undefined) => {
    if (next === wave) return;
    if (wave !== undefined) {
      const until = clock.now() + 2 * 3_600_000;
      emit({ type: 'wave-changed', noLongerLive: 0, wave, state: { is: 'soaking', until }, ...times() });
      emit({ type: 'wave-soaking', wave, endsAt: until, ...times() });
      clock.advance(2 * 3_600_000);
      emit({ type: 'wave-changed', noLongerLive: 0, wave, state: { is: 'done' }, ...times() });
    }
    if (next !== undefined) {
      emit({ type: 'wave-changed', noLongerLive: 0, wave: next, state: { is: 'running' }, ...times() });
      emit({ type: 'wave-begun', wave: next });
    }
    wave = next;
  };
  for (const [index, step] of plan.steps.entries()) {
    enter(step.wave);
    emit({ type: 'step-started', step: step.id });
    if (step.operation === 'StartDeployment') {
      const now = clock.now();
      const ends = { startedAt: now, growthEndsAt: now + 60_000, bakeEndsAt: now + 120_000, ...times() };
      for (const state of ['DEPLOYING', 'BAKING'] as const) {
        emit({
          ...{ type: 'deployment-progressed', step: step.id, deploymentNumber: 1, state, percentageComplete: 50 },
          ...ends,
        });
      }
      if (warns) {
        const message = `waits for deployment ${index} of Other (DEPLOYING) to end, at most 75 min`;
        const hint = 'to stop it instead: --supersede';
        const problem = {
          code: 'deployment-in-progress',
          severity: 'warning',
          message,
          hint: { text: hint },
          subject: step.subject,
        } as const;
        emit({ type: 'problem-found', problem });
      }
      emit({ type: 'call-throttled', operation: 'StartDeployment' });
    }
    emit({ type: 'step-finished', ...endOf(step, index) });
  }
  enter(undefined);
  await reporters.end(fold.report(), 0);
  return texts;
}

const succeeds = (step: Step): StepResult => ({ step: step.id, status: 'succeeded', note: 'deployment 1' });
const fails = (step: Step, index: number): StepResult => {
  const message = `AppConfig rolled deployment ${index} back: alarm number ${index} rang (triggered by CLOUDWATCH_ALARM)`;
  const hint =
    'clients have the content of before. Mend the content; the same one is tried again only with --retry-rolled-back';
  const problem = {
    code: 'deployment-rolled-back',
    severity: 'error',
    message,
    hint: { text: hint },
    subject: step.subject,
  } as const;
  return { step: step.id, status: 'failed', problem };
};
const isStart = (step: Step) => step.operation === 'StartDeployment';

const same = planOf(() => 'a: 1');
const different = planOf((tenant) => `a: ${tenant}`);

const stories = [
  { story: 'all of them have the same change', plan: same, endOf: succeeds },
  { story: 'each tenant has another change', plan: different, endOf: succeeds },
  {
    story: 'every other deployment is rolled back',
    plan: different,
    endOf: (step: Step, index: number) => (isStart(step) && index % 2 === 0 ? fails : succeeds)(step, index),
  },
  { story: 'every step fails', plan: different, endOf: fails, warns: true },
];

test.each(stories)('2,000 environments where $story: less than 100 kB and 1,000 lines', async (each) => {
  const { stdout, stderr } = await logOf(each.plan, each.endOf, each);
  expect(Buffer.byteLength(stdout) + Buffer.byteLength(stderr)).toBeLessThan(100_000);
  // The run took hours, with one event each second.
  expect((stdout + stderr).split('\n').length).toBeLessThan(1000);
});

test.each(stories)('the same in a job, in three waves where $story, has three sections', async (each) => {
  const { stdout, stderr } = await logOf(inWaves(each.plan), each.endOf, { ...each, inJob: true });
  expect(Buffer.byteLength(stdout) + Buffer.byteLength(stderr)).toBeLessThan(100_000);
  const { sections, faults } = readJobLog(stderr + stdout);
  expect(faults).toEqual([]);
  expect(sections.map(({ lines, isFolded }) => [lines[0]?.replace(/\u001b\[\d+m/g, ''), isFolded])).toEqual([
    ['wave "canary" starts', false],
    ['wave "early" starts', false],
    ['wave "everyone" starts', false],
  ]);
});

test('with -v each deployment is listed, in less than a third of what GitLab keeps of a log', async () => {
  const { stdout, stderr } = await logOf(inWaves(different), succeeds, { inJob: true, verbose: true });
  expect(Buffer.byteLength(stdout) + Buffer.byteLength(stderr)).toBeLessThan((4 * 1024 * 1024) / 3);
  const { sections, faults } = readJobLog(stderr + stdout);
  expect(faults).toEqual([]);
  expect(sections.map(({ isFolded }) => isFolded)).toEqual([false, true, true]);
});
