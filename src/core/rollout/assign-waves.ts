// Waves: the order in which a change reaches the fleet. Which addresses are in which, and a plan in waves.
import type { Subject } from '../model/address.ts';
import { isDeployment } from '../plan/operations.ts';
import { isLive, type Plan, type PlannedAddress, type PlannedWave } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import type { Limit, Settings, WaveSettings } from '../settings/settings.ts';
import { waveOf } from '../settings/waves.ts';
import { applicationAt, restrictedTo } from './restrict-to-wave.ts';
import { WaveGate } from './wave-gate.ts';

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
    address.action === 'orphaned' ? address : inWave(address, address.address, settings),
  );
  const steps = plan.steps.map((step) =>
    isDeployment(step) || step.operation === 'StopDeployment' ? inWave(step, step.subject, settings) : step,
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

function inWave<T extends { readonly wave?: string }>(
  item: T,
  { tenant = '', environment = '' }: Subject,
  settings: Pick<Settings, 'waves' | 'tenants'>,
): T {
  const wave = waveOf({ tenant, environment }, settings);
  return wave === undefined ? item : { ...item, wave: wave.name };
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

/** When the soak of a wave ends that keeps a deployment from being started now; undefined where none does. */
export function soakEndsAt(plan: Plan, now: number): number | undefined {
  const gate = new WaveGate(plan, now);
  const waits = plan.steps.some((step) => step.operation === 'StartDeployment' && gate.ask(step, now).may === 'wait');
  return waits ? gate.soakEndsAt(now) : undefined;
}
