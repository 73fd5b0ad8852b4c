// A tree that the embedded AppConfig starts with: deployed by what deploys it everywhere else, in a past that takes no time.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { applyPlan } from '../appconfig/apply-plan.ts';
import { Connection } from '../appconfig/client.ts';
import { readLiveState } from '../appconfig/read-live-state.ts';
import { resourcesOf } from '../appconfig/resources.ts';
import type { Clock } from '../core/clock.ts';
import { AppcfgError, failure, type Problem } from '../core/errors.ts';
import { expectedMinutes } from '../core/estimate.ts';
import type { Event } from '../core/events.ts';
import { planSync } from '../core/make-plan.ts';
import { everything } from '../core/selection.ts';
import type { Settings } from '../core/settings.ts';
import { createEmulator } from '../emulator/host/emulator.ts';
import { type Restored, restore } from '../emulator/state/restore.ts';
import type { Context } from './context.ts';
import type { EmulatorOptions } from './options.ts';
import { policyOf, prepare } from './prepare.ts';

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
  if (!isFolder(directory)) throw failure('usage-invalid', `--seed-from "${from}" is not a folder`, { hint });
  if (!isFolder(join(directory, 'tenants'))) {
    throw failure('usage-invalid', `--seed-from "${from}" has no folder tenants/`, { hint });
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
    const policy = policyOf({ ...prepared, settings }, { region, account: about.account ?? account }, options);
    const { relationTo, project } = prepared;
    const live = await readLiveState(connection, prepared.desired, { policy, relationTo, signal: context.signal });
    const plan = planSync(prepared.desired, live, policy);
    refuse(plan.refusals);
    // More than it takes, for each look at a deployment comes a little late.
    clock.goBack((expectedMinutes(plan, 0) ?? 60) * 2 * 60_000 + 600_000);
    const problems: Problem[] = [];
    await applyPlan(plan, connection, {
      policy,
      resources: resourcesOf(live, project),
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

/** Jumps to whatever is waited for next, as soon as nothing else is going on. */
class PastClock implements Clock {
  #now: number;
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now = (): number => this.#now;

  goBack(ms: number): void {
    this.#now -= ms;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ at: this.#now + Math.max(0, ms), wake });
      if (this.#sleepers.length === 1) this.#turn(4);
    });
  }

  /** Calls to an AppConfig in this process are done within a few turns of the event loop. */
  #turn(left: number): void {
    setImmediate(() => {
      if (left > 0) {
        this.#turn(left - 1);
        return;
      }
      this.#now = Math.max(this.#now, Math.min(...this.#sleepers.map(({ at }) => at)));
      const due = this.#sleepers.filter(({ at }) => at <= this.#now);
      this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now);
      for (const { wake } of due) wake();
      if (this.#sleepers.length > 0) this.#turn(4);
    });
  }
}
