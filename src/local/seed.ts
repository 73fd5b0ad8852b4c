// The state of a local AppConfig that starts with a tree deployed. The engine deploys it as it does everywhere else, on a
// clock in the past that skips all waiting.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Event } from '../core/events/event.ts';
import { everything } from '../core/model/selection.ts';
import { AppcfgError, failure, type Problem } from '../core/problem/problem.ts';
import type { Settings } from '../core/settings/settings.ts';
import { tenantEntries } from '../core/settings/tenant-entries.ts';
import { createEmulator } from '../emulator/host/emulator.ts';
import { type RestoredState, restore } from '../emulator/state/restore.ts';
import { applyRun } from '../engine/change/apply-run.ts';
import { sessionForTree } from '../engine/connect/run-session.ts';
import { withSession } from '../engine/connect/session.ts';
import type { Context } from '../engine/context.ts';
import { planRun } from '../engine/inspect/plan-run.ts';
import { loadProject } from '../engine/load-project.ts';
import type { CommonOptions, EmulatorOptions } from '../engine/options.ts';
import { PastClock } from './past-clock.ts';

export interface SeedResult {
  /** All of the tree is live in it. */
  readonly state: RestoredState;
  readonly region: string;
}

const defaultAccount = '123456789012';

/** @returns undefined where the tree has errors, which were emitted. @throws AppcfgError */
export async function seed(
  { account = defaultAccount, quotas, ...options }: Omit<EmulatorOptions, 'seedFrom'> & { readonly seedFrom: string },
  runContext: Context,
): Promise<SeedResult | undefined> {
  const directory = treeFolder(options.seedFrom, runContext.cwd);
  const loaded = await loadProject(commonOptions(undefined), { ...runContext, directory });
  if (loaded === undefined) return undefined;
  const project = { ...loaded, settings: withoutAccounts(loaded.settings) };
  const region = options.region ?? loaded.settings.aws.region ?? 'us-east-1';
  const clock = new PastClock(runContext.clock.now());
  const unlimited = { applications: Infinity, environments: Infinity, profiles: Infinity, strategies: Infinity };
  const emulator = createEmulator({ now: clock.now, account, quotas: { ...unlimited, ...quotas } });
  const failed: Problem[] = [];
  const context: Context = {
    ...runContext,
    directory,
    clock,
    // Credentials, endpoints and rates of the environment are for AWS.
    environment: {},
    requestHandler: emulator.requestHandler(),
    emit: (event) => failed.push(...problemsOf(event)),
  };
  const run = { project, options: commonOptions(region), context };
  await withSession(sessionForTree(project, { ...run, access: 'write' }), async ({ signal, ...session }) => {
    const { plan, ...planned } = await planRun({ ...session, signal }, run);
    refuse(plan.refusals);
    // Polling notices each end a little late, so the deployments take longer than expected.
    clock.goBack((plan.expectedMinutes ?? 60) * 2 * 60_000 + 600_000);
    await applyRun(plan, { ...planned, relationTo: project.relationTo, emit: context.emit, signal });
    refuse(failed);
  });
  // The time of the snapshot is left out: it is that of the past.
  const { store, time } = restore(emulator.snapshot());
  return { state: { store, time }, region };
}

/** @throws AppcfgError */
function treeFolder(seedFrom: string, cwd: string): string {
  const directory = resolve(cwd, seedFrom);
  const hint = { text: 'name the folder that contains template/ and tenants/' };
  if (!isFolder(directory)) throw failure('usage-invalid', `--seed-from "${seedFrom}" is not a folder`, { hint });
  if (isFolder(join(directory, 'tenants'))) return directory;
  throw failure('usage-invalid', `--seed-from "${seedFrom}" has no folder tenants/`, { hint });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function commonOptions(region: string | undefined): CommonOptions {
  return {
    selection: everything,
    accountRegions: [],
    region,
    awsProfile: undefined,
    endpointUrl: undefined,
    local: true,
    insecure: false,
    concurrency: undefined,
    timeoutMs: undefined,
  };
}

/** The local AppConfig is one account and Region, has its own quotas, and needs no soak. */
function withoutAccounts(settings: Settings): Settings {
  const nowhere = { account: undefined, region: undefined, roleArn: undefined };
  const environments = settings.environments && new Map(settings.environments);
  for (const [name, environment] of environments ?? []) environments?.set(name, { ...environment, ...nowhere });
  const tenants = tenantEntries(settings.tenants.map((entry) => ({ ...entry, ...nowhere })));
  const quotas = { applications: undefined, environments: undefined, profiles: undefined, strategies: undefined };
  const aws = { ...settings.aws, allowedAccounts: undefined, quotas };
  return { ...settings, environments, tenants, aws, waves: undefined };
}

function problemsOf(event: Event): readonly Problem[] {
  return event.type === 'step-finished' && event.status === 'failed' ? [event.problem] : [];
}

/** @throws AppcfgError */
function refuse([first, ...others]: readonly Problem[]): void {
  if (first !== undefined) throw new AppcfgError([first, ...others]);
}
