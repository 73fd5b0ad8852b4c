// Waves: the order in which a change reaches the fleet. Which addresses are in which, and a plan in waves.

import type { Problem } from './errors.ts';
import type { DesiredApplication } from './model.ts';
import { isDeployment, keepSteps, type Plan, type PlannedAddress, type PlannedWave, type Step } from './plan.ts';
import type { Limit, Settings, WaveSettings } from './settings.ts';
import { quoteForShell } from './shell.ts';
import { listNames } from './some-of.ts';
import { WaveGate } from './start-gate.ts';
import { isInWave } from './tenants.ts';

/** What decides which wave an environment of a tenant, and so all its addresses, is in. */
export interface WaveTarget {
  readonly tenant: string;
  readonly environment: string;
}

/** The first wave that matches; undefined where none does. */
export function waveOf(
  target: WaveTarget,
  waves: readonly WaveSettings[],
  tenants: Settings['tenants'],
): WaveSettings | undefined {
  return waves.find((wave) => isInWave(wave, target, { tenants }));
}

/** Looks at a tree, tenant by tenant, for addresses that are in no wave, and for waves that have none. */
export class WaveChecks {
  readonly #settings: Settings;
  readonly #reached = new Set<WaveSettings>();
  readonly #matched = new Set<WaveSettings>();
  /** `tenant/environment` */
  readonly #missing: string[] = [];

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  look({ tenant, environments }: DesiredApplication): void {
    const { waves } = this.#settings;
    if (waves === undefined) return;
    for (const { name: environment, configurations } of environments) {
      if (configurations.length === 0) continue;
      const target = { tenant, environment };
      for (const wave of waves) if (isInWave(wave, target, this.#settings)) this.#matched.add(wave);
      const wave = waveOf(target, waves, this.#settings.tenants);
      if (wave !== undefined) this.#reached.add(wave);
      else this.#missing.push(`${tenant}/${environment}`);
    }
  }

  /** Environments that are in no wave. */
  missing(): readonly Problem[] {
    const [first, ...others] = this.#missing;
    if (first === undefined) return [];
    const what =
      others.length === 0
        ? `${first} is in no wave, so it would never be deployed`
        : `${others.length + 1} environments are in no wave, so they would never be deployed: ${listNames(this.#missing)}`;
    return [
      {
        code: 'wave-missing',
        severity: 'error',
        message: what,
        hint: `name ${others.length === 0 ? 'it' : 'them'} in a wave, or end the list with one that takes what is left: - { name: everyone }`,
        source: this.#settings.sourceOf('waves'),
      },
    ];
  }

  /** Waves that nothing is in, once all of the tree was looked at. */
  emptyWaves(): readonly Problem[] {
    const { waves = [], sourceOf } = this.#settings;
    return waves.flatMap((wave, index): Problem[] => {
      if (this.#reached.has(wave)) return [];
      const taken = this.#matched.has(wave);
      // A slip in the name of the canary must not turn it off.
      const isSlip = !taken && index < waves.length - 1;
      return [
        {
          code: isSlip ? 'wave-empty' : 'settings-suspicious',
          severity: isSlip ? 'error' : 'warning',
          message: `nothing is in wave "${wave.name}": ${taken ? 'earlier waves take all that it matches' : wave.labels.size > 0 ? 'no tenant that its globs match has its labels' : 'its globs match no environment of a tenant'}`,
          hint: taken
            ? 'put it before them, or delete it'
            : `look for a slip in its ${wave.labels.size > 0 ? 'labels' : 'globs'}, or delete it`,
          source: sourceOf('waves', String(index)),
        },
      ];
    });
  }
}

/** The parts of applications that are in one of some waves. */
export function applicationsIn(
  chosen: readonly WaveSettings[],
  desired: readonly DesiredApplication[],
  { waves = [], tenants }: Pick<Settings, 'waves' | 'tenants'>,
): readonly DesiredApplication[] {
  return desired.flatMap((application) => {
    const environments = application.environments.filter(({ name }) => {
      const wave = waveOf({ tenant: application.tenant, environment: name }, waves, tenants);
      return wave !== undefined && chosen.includes(wave);
    });
    return environments.length === 0 ? [] : [{ ...application, environments }];
  });
}

/**
 * The plan in waves: every address and every step of a deployment carries the name of its wave. Without waves it stays
 * as it is.
 * @param about.wave only the steps of this wave: those of the waves before it must have been done
 */
export function assignWaves(
  plan: Plan,
  about: {
    readonly settings: Pick<Settings, 'waves' | 'tenants'>;
    readonly wave: string | undefined;
  },
): Plan {
  const { settings, wave } = about;
  const { waves } = settings;
  if (waves === undefined) return plan;
  const addresses = plan.addresses.map((address) =>
    address.action === 'orphaned' ? address : inWave(address, settings),
  );
  const steps = plan.steps.map((step) =>
    isDeployment(step) || step.operation === 'StopDeployment' ? inWave(step, settings) : step,
  );
  const whole = {
    ...plan,
    addresses,
    steps: firstWavesFirst(steps, addresses, waves),
    waves: plannedWaves(addresses, waves),
  };
  return wave === undefined ? whole : restrictedTo(wave, whole);
}

/** What earlier waves need is made first: a quota may not be enough for all. */
function firstWavesFirst(
  steps: readonly Step[],
  addresses: readonly PlannedAddress[],
  waves: readonly WaveSettings[],
): readonly Step[] {
  const order = new Map(waves.map(({ name }, index) => [name, index]));
  const first = new Map<string, number>();
  for (const address of addresses) {
    const index = order.get(address.wave ?? '') ?? waves.length;
    const name = applicationAt(address);
    first.set(name, Math.min(index, first.get(name) ?? index));
  }
  // What belongs to no application comes before all that need it.
  const indexOf = (step: Step) => ('application' in step ? (first.get(applicationAt(step)) ?? waves.length) : -1);
  return steps.toSorted((a, b) => indexOf(a) - indexOf(b));
}

function inWave<T extends { readonly address: string; readonly wave?: string }>(
  item: T,
  { waves = [], tenants }: Pick<Settings, 'waves' | 'tenants'>,
): T {
  const wave = waveOf(targetOf(item.address), waves, tenants);
  return wave === undefined ? item : { ...item, wave: wave.name };
}

/** Of `tenant/environment/Profile`, or as much of it as there is. */
function targetOf(address: string): WaveTarget {
  const [tenant = '', environment = ''] = address.split('/');
  return { tenant, environment };
}

/** Waves of which something was looked at. */
function plannedWaves(addresses: readonly PlannedAddress[], waves: readonly WaveSettings[]): readonly PlannedWave[] {
  const byWave = new Map<string, PlannedAddress[]>();
  for (const address of addresses) {
    if (address.wave === undefined) continue;
    const own = byWave.get(address.wave);
    if (own === undefined) byWave.set(address.wave, [address]);
    else own.push(address);
  }
  return waves.flatMap(({ name, soakMinutes, maxFailures }) => {
    const own = byWave.get(name);
    if (own === undefined) return [];
    const live = own.filter(isLive).map((address) => address.live?.since);
    return [
      {
        name,
        soakMinutes,
        maxFailures: mostOf(own.length, maxFailures),
        addresses: own.length,
        live: live.length,
        environments: mostLanes(own),
        blocked: own.filter(({ action }) => action === 'blocked').length,
        liveSince: live
          .filter((since) => since !== undefined)
          .sort()
          .at(-1),
      },
    ];
  });
}

function mostLanes(addresses: readonly PlannedAddress[]): number {
  const lanes = new Map<string, Set<string>>();
  for (const { accountRegion: place = '', application, environment } of addresses) {
    const own = lanes.get(place) ?? new Set();
    lanes.set(place, own.add(`${application}/${environment}`));
  }
  return Math.max(...[...lanes.values()].map(({ size }) => size));
}

/** Of a percentage as many as keep the limit. */
function mostOf(addresses: number, limit: Limit): number {
  return 'count' in limit ? limit.count : Math.floor((addresses * limit.percent) / 100);
}

/** What the tree wants was what clients received when the plan was made. */
export function isLive({ action }: PlannedAddress): boolean {
  return action === 'unchanged' || action === 'adopt';
}

/** Only what one wave needs; refused while something of the waves before it is still to be deployed. */
function restrictedTo(name: string, plan: Plan): Plan {
  const problem = earlierWaveProblem(name, plan);
  const isShown = (address: PlannedAddress) => address.wave === name || isLive(address) || address.action === 'blocked';
  const addresses = plan.addresses.filter(isShown);
  const shown = new Set(addresses.flatMap((address) => (address.changeGroup === undefined ? [] : [address.address])));
  return {
    ...plan,
    // What the waves before it still have to do is theirs to show.
    addresses,
    changeGroups: plan.changeGroups.flatMap((each) => {
      const own = each.addresses.filter((address) => shown.has(address));
      return own.length === 0 ? [] : [{ ...each, addresses: own }];
    }),
    steps: stepsOf(name, plan),
    refusals: problem === undefined ? plan.refusals : [...plan.refusals, problem],
  };
}

function stepsOf(name: string, { steps, addresses }: Plan): readonly Step[] {
  const own = addresses.filter(({ wave }) => wave === name);
  const applications = new Set(own.map(applicationAt));
  const lanes = new Set(own.map(({ application, environment }) => `${application}/${environment}`));
  return keepSteps(steps, (step, isNeeded) => isNeeded || belongsTo(step, { name, applications, lanes }));
}

/** A tenant's applications in two places have one name. */
function applicationAt({
  application,
  accountRegion,
}: {
  readonly application: string;
  readonly accountRegion?: string;
}): string {
  return `${application} ${accountRegion ?? ''}`;
}

function belongsTo(
  step: Step,
  wave: { readonly name: string; readonly applications: ReadonlySet<string>; readonly lanes: ReadonlySet<string> },
): boolean {
  switch (step.operation) {
    case 'StartDeployment':
    case 'AwaitDeployment':
    case 'StopDeployment':
      return step.wave === wave.name;
    case 'CreateEnvironment':
    case 'UpdateEnvironment':
      return wave.lanes.has(`${step.application}/${step.environment}`);
    case 'TagResource':
      return step.environment === undefined
        ? wave.applications.has(applicationAt(step))
        : wave.lanes.has(`${step.application}/${step.environment}`);
    case 'CreateApplication':
    case 'UpdateApplication':
      return wave.applications.has(applicationAt(step));
    default:
      return false;
  }
}

/** The guard *wave*. */
function earlierWaveProblem(name: string, plan: Plan): Problem | undefined {
  const earlier = plan.waves.slice(
    0,
    plan.waves.findIndex((wave) => wave.name === name),
  );
  for (const wave of earlier) {
    const waiting = plan.addresses.filter(
      (address) => address.wave === wave.name && address.action !== 'blocked' && !isLive(address),
    );
    const [first] = waiting;
    if (first === undefined) continue;
    return {
      code: 'guard-wave',
      severity: 'error',
      message: `wave "${name}" comes after "${wave.name}", where ${waiting.length === 1 ? `${first.address} is` : `${waiting.length} of ${wave.addresses} addresses are`} not live as the tree has ${waiting.length === 1 ? 'it' : 'them'}`,
      hint: `run that wave first: appcfg sync --wave ${quoteForShell(wave.name)}`,
    };
  }
  return undefined;
}

/** Whether a deployment would have to be started after the end of another wave's. */
export function needsSeveralWaves(plan: Plan): boolean {
  const order = new Map(plan.waves.map(({ name }, index) => [name, index]));
  const indexes = (operations: readonly Step['operation'][]) =>
    plan.steps.filter(({ operation }) => operations.includes(operation)).map(({ wave = '' }) => order.get(wave) ?? 0);
  const first = Math.min(...indexes(['StartDeployment', 'AwaitDeployment']));
  return indexes(['StartDeployment']).some((index) => index > first);
}

/** When the soak of a wave ends that keeps a deployment from being started now; undefined where none does. */
export function soakEndsAt(plan: Plan, now: number): number | undefined {
  const gate = new WaveGate(plan, now);
  const waits = plan.steps.some((step) => step.operation === 'StartDeployment' && gate.ask(step, now).may === 'wait');
  return waits ? gate.soakEndsAt(now) : undefined;
}
