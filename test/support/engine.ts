// A sync by the engine's own functions, without the command line and the files of a tree: cheap enough for hundreds a test.

import { setMaxListeners } from 'node:events';
import { CallFailure } from '../../src/appconfig/client/call-failure.ts';
import { Connection } from '../../src/appconfig/client/connection.ts';
import { contentOf } from '../../src/core/document/content-of.ts';
import { parseDocument } from '../../src/core/document/parse-yaml.ts';
import type { Event } from '../../src/core/events/event.ts';
import type { Report } from '../../src/core/events/report.ts';
import { createReportFold, exitCodeOfReport } from '../../src/core/events/report.ts';
import { Scrubber } from '../../src/core/events/scrubber.ts';
import { normalizeFlags } from '../../src/core/flags/normalize-flags.ts';
import { accountRegionId } from '../../src/core/model/account-region.ts';
import { formatAddress } from '../../src/core/model/address.ts';
import type { ContentFormat } from '../../src/core/model/content.ts';
import type { DesiredApplication } from '../../src/core/model/desired-state.ts';
import type { CommitRelation, Origin } from '../../src/core/model/origin.ts';
import type { ProfileType } from '../../src/core/model/resource.ts';
import { everything } from '../../src/core/model/selection.ts';
import { formatSource } from '../../src/core/model/source-position.ts';
import type { Plan } from '../../src/core/plan/plan.ts';
import { AppcfgError, type Problem } from '../../src/core/problem/problem.ts';
import { RenderCache } from '../../src/core/render/render-cache.ts';
import { defaultSettings, type Settings } from '../../src/core/settings/settings.ts';
import { createEmulator, type Emulator } from '../../src/emulator/host/emulator.ts';
import { restore } from '../../src/emulator/state/restore.ts';
import { applyRun, isAppliable } from '../../src/engine/change/apply-run.ts';
import type { Session } from '../../src/engine/connect/session.ts';
import type { RequestHandler } from '../../src/engine/context.ts';
import type { PolicyOptions } from '../../src/engine/inspect/make-policy.ts';
import { planRun } from '../../src/engine/inspect/plan-run.ts';
import type { LoadedProject } from '../../src/engine/load-project.ts';
import { emitPlanEvents } from '../../src/engine/show-plan.ts';
import { quietly } from './request-handlers.ts';
import { VirtualClock } from './virtual-clock.ts';

const region = 'us-east-1';

export interface EngineWorld {
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
}

/** @param options.from the snapshot of an earlier world, where this one continues; the snapshot itself is not changed. */
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

/** A configuration as a tree would have it. */
export interface Wanted {
  /** `tenant/environment/Profile` */
  readonly address: string;
  /** YAML. */
  readonly content: string;
  readonly type?: ProfileType;
  readonly format?: ContentFormat;
}

/** The desired state of a tree with these configurations, in the order in which they are first named. */
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
    const written = parseDocument(content, { path: address }).value ?? null;
    const value = type === 'AWS.AppConfig.FeatureFlags' ? normalizeFlags(written) : written;
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
  readonly options?: Partial<PolicyOptions>;
  readonly origin?: Origin;
  /** Instead of the world's AppConfig. */
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

/** One sync. A dry run ends with the plan. */
export async function syncFleet(world: EngineWorld, run: EngineRun, dryRun = false): Promise<EngineOutcome> {
  const { desired, relationTo = async () => 'unknown' } = run;
  const project: LoadedProject = {
    settings: { ...defaultSettings, ...run.settings },
    project: 'acme/config',
    desired,
    origin: run.origin ?? { commit: undefined, dirty: false, pipeline: undefined, url: undefined },
    relationTo,
    findCommit: async () => undefined,
    similarRevision: async () => undefined,
    knowsCommit: async () => undefined,
    cache: new RenderCache(),
  };
  const fold = createReportFold();
  const emit = (event: Event) => {
    fold.add(event);
    run.onEvent?.(event);
  };
  const { signal } = new AbortController();
  // Every waiting environment listens to it.
  setMaxListeners(0, signal);
  const session = sessionOf(connectionOf(world, run), project, signal);
  const options: PolicyOptions = {
    ...commonOptions,
    adopt: true,
    allowShrink: true,
    overwriteDrift: true,
    ...run.options,
  };
  try {
    const { plan, ...planned } = await planRun(session, {
      project,
      options,
      context: { emit, clock: world.clock, scrubber: new Scrubber() },
    });
    emitPlanEvents(plan, { emit });
    if (isAppliable(plan) && !dryRun) {
      const busyTimeoutMs = run.busyTimeoutMs ?? 75 * 60_000;
      await applyRun(plan, { ...planned, relationTo, emit, signal }, { busyTimeoutMs });
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

const commonOptions = {
  selection: everything,
  region,
  awsProfile: undefined,
  endpointUrl: undefined,
  local: false,
  insecure: false,
  accountRegions: [],
  concurrency: undefined,
  timeoutMs: undefined,
};

/** One account and Region, connected. */
function sessionOf(connection: Connection, { desired, project }: LoadedProject, signal: AbortSignal): Session {
  const target = { region, account: undefined, endpoint: undefined, local: false, clockSpeed: 1, project };
  return {
    reached: [{ accountRegion, isOwn: true, desired, connection, target }],
    unreached: [],
    isRestricted: false,
    signal,
    local: undefined,
  };
}

/** Creating a client takes long, so the syncs of a world share one. It remembers only the rate of its calls. */
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
    // The emulator checks no signature, and signing takes half the time of a call.
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
