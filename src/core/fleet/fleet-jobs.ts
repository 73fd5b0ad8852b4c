// A rollout split into jobs: one for each wave and each account and Region that has addresses in it.
import type { AccountRegionId } from '../model/account-region.ts';
import type { DesiredApplication, DesiredEnvironment } from '../model/desired-state.ts';
import { type AppcfgError, failure } from '../problem/problem.ts';
import { accountRegionsOf, partKey } from '../settings/account-regions.ts';
import { minutesOf, numbersOf, strategyFor } from '../settings/deployment-strategies.ts';
import { idOfPart, selectAccountRegions } from '../settings/select-account-regions.ts';
import { limitOf, type Settings } from '../settings/settings.ts';
import { applicationsOfWave } from '../settings/waves.ts';

export interface FleetJob {
  /** Undefined where the settings have no waves. */
  readonly wave: string | undefined;
  /** Counts from 1; the jobs of one stage run at the same time. */
  readonly stage: number;
  /** Undefined where the tree is in one account and Region only. */
  readonly accountRegion: AccountRegionId | undefined;
  readonly addresses: number;
  /** How long it takes at most, if every address changes, without the time of the calls. */
  readonly minutes: number;
  /** Whether the next stage may begin though some of its addresses have failed. */
  readonly mayFail: boolean;
}

interface Fleet {
  readonly desired: readonly DesiredApplication[];
  readonly settings: Settings;
  /** The run's own Region. */
  readonly region: string | undefined;
  /** Globs of accounts and Regions; empty: all. */
  readonly accountRegions: readonly string[];
}

/** Minutes of a strategy whose numbers only AppConfig has. */
const unknownMinutes = 60;

/** In the order of the rollout. @throws AppcfgError for a glob that matches nothing, a missing Region */
export function fleetJobs({ desired, settings, region, accountRegions: globs }: Fleet): readonly FleetJob[] {
  const all = accountRegionsOf(desired, settings, { region, everywhere: false });
  const selected = new Set(selectAccountRegions(all, { settings, globs, region, ownAccount: undefined }).map(partKey));
  const isSplit = all.length > 1;
  if (isSplit && all.some((part) => part.region === undefined)) throw regionNeeded();
  const partsIn = (of: readonly DesiredApplication[]) =>
    accountRegionsOf(of, settings, { region, everywhere: false }).filter(
      (part) => addressesOf(part.desired) > 0 && selected.has(partKey(part)),
    );
  const waves = (settings.waves ?? [undefined])
    .map((wave) => ({ wave, inWave: wave === undefined ? desired : applicationsOfWave(wave, { settings, desired }) }))
    .map((each) => ({ ...each, parts: partsIn(each.inWave) }))
    .filter(({ inWave }) => addressesOf(inWave) > 0);
  const stages = waves.filter(({ parts }) => parts.length > 0);
  let soakMinutes = 0;
  let allowsFailures = false;
  return waves.flatMap((each) => {
    const { wave, inWave, parts } = each;
    const earlierSoak = soakMinutes;
    // A wave without jobs is judged as well, where it is: the next job may have to await its soak and those before it.
    soakMinutes = (parts.length > 0 ? 0 : earlierSoak) + (wave?.soakMinutes ?? 0);
    // Each wave reports the failures of those before it, too.
    allowsFailures ||= wave !== undefined && limitOf(wave.maxFailures, addressesOf(inWave)) > 0;
    const mayFail = allowsFailures && each !== stages.at(-1);
    return parts.map(
      (part): FleetJob => ({
        wave: wave?.name,
        stage: stages.indexOf(each) + 1,
        accountRegion: isSplit ? idOfPart(part, { settings, ownAccount: undefined }) : undefined,
        addresses: addressesOf(part.desired),
        minutes: earlierSoak + longestEnvironment(part.desired, settings),
        mayFail,
      }),
    );
  });
}

function addressesOf(applications: readonly DesiredApplication[]): number {
  return applications.reduce(
    (sum, { environments }) => sum + environments.reduce((all, { configurations }) => all + configurations.length, 0),
    0,
  );
}

/** An environment takes one deployment at a time, all environments go in parallel. */
function longestEnvironment(applications: readonly DesiredApplication[], settings: Settings): number {
  const minutes = (tenant: string, { name, configurations }: DesiredEnvironment) => {
    const numbers = numbersOf(settings, strategyFor(settings, { tenant, environment: name }));
    return configurations.length * (numbers === undefined ? unknownMinutes : minutesOf(numbers));
  };
  return applications.reduce(
    (longest, { tenant, environments }) =>
      environments.reduce((most, environment) => Math.max(most, minutes(tenant, environment)), longest),
    0,
  );
}

function regionNeeded(): AppcfgError {
  return failure('region-missing', 'no Region is set, and the settings give none to some environments', {
    hint: { text: 'set --region, AWS_REGION, AWS_DEFAULT_REGION or `aws.region` in appcfg.yml' },
  });
}
