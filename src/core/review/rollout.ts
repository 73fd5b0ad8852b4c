// When the changes between two trees reach the tenants, if each of them is deployed: by waves, at AWS's rates.
import { type AccountRegionId, accountRegionId } from '../model/account-region.ts';
import { type Address, formatAddress, wholeAddress } from '../model/address.ts';
import { groupMap } from '../model/groups-by.ts';
import { laneId } from '../model/lane.ts';
import { publishedRate } from '../model/service-limits.ts';
import { isChanged, type Plan, type PlannedAddress } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import { assignWaves } from '../rollout/assign-waves.ts';
import { type Schedule, scheduleOf } from '../rollout/schedule.ts';
import { effectiveAccountRegion } from '../settings/account-regions.ts';
import { numbersOf, strategyFor } from '../settings/deployment-strategies.ts';
import type { Settings } from '../settings/settings.ts';
import type { Rollout } from './review.ts';

/** @param plan of two trees, without steps. @returns undefined where nothing is deployed */
export function rolloutOf(plan: Plan, settings: Settings): Rollout | undefined {
  const steps = plan.addresses.filter(isChanged).flatMap((planned) => deploymentOf(planned, settings) ?? []);
  if (steps.length === 0) return undefined;
  const inWaves = assignWaves({ ...plan, steps }, { settings, wave: undefined, isRestricted: false });
  const byWave = groupMap(inWaves.steps, ({ wave }) => wave);
  const schedule = scheduleOf(inWaves, { rateOf: publishedRate, speed: 1, now: 0 });
  const names = settings.waves === undefined ? [undefined] : settings.waves.map(({ name }) => name);
  const deployed = names.filter((name) => byWave.has(name));
  return {
    minutes: schedule?.endsAfter,
    waves: deployed.map((wave, index) => ({
      wave,
      addresses: byWave.get(wave)?.length ?? 0,
      soakMinutes: index === deployed.length - 1 ? 0 : soakOf(wave, settings),
      ...timesOf(wave, schedule),
    })),
  };
}

function soakOf(wave: string | undefined, { waves = [] }: Settings): number {
  return waves.find(({ name }) => name === wave)?.soakMinutes ?? 0;
}

function timesOf(wave: string | undefined, schedule: Schedule | undefined) {
  const stage = schedule?.stages.find((each) => each.wave === wave);
  return { startsAfter: stage?.startsAfter, endsAfter: stage?.endsAfter };
}

/** The start of a deployment, as far as its time depends on it. */
function deploymentOf(
  { address: subject, application, changeGroup }: PlannedAddress,
  settings: Settings,
): Step | undefined {
  const address = wholeAddress(subject);
  if (address === undefined) return undefined;
  const { environment, configurationProfile } = address;
  const accountRegion = accountRegionOf(address, settings);
  const strategy = strategyFor(settings, address);
  return {
    id: `StartDeployment ${formatAddress(address)}`,
    after: [],
    reason: '',
    subject,
    accountRegion,
    lane: laneId({ accountRegion, application, environment }),
    ...(changeGroup === undefined ? {} : { changeGroup }),
    operation: 'StartDeployment',
    application,
    environment,
    configurationProfile,
    version: { profileType: 'AWS.Freeform', versionLabel: undefined, versionNumber: undefined, digest: '' },
    strategy: { id: strategy },
    numbers: numbersOf(settings, strategy),
    description: '',
    tags: {},
  };
}

/** Each account and Region has rates of its own. */
function accountRegionOf(address: Address, settings: Settings): AccountRegionId {
  const { account, region = 'unknown' } = effectiveAccountRegion(settings, address);
  return accountRegionId({ account, region });
}
