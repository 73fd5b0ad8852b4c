// A tree that the embedded AppConfig starts with: deployed by what deploys it everywhere else, in a past that takes no time.

import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { applyPlan } from '../appconfig/apply/apply-plan.ts';
import { Connection } from '../appconfig/client/connection.ts';
import { readLiveState } from '../appconfig/read/read-live-state.ts';
import { resourcesOf } from '../appconfig/read/resource-ids.ts';
import type { Event } from '../core/events/event.ts';
import { accountRegionId } from '../core/model/account-region.ts';
import { everything } from '../core/model/selection.ts';
import { planSync } from '../core/planners/plan-sync.ts';
import { AppcfgError, failure, type Problem } from '../core/problem/problem.ts';
import { expectedMinutes } from '../core/rollout/simulate-plan.ts';
import type { Settings } from '../core/settings/settings.ts';
import { createEmulator } from '../emulator/emulator.ts';
import { type Restored, restore } from '../emulator/restore.ts';
import type { Context } from '../engine/context.ts';
import { policyOf, prepare } from '../engine/load-project.ts';
import type { EmulatorOptions } from '../engine/options.ts';
import { PastClock } from './past-clock.ts';

/** An AppConfig in which all of the tree is live, and the Region that it is in. */
export interface Seeded {
  readonly state: Restored;
  readonly region: string;
}

const account = '123456789012';

/** Renders a tree and deploys it. Undefined where the tree is wrong: its problems were emitted. @throws AppcfgError */
export async function seedFrom(
  from: string,
  about: {
    readonly context: Context;
    readonly account: string | undefined;
    readonly region: string | undefined;
    readonly quotas: EmulatorOptions['quotas'];
  },
): Promise<Seeded | undefined> {
  const directory = resolve(about.context.cwd, from);
  const hint = 'name the folder that holds template/ and tenants/';
  if (!isFolder(directory))
    throw failure('usage-invalid', `--seed-from "${from}" is not a folder`, { hint: { text: hint } });
  if (!isFolder(join(directory, 'tenants'))) {
    throw failure('usage-invalid', `--seed-from "${from}" has no folder tenants/`, { hint: { text: hint } });
  }
  const context: Context = { ...about.context, directory };
  const options = {
    selection: everything,
    region: undefined,
    awsProfile: undefined,
    endpointUrl: undefined,
    local: true,
    insecure: false,
    concurrency: undefined,
    timeoutMs: undefined,
  };
  const prepared = await prepare(options, context);
  if (prepared === undefined) return undefined;
  const settings = withoutAccounts(prepared.settings);
  const region = about.region ?? prepared.settings.aws.region ?? 'us-east-1';
  const clock = new PastClock(context.clock.now());
  const emulator = createEmulator({
    now: clock.now,
    account: about.account ?? account,
    quotas: {
      applications: Infinity,
      environments: Infinity,
      profiles: Infinity,
      strategies: Infinity,
      ...about.quotas,
    },
  });
  const connection = new Connection({
    region,
    clock,
    requestHandler: emulator.requestHandler(),
    credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'local' },
    publishedRates: false,
    trustClockHeaders: true,
    onThrottled: () => {},
  });
  try {
    const to = { account: about.account ?? account, region };
    const accountRegion = { id: accountRegionId(to), ...to, roleArn: undefined };
    const policy = policyOf({ ...prepared, settings }, accountRegion, options);
    const { relationTo, project } = prepared;
    const live = await readLiveState(connection, prepared.desired, { policy, relationTo, signal: context.signal });
    const plan = planSync(prepared.desired, live, policy);
    refuse(plan.refusals);
    // More than it takes, for each look at a deployment comes a little late.
    clock.goBack((expectedMinutes(plan, 0) ?? 60) * 2 * 60_000 + 600_000);
    const problems: Problem[] = [];
    await applyPlan(plan, connection, {
      reaches: new Map([[accountRegion.id, { connection, resources: resourcesOf(live, project) }]]),
      relationTo,
      emit: (event) => problems.push(...problemsOf(event)),
      signal: context.signal,
      wait: true,
      busyTimeoutMs: 0,
      failFast: false,
      bypassDeletionProtection: false,
    });
    refuse(problems);
  } finally {
    connection.destroy();
  }
  // Without the time when it was saved, which is the past's.
  const { store, time } = restore(emulator.snapshot());
  return { state: { store, time }, region };
}

const noQuotas = { applications: undefined, environments: undefined, profiles: undefined, strategies: undefined };

/** Which account AWS would need does not matter here, nor what AWS has granted it. */
function withoutAccounts(settings: Settings): Settings {
  const environments = settings.environments && new Map(settings.environments);
  for (const [name, environment] of environments ?? []) {
    environments?.set(name, { ...environment, account: undefined, region: undefined, roleArn: undefined });
  }
  const tenants = settings.tenants.map((entry) => ({
    ...entry,
    account: undefined,
    region: undefined,
    roleArn: undefined,
  }));
  return { ...settings, environments, tenants, aws: { ...settings.aws, allowedAccounts: undefined, quotas: noQuotas } };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function problemsOf(event: Event): Problem[] {
  return event.type === 'step-finished' && event.status === 'failed' ? [event.problem] : [];
}

function refuse([first, ...others]: readonly Problem[]): void {
  if (first !== undefined) throw new AppcfgError([first, ...others]);
}
