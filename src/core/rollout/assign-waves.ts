// Waves: the order in which a change reaches the tenants.
import { sortBy } from 'es-toolkit/array/sortBy';
import { uniqBy } from 'es-toolkit/array/uniqBy';
import { groupsBy } from '../model/groups-by.ts';
import { applicationKey } from '../model/lane.ts';
import { usesLane } from '../plan/operations.ts';
import { isLive, laneOf, type Plan, type PlannedAddress, type PlannedWave } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import { blockSameChanges } from '../planners/block-same-changes.ts';
import { limitOf, type Settings, type WaveSettings } from '../settings/settings.ts';
import { waveOf, waveOrder } from '../settings/waves.ts';
import { restrictToWave } from './restrict-to-wave.ts';

type WaveSource = Pick<Settings, 'waves' | 'tenants'>;

interface WaveOptions {
  readonly settings: WaveSource;
  /** Only the steps of this wave: the waves before it must be done. */
  readonly wave: string | undefined;
  /** Whether accounts and Regions are selected. */
  readonly isRestricted: boolean;
}

/** The plan in waves, without changes that AppConfig rolled back elsewhere. What is blocked counts in its wave. */
export function planWaves(plan: Plan, options: WaveOptions): Plan {
  const inWaves = assignWaves(plan, { ...options, wave: undefined });
  return assignWaves(blockSameChanges(inWaves), options);
}

/**
 * The plan in waves: every address, and every step that starts, awaits or stops a deployment, carries the name of its
 * wave. Unchanged where the settings have no waves.
 */
export function assignWaves(plan: Plan, options: WaveOptions): Plan {
  const { settings, wave } = options;
  const { waves } = settings;
  if (waves === undefined) return plan;
  const addresses = plan.addresses.map((planned) =>
    isNotRolledOut(planned) ? planned : { ...planned, ...waveAt(planned.address, settings) },
  );
  const steps = plan.steps.map((step) => (usesLane(step) ? { ...step, ...waveAt(step.subject, settings) } : step));
  const whole = {
    ...plan,
    addresses,
    steps: firstWavesFirst(steps, addresses, waves),
    waves: plannedWaves(addresses, waves),
  };
  return wave === undefined ? whole : restrictToWave(wave, whole, options);
}

function isNotRolledOut({ action }: PlannedAddress): boolean {
  return action === 'orphaned' || action === 'drifted' || action === 'delete';
}

function waveAt({ tenant = '', environment = '' }: Step['subject'], settings: WaveSource) {
  const wave = waveOf({ tenant, environment }, settings);
  return wave === undefined ? {} : { wave: wave.name };
}

/** What earlier waves need is created first: a quota may not be enough for all. */
function firstWavesFirst(
  steps: readonly Step[],
  addresses: readonly PlannedAddress[],
  waves: readonly WaveSettings[],
): readonly Step[] {
  const order = waveOrder(waves);
  const first = new Map<string, number>();
  for (const address of addresses) {
    const index = order.get(address.wave ?? '') ?? waves.length;
    const name = applicationKey(address);
    first.set(name, Math.min(index, first.get(name) ?? index));
  }
  // What belongs to no application comes before everything that needs it.
  const indexOf = (step: Step) => ('application' in step ? (first.get(applicationKey(step)) ?? waves.length) : -1);
  return sortBy(steps, [indexOf]);
}

/** The waves that have an address in the plan. */
function plannedWaves(addresses: readonly PlannedAddress[], waves: readonly WaveSettings[]): readonly PlannedWave[] {
  return waves.flatMap(({ name, soakMinutes, maxFailures }) => {
    const own = addresses.filter(({ wave }) => wave === name);
    if (own.length === 0) return [];
    const live = own.filter(isLive);
    return [
      {
        name,
        soakMinutes,
        maxFailures: limitOf(maxFailures, own.length),
        addresses: own.length,
        live: live.length,
        environments: mostEnvironments(own),
        blocked: own.filter(({ action }) => action === 'blocked').length,
        liveSince: live
          .flatMap(({ live: version }) => version?.since ?? [])
          .sort()
          .at(-1),
      },
    ];
  });
}

/** Of the account and Region with the most environments: each has rates of its own. */
function mostEnvironments(addresses: readonly PlannedAddress[]): number {
  const byAccountRegion = groupsBy(uniqBy(addresses, laneOf), ({ accountRegion }) => accountRegion);
  return Math.max(...byAccountRegion.map((there) => there.length));
}
