// A plan is a value: it can be written as JSON, read back and carried out from there, and it accounts for each of its steps.
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyPlan } from '../../src/appconfig/apply/apply-plan.ts';
import { Connection } from '../../src/appconfig/client/connection.ts';
import { readInventory } from '../../src/appconfig/read/read-inventory.ts';
import { readLiveState } from '../../src/appconfig/read/read-live-state.ts';
import { readRequested } from '../../src/appconfig/read/read-requested.ts';
import { readRollbackState, resourcesOfRollback } from '../../src/appconfig/read/read-rollback-state.ts';
import type { Reach } from '../../src/appconfig/read/resource-ids.ts';
import type { Event, StepResult } from '../../src/core/events/event.ts';
import { Scrubber } from '../../src/core/events/scrubber.ts';
import type { DesiredApplication } from '../../src/core/model/desired-state.ts';
import { everything } from '../../src/core/model/selection.ts';
import type { Plan } from '../../src/core/plan/plan.ts';
import type { Step } from '../../src/core/plan/step.ts';
import { planCleanup } from '../../src/core/planners/plan-cleanup.ts';
import { planRollback } from '../../src/core/planners/plan-rollback.ts';
import { planSync } from '../../src/core/planners/plan-sync.ts';
import { RenderCache } from '../../src/core/render/render-cache.ts';
import type { Policy } from '../../src/core/settings/policy.ts';
import type { FaultKind } from '../../src/emulator/model/faults.ts';
import { readDesiredApplications } from '../../src/engine/load-tree.ts';
import { DiskSource } from '../../src/tree/disk-source.ts';
import { readSettings } from '../../src/tree/read-settings.ts';
import { edited, edits, type SmallTree, smallTrees } from '../support/arbitraries.ts';
import { endOf } from '../support/inventory.ts';
import { stepsOfJson } from '../support/json-steps.ts';
import { holds } from '../support/properties.ts';
import { quietly } from '../support/request-handlers.ts';
import { createWorld, inPipeline, type World } from '../support/world.ts';

/** A tree, and whether AppConfig has nothing of it yet, its versions only, or something older. */
const situations = fc.record({
  tree: smallTrees,
  before: fc.constantFrom('nothing', 'update', 'older', 'running'),
  edits,
});

const accountRegion = {
  id: '123456789012/us-east-1',
  account: '123456789012',
  region: 'us-east-1',
  roleArn: undefined,
} as const;

async function worldOf({ tree, before, edits: contents }: { tree: SmallTree; before: string; edits: string[] }) {
  const world = createWorld(tree.files, inPipeline);
  if (before === 'update') await world.appcfg('sync', '--only', 'update');
  if (before === 'older' || before === 'running') await world.appcfg('sync');
  for (const [path, text] of Object.entries(edited(tree, contents))) world.write(path, text);
  if (before === 'running') await world.appcfg('sync', '--no-wait', '-p', tree.profiles[0] ?? '');
  return world;
}

async function planOf(world: World) {
  const { settings } = await readSettings(new DiskSource(world.directory));
  const desired: DesiredApplication[] = [];
  const options = {
    directory: world.directory,
    settings,
    selection: everything,
    cache: new RenderCache(),
    scrubber: new Scrubber(),
    report: () => {},
    signal: new AbortController().signal,
    startBudget: () => () => {},
    verbose: false,
  };
  for await (const application of readDesiredApplications(options)) desired.push(application);
  const policy: Policy = {
    settings,
    project: 'acme/config',
    accountRegion,
    origin: { commit: undefined, dirty: false, pipeline: undefined, url: undefined },
    only: undefined,
    adopt: false,
    supersede: false,
    retryRolledBack: false,
    allowOlder: false,
    allowShrink: true,
    overwriteDrift: false,
    selective: false,
  };
  const connection = new Connection({
    region: 'us-east-1',
    clock: world.clock,
    requestHandler: quietly(world.clock, world.emulator.requestHandler()),
    credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'x' },
    signer: { sign: async (request) => request },
    publishedRates: false,
    trustClockHeaders: true,
  });
  const relationTo = async () => 'unknown' as const;
  const live = await readLiveState(connection, desired, { policy, relationTo });
  return {
    plan: planSync(desired, live, policy),
    again: planSync(desired, live, policy),
    connection,
    policy,
  };
}

const readBack = (plan: Plan): Plan => JSON.parse(JSON.stringify(plan));

test('a plan survives JSON, and the same states give the same plan', async () => {
  await holds(
    fc.asyncProperty(situations, async (situation) => {
      const world = await worldOf(situation);
      const { plan, again, connection } = await planOf(world);
      expect(readBack(plan)).toEqual(plan);
      expect(again).toEqual(plan);
      const cleanup = await cleanupOf(connection);
      expect(readBack(cleanup)).toEqual(cleanup);
      for (const each of [plan, cleanup]) expectOrder(each);
    }),
    6,
  );
});

async function cleanupOf(connection: Connection): Promise<Plan> {
  const inventory = await readInventory(connection, { project: 'acme/config', named: () => true });
  return planCleanup([{ accountRegion, isOwn: true, inventory, target: { kind: 'all' } }], {
    project: 'acme/config',
    tenantOf: () => undefined,
    includeAdopted: true,
    maxDeletes: { percent: 100 },
  });
}

async function rollbackOf(connection: Connection, policy: Policy) {
  const { signal } = new AbortController();
  // Each call listens to it.
  setMaxListeners(0, signal);
  const { targets } = await readRequested(connection, {
    targets: { addresses: [], selection: everything, settings: policy.settings },
    names: policy.settings,
    project: policy.project,
    signal,
    isThere: () => true,
  });
  const request = { kind: 'newest' } as const;
  const planning = { request, policy, deploymentStrategy: undefined, now: connection.serviceClock.now() };
  const relationTo = async () => 'unknown' as const;
  const state = await readRollbackState(connection, targets, { ...planning, relationTo, signal });
  const plan = planRollback(state, planning);
  return { plan, resources: resourcesOfRollback(state, plan) };
}

/** In a process that has not made the plan: with a connection alone. */
function applyReadBack(plan: Plan, connection: Connection): Promise<readonly Event[]> {
  return apply(readBack(plan), { connection });
}

async function apply(plan: Plan, reach: Reach): Promise<readonly Event[]> {
  const events: Event[] = [];
  await applyPlan(plan, reach.connection, {
    reaches: new Map([[accountRegion.id, reach]]),
    relationTo: async () => 'unknown',
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
    wait: true,
    busyTimeoutMs: 30 * 60_000,
    failFast: false,
    bypassDeletionProtection: false,
  });
  return events;
}

/** Each step has an id of its own, and comes after steps that stand before it. */
function expectOrder(plan: Plan): void {
  const before = new Set<string>();
  for (const step of plan.steps) {
    expect(before).not.toContain(step.id);
    for (const id of step.after) expect(before, `${step.id} comes after ${id}`).toContain(id);
    before.add(step.id);
  }
}

test('a plan that was read back is carried out with a connection and nothing else that the planner knew', async () => {
  await holds(
    fc.asyncProperty(situations, async (situation) => {
      const world = await worldOf(situation);
      const { plan, connection } = await planOf(world);
      const events = await applyReadBack(plan, connection);
      expectAccounts(plan, events);
      expect(events.filter((event) => event.type === 'step-finished' && event.status !== 'succeeded')).toEqual([]);
      const next = await world.appcfg('sync');
      expect(next.stdout).toContain('Nothing to do');
      const cleanup = await cleanupOf(connection);
      expectAccounts(cleanup, await applyReadBack(cleanup, connection));
      expect((await cleanupOf(connection)).steps).toEqual([]);
      expect(world.emulator.violations()).toEqual([]);
    }),
    5,
  );
});

test('a rollback that was read back ends like the rollback that was planned', async () => {
  let steps = 0;
  await holds(
    fc.asyncProperty(situations, async (situation) => {
      const ends = [];
      for (const isReadBack of [false, true]) {
        const world = await worldOf({ ...situation, before: 'older' });
        await world.appcfg('sync');
        const { connection, policy } = await planOf(world);
        const { plan, resources } = await rollbackOf(connection, policy);
        const events = isReadBack
          ? await applyReadBack(plan, connection)
          : await apply(plan, { connection, resources });
        expectAccounts(plan, events);
        expect(events.filter((event) => event.type === 'step-finished' && event.status !== 'succeeded')).toEqual([]);
        expect(world.emulator.violations()).toEqual([]);
        steps += plan.steps.length;
        ends.push({ plan, end: endOf(world.emulator) });
      }
      expect(ends[1]).toEqual(ends[0]);
    }),
    3,
  );
  expect(steps).toBeGreaterThan(0);
});

const operations = [
  'CreateApplication',
  'CreateEnvironment',
  'CreateConfigurationProfile',
  'CreateHostedConfigurationVersion',
  'CreateDeploymentStrategy',
  'StartDeployment',
  'GetDeployment',
  'ListDeployments',
];
const kinds: readonly FaultKind[] = ['throttle', 'error', 'drop-before', 'drop-after', 'deny', 'expired', 'html'];
const troubles = fc.array(
  fc.record({
    operation: fc.constantFrom(...operations),
    kind: fc.constantFrom(...kinds),
    times: fc.constantFrom(1, 2, 1000),
    after: fc.nat(3),
  }),
  { minLength: 1, maxLength: 2 },
);

test('whatever fails, every step of the plan is in the report once, and no step starts before those it comes after have succeeded', async () => {
  await holds(
    fc.asyncProperty(
      situations,
      troubles,
      fc.constantFrom([], ['--fail-fast'], ['--timeout', '90s']),
      fc.option(fc.nat(40), { nil: undefined }),
      async (situation, faults, flags, interruptAt) => {
        const world = await worldOf(situation);
        for (const fault of faults) world.emulator.injectFault(fault);
        let send: (signal: 'SIGINT') => void = () => {};
        let calls = 0;
        world.emulator.onCall = () => {
          calls += 1;
          if (calls === interruptAt) send('SIGINT');
          return undefined;
        };
        const onStart = (signal: typeof send) => {
          send = signal;
        };
        const outcome = await world.appcfgWith({ onStart }, 'sync', '-o', 'json', '-o', 'jsonl=events.jsonl', ...flags);
        const { plan, results } = outcome.json as { plan: Plan; results: (StepResult & { step: string })[] };
        const events = readFileSync(join(world.directory, 'events.jsonl'), 'utf8').trim().split('\n');
        const parsed = events.map((line): Event => JSON.parse(line));
        if (!parsed.some((event) => event.type === 'plan-made')) return;
        expect(results.map((result) => result.step)).toEqual(plan.steps.map((step) => step.id));
        if (parsed.some((event) => event.type === 'phase-started' && event.phase === 'applying-plan')) {
          expectAccounts(plan, parsed);
        }
        const whole = results.every((result) => result.status === 'succeeded');
        if (interruptAt === undefined || !whole) expect(outcome.exitCode === 0).toBe(whole);
        expect(world.emulator.violations()).toEqual([]);
        world.emulator.onCall = undefined;
        world.emulator.clearFaults();
        const next = await world.appcfg('sync');
        expect(next.exitCode, next.stderr).toBe(0);
        expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
        expect(world.emulator.violations()).toEqual([]);
      },
    ),
    12,
  );
});

/** Each step ends once; it starts at most once, when what it comes after has succeeded, and alone in its lane. */
function expectAccounts(plan: Plan, events: readonly Event[]): void {
  const steps = new Map(stepsOfJson(plan.steps).map((step) => [step.id, step]));
  const started = new Set<string>();
  const running = new Map<string, Step>();
  const ended = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'step-started') {
      const step = steps.get(event.step);
      if (step === undefined) throw new Error(`${event.step} is not in the plan`);
      expect(started).not.toContain(step.id);
      for (const id of step.after) expect(ended.get(id), `${id} before ${step.id}`).toBe('succeeded');
      if (step.lane !== undefined) expect([...running.values()].map(({ lane }) => lane)).not.toContain(step.lane);
      started.add(step.id);
      running.set(step.id, step);
    }
    if (event.type === 'step-finished') {
      expect(ended.has(event.step), `${event.step} ends twice`).toBe(false);
      if (event.status === 'skipped')
        expect(running.has(event.step) && steps.get(event.step)?.lane === undefined).toBe(false);
      else expect(running.has(event.step)).toBe(true);
      ended.set(event.step, event.status);
      running.delete(event.step);
    }
  }
  expect([...ended.keys()].sort()).toEqual([...steps.keys()].sort());
}
