// The log of a run over 2,000 environments stays short enough to read, also if everything fails.
import { expect, test } from 'vitest';
import { syncCommand } from '../../src/cli/commands/sync.ts';
import { commands } from '../../src/cli/program.ts';
import { commandSpeller } from '../../src/cli/spell-command.ts';
import type { Event, StepResult } from '../../src/core/events/event.ts';
import { createReportFold } from '../../src/core/events/report.ts';
import type { Plan } from '../../src/core/plan/plan.ts';
import type { Step } from '../../src/core/plan/step.ts';
import { planSync } from '../../src/core/planners/plan-sync.ts';
import { defaultSettings } from '../../src/core/settings/settings.ts';
import { createReporters } from '../../src/report/reporters.ts';
import { desiredOf } from '../support/engine.ts';

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

/** What the program writes in a pipeline if there is one event each second. */
async function logOf(plan: Plan, endOf: (step: Step, index: number) => StepResult, warns = false) {
  const texts = { stdout: '', stderr: '' };
  let now = Date.parse('2026-03-01T12:00:00Z');
  const reporters = await createReporters({
    targets: [{ format: 'text' }],
    stdout: { write: (text) => (texts.stdout += text) },
    stderr: { write: (text) => (texts.stderr += text) },
    colorLevels: { stdout: 0, stderr: 0 },
    ...{
      ci: true,
      hasSections: false,
      quiet: false,
      verbose: false,
      full: false,
      command: 'sync',
      htmlUrl: undefined,
      treePath: () => '',
    },
    spell: commandSpeller({
      ...{ argv: ['sync'], definition: syncCommand, commands },
      source: { environment: {}, typed: () => undefined },
    }),
    now: () => now,
    after: () => () => {},
    writeFile: async () => {},
  });
  const fold = createReportFold();
  const emit = (event: Event) => {
    now += 1000;
    fold.add(event);
    reporters.handle(event);
  };
  emit({ type: 'run-started', command: 'sync', targets: [] });
  emit({ type: 'plan-made', plan });
  emit({ type: 'phase-started', phase: 'applying-plan' });
  for (const [index, step] of plan.steps.entries()) {
    emit({ type: 'step-started', step: step.id });
    if (step.operation === 'StartDeployment') {
      const times = { startedAt: now, growthEndsAt: now + 60_000, bakeEndsAt: now + 120_000, serviceNow: now };
      for (const state of ['DEPLOYING', 'BAKING'] as const) {
        emit({
          ...{ type: 'deployment-progressed', step: step.id, deploymentNumber: 1, state, percentageComplete: 50 },
          ...{ ...times, clockSpeed: 1 },
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

test.each([
  { story: 'all of them have the same change', plan: same, endOf: succeeds },
  { story: 'each tenant has another change', plan: different, endOf: succeeds },
  {
    story: 'every other deployment is rolled back',
    plan: different,
    endOf: (step: Step, index: number) => (isStart(step) && index % 2 === 0 ? fails : succeeds)(step, index),
  },
  { story: 'every step fails', plan: different, endOf: fails, warns: true },
])('2,000 environments where $story: less than 100 kB and 1,000 lines', async ({ plan, endOf, warns }) => {
  const { stdout, stderr } = await logOf(plan, endOf, warns);
  expect(Buffer.byteLength(stdout) + Buffer.byteLength(stderr)).toBeLessThan(100_000);
  // The run took hours, with one event each second.
  expect((stdout + stderr).split('\n').length).toBeLessThan(1000);
});
