// The engine without the command line: read, plan and apply with the real SDK, so cheap that a test can afford hundreds.

import { setMaxListeners } from 'node:events';
import { applyPlan } from '../../src/appconfig/apply/apply-plan.ts';
import { CallFailure } from '../../src/appconfig/client/call-failure.ts';
import { Connection } from '../../src/appconfig/client/connection.ts';
import { readLiveState, readRolledBackChanges } from '../../src/appconfig/read/read-live-state.ts';
import { resourcesOf } from '../../src/appconfig/read/resource-ids.ts';
import { contentOf } from '../../src/core/document/content-of.ts';
import { parseDocument } from '../../src/core/document/parse-yaml.ts';
import type { Event } from '../../src/core/events/event.ts';
import type { Report } from '../../src/core/events/report.ts';
import { createReportFold, exitCodeOfReport } from '../../src/core/events/report.ts';
import { countsOf } from '../../src/core/guards/quota.ts';
import { accountRegionId } from '../../src/core/model/account-region.ts';
import { formatAddress } from '../../src/core/model/address.ts';
import type { ContentFormat } from '../../src/core/model/content.ts';
import type { DesiredApplication } from '../../src/core/model/desired-state.ts';
import type { CommitRelation } from '../../src/core/model/origin.ts';
import type { ProfileType } from '../../src/core/model/resource.ts';
import { everything } from '../../src/core/model/selection.ts';
import { formatSource } from '../../src/core/model/source-position.ts';
import type { Plan } from '../../src/core/plan/plan.ts';
import { planSync } from '../../src/core/planners/plan-sync.ts';
import { AppcfgError, type Problem } from '../../src/core/problem/problem.ts';
import { finalizePlan } from '../../src/core/rollout/finalize-plan.ts';
import type { Policy } from '../../src/core/settings/policy.ts';
import { defaultSettings, type Settings } from '../../src/core/settings/settings.ts';
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts';
import { restore } from '../../src/emulator/restore.ts';
import type { RequestHandler } from '../../src/engine/context.ts';
import { quietly } from './request-handlers.ts';
import { VirtualClock } from './virtual-clock.ts';

const region = 'us-east-1';

export interface EngineWorld {
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
}

/** @param options.from the state of an earlier world, which goes on from there; what the snapshot holds is not changed by it. */
export function createEngineWorld(options: { readonly from?: unknown } = {}): EngineWorld {
  const clock = new VirtualClock();
  const emulator = createEmulator({
    now: clock.now,
    sleep: clock.sleepDuring,
    quotas: { applications: 10_000 },
    ...(options.from === undefined ? {} : { state: restore(structuredClone(options.from)) }),
  });
  return { clock, emulator };
}

/** One configuration that a tree would want, by `tenant/environment/Profile`. */
export interface Wanted {
  readonly address: string;
  /** YAML. */
  readonly content: string;
  readonly type?: ProfileType;
  readonly format?: ContentFormat;
}

/** What a tree would come to; applications, environments and profiles in the order in which they are first named. */
export function desiredOf(wanted: readonly Wanted[]): readonly DesiredApplication[] {
  const applications = new Map<
    string,
    Map<string, DesiredApplication['environments'][number]['configurations'][number][]>
  >();
  for (const { address, content, type = 'AWS.Freeform', format = 'json' } of wanted) {
    const [tenant = '', environment = '', configurationProfile = ''] = address.split('/');
    const environments = applications.get(tenant) ?? new Map();
    applications.set(tenant, environments);
    const configurations = environments.get(environment) ?? [];
    environments.set(environment, configurations);
    const value = parseDocument(content, { path: address }).value ?? null;
    configurations.push({
      address: { tenant, environment, configurationProfile },
      profileType: type,
      content: contentOf(value, format),
      value,
      sources: [],
    });
  }
  return [...applications].map(([tenant, environments]) => ({
    tenant,
    name: tenant,
    environments: [...environments].map(([name, configurations]) => ({ name, configurations })),
  }));
}

export interface EngineRun {
  readonly desired: readonly DesiredApplication[];
  readonly settings?: Partial<Settings>;
  readonly policy?: Partial<Policy>;
  /** In place of the world's own AppConfig as it is. */
  readonly requestHandler?: RequestHandler;
  /** Keep to AWS's published rates. */
  readonly publishedRates?: boolean;
  readonly relationTo?: (commit: string) => Promise<CommitRelation>;
  readonly busyTimeoutMs?: number;
  readonly onEvent?: (event: Event) => void;
}

export interface EngineOutcome {
  /** Undefined where reading failed. */
  readonly plan: Plan | undefined;
  readonly report: Report;
  readonly exitCode: number;
  /** The errors among the problems, for a test's message. */
  readonly errors: readonly string[];
}

const accountRegion = {
  id: accountRegionId({ account: undefined, region }),
  account: undefined,
  region,
  roleArn: undefined,
};

/** One sync. `dryRun` ends with the plan. */
export async function syncFleet(world: EngineWorld, run: EngineRun, dryRun = false): Promise<EngineOutcome> {
  const { desired, relationTo = async () => 'unknown' } = run;
  const policy: Policy = {
    settings: { ...defaultSettings, ...run.settings },
    project: 'acme/config',
    accountRegion,
    origin: { commit: undefined, dirty: false, pipeline: undefined, url: undefined },
    only: undefined,
    adopt: true,
    supersede: false,
    retryRolledBack: false,
    allowOlder: false,
    allowShrink: true,
    selective: false,
    ...run.policy,
  };
  const connection = connectionOf(world, run);
  const fold = createReportFold();
  const emit = (event: Event) => {
    fold.add(event);
    run.onEvent?.(event);
  };
  const { signal } = new AbortController();
  // Every lane that waits listens to it.
  setMaxListeners(0, signal);
  try {
    const options = { policy, relationTo, signal };
    const lists = await readLiveState(connection, desired, options);
    const changing = lists.changingProfiles;
    const live = { ...lists, putBack: await readRolledBackChanges(connection, lists, { desired, changing, options }) };
    const now = connection.serviceClock.now();
    const counts = new Map([[accountRegion.id, countsOf(live)]]);
    const plan = finalizePlan(planSync(desired, live, policy), {
      ...policy,
      wave: undefined,
      selection: everything,
      counts,
      now,
    });
    for (const problem of [...plan.refusals, ...plan.problems]) emit({ type: 'problem-found', problem });
    emit({ type: 'plan-made', plan });
    if (plan.refusals.length === 0 && !dryRun) {
      emit({ type: 'phase-started', phase: 'applying-plan' });
      await applyPlan(plan, connection, {
        policy,
        reaches: new Map([[accountRegion.id, { connection, resources: resourcesOf(live, policy.project) }]]),
        relationTo,
        emit,
        signal,
        wait: true,
        busyTimeoutMs: run.busyTimeoutMs ?? 75 * 60_000,
        failFast: false,
        bypassDeletionProtection: false,
      });
    }
  } catch (error) {
    for (const problem of problemsOf(error)) emit({ type: 'problem-found', problem });
  }
  const report = fold.report();
  return {
    plan: report.plan,
    report,
    exitCode: exitCodeOfReport(report, { detailed: false }),
    errors: report.problems.filter(({ severity }) => severity === 'error').map(describe),
  };
}

/** Clients are costly to make. Where nothing stands between, a world's syncs share one: what it remembers is the pace of calls. */
const connections = new WeakMap<Emulator, Connection>();

function connectionOf(world: EngineWorld, { requestHandler, publishedRates }: EngineRun): Connection {
  const isOwn = requestHandler !== undefined || publishedRates === true;
  const known = isOwn ? undefined : connections.get(world.emulator);
  if (known !== undefined) return known;
  const connection = new Connection({
    region,
    clock: world.clock,
    requestHandler: quietly(world.clock, requestHandler ?? world.emulator.requestHandler()),
    credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'local' },
    // Nobody looks at signatures here, and they are half of what a call costs.
    signer: { sign: async (request) => request },
    publishedRates: publishedRates ?? false,
    trustClockHeaders: true,
  });
  if (!isOwn) connections.set(world.emulator, connection);
  return connection;
}

function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof CallFailure) return [error.problem];
  if (error instanceof AppcfgError) return error.problems;
  throw error;
}

function describe({ code, source, subject, message }: Problem): string {
  return `${code} ${source === undefined ? formatAddress(subject ?? {}) : formatSource(source)}: ${message}`;
}
