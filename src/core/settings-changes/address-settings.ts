// What the settings come to at an address, one row for each member: where appcfg.yml sets it, and what loosens it.
import { isDeepStrictEqual } from 'node:util';
import type { Address } from '../model/address.ts';
import { number } from '../problem/quantity.ts';
import { effectiveAccountRegion } from '../settings/account-regions.ts';
import { applicationNameOf } from '../settings/application-name.ts';
import { numbersOf, strategyFor } from '../settings/deployment-strategies.ts';
import { labelsOf } from '../settings/effective-settings.ts';
import {
  type EnvironmentSettings,
  type ProfileSettings,
  profileAsWritten,
  type Settings,
  type TenantEntry,
  versionsToKeep,
} from '../settings/settings.ts';
import { waveOf } from '../settings/waves.ts';
import {
  anyChange,
  type EffectiveStrategy,
  type EffectiveWave,
  faster,
  keepsFewer,
  type Loosens,
  missing,
  missingOrReplaced,
  never,
  soonerWave,
  switchedOff,
} from './loosened.ts';

export interface AddressRow<T> {
  readonly of: (settings: Settings, address: Address) => T | undefined;
  /** Where the settings set it; undefined where they do not. */
  readonly keysOf: (settings: Settings, address: Address, other: Settings) => readonly string[] | undefined;
  readonly loosens: Loosens<T>;
  /** Whether the difference matters. By default each does. */
  readonly differs?: (before: T | undefined, after: T | undefined) => boolean;
  /** As it is shown; by default as it is. */
  readonly shown?: (value: T, other: T | undefined) => unknown;
  /** Whether it depends on the profile alone. */
  readonly isOfProfile?: true;
}

// biome-ignore lint/suspicious/noExplicitAny: each row has a type of its own
type AnyRow = AddressRow<any>;

type Assigned = 'account' | 'region' | 'roleArn';

const destination = (key: Assigned): AddressRow<string> => ({
  of: (settings, address) => effectiveAccountRegion(settings, address)[key],
  keysOf: (settings, address) =>
    environmentKeys(settings, address, key) ??
    tenantKeys(settings, address, (entry) => entry[key] !== undefined, key) ??
    (key === 'account' ? roleKeys(settings, address) : undefined),
  loosens: anyChange('where it is deployed, and as whom'),
});

const profileMember = <K extends keyof ProfileSettings>(
  key: K,
  loosens: Loosens<NonNullable<ProfileSettings[K]>>,
): AddressRow<NonNullable<ProfileSettings[K]>> => ({
  of: (settings, { configurationProfile }) => profileAsWritten(settings, configurationProfile)[key] ?? undefined,
  keysOf: (settings, { configurationProfile }) =>
    settings.profiles.has(configurationProfile) ? ['profiles', configurationProfile, key] : undefined,
  loosens,
  isOfProfile: true,
});

interface NamedApplication {
  readonly name: string;
  /** By an entry of its tenant. */
  readonly isOwn: boolean;
}

type OfTarget = keyof EnvironmentSettings | Exclude<keyof TenantEntry, 'match'>;

/** Of environments and tenants: a row for each member. */
const targetRows = {
  applicationName: {
    of: (settings, { tenant }): NamedApplication => ({
      name: applicationNameOf(settings, tenant),
      isOwn: settings.tenants.of(tenant).applicationName !== undefined,
    }),
    keysOf: (settings, address) =>
      tenantKeys(settings, address, (entry) => entry.applicationName !== undefined, 'applicationName'),
    loosens: () => 'the tenant gets another application',
    // What the setting of all tenants changes is its own row.
    differs: (before, after) => (before?.isOwn || after?.isOwn) === true && before?.name !== after?.name,
    shown: ({ name }) => name,
  } satisfies AddressRow<NamedApplication> as AnyRow,
  account: destination('account'),
  region: destination('region'),
  roleArn: destination('roleArn'),
  deploymentStrategy: {
    of: (settings, address): EffectiveStrategy => {
      const name = strategyFor(settings, address);
      return { name, numbers: numbersOf(settings, name) };
    },
    keysOf: strategyKeys,
    loosens: faster,
    differs: (before, after) =>
      before?.numbers === undefined || after?.numbers === undefined
        ? before?.name !== after?.name
        : !isDeepStrictEqual(before.numbers, after.numbers),
    shown: (strategy, other) => (strategy.name === other?.name ? strategy.numbers : strategy.name),
  } satisfies AddressRow<EffectiveStrategy> as AnyRow,
  monitors: {
    of: (settings, address) =>
      settings.tenants.of(address.tenant).monitors ?? settings.environments?.get(address.environment)?.monitors,
    keysOf: (settings, address) =>
      tenantKeys(settings, address, ({ monitors }) => monitors !== undefined, 'monitors') ??
      environmentKeys(settings, address, 'monitors'),
    loosens: missing('an alarm no longer monitors it'),
  },
  kmsKey: {
    of: (settings, address) => settings.environments?.get(address.environment)?.kmsKey,
    keysOf: (settings, address) => environmentKeys(settings, address, 'kmsKey'),
    loosens: missingOrReplaced,
  },
  dynamicExtensionParameters: {
    of: (settings, address) => settings.environments?.get(address.environment)?.dynamicExtensionParameters,
    keysOf: (settings, address) => environmentKeys(settings, address, 'dynamicExtensionParameters'),
    loosens: never,
  },
  labels: {
    of: (settings, { tenant }) => {
      const labels = labelsOf(settings, tenant);
      return labels.size === 0 ? undefined : [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
    },
    keysOf: (settings, address) => tenantKeys(settings, address, ({ labels }) => labels.size > 0, 'labels'),
    loosens: never,
    shown: Object.fromEntries,
  },
  // Addresses of both trees are excluded in neither.
  excludeProfiles: undefined,
} as const satisfies Record<OfTarget, AnyRow | undefined>;

const waveRow = {
  of: effectiveWave,
  keysOf: ({ waves }) => waves && ['waves'],
  loosens: soonerWave,
  shown: waveText,
} satisfies AddressRow<EffectiveWave> as AnyRow;

/** Of profiles: a row for each member. */
const profileRows = {
  type: profileMember('type', never),
  format: profileMember('format', never),
  schema: profileMember('schema', missingOrReplaced),
  installValidator: profileMember('installValidator', switchedOff),
  validators: profileMember('validators', missing('a validator no longer checks it')),
  kmsKey: profileMember('kmsKey', missingOrReplaced),
  variables: {
    ...profileMember('variables', never),
    of: ({ profiles }, { configurationProfile: name }) => profiles.get(name)?.variables === true,
  },
  merge: profileMember('merge', anyChange('what an override means')),
  null: profileMember('null', anyChange('what an override means')),
  lists: {
    ...profileMember('lists', anyChange('what an override means')),
    shown: (lists: ProfileSettings['lists']) => Object.fromEntries(lists),
  },
  versions: {
    of: (settings, { configurationProfile }) => versionsToKeep(settings, configurationProfile),
    keysOf: ({ profiles }, { configurationProfile }) =>
      profiles.get(configurationProfile)?.versions && ['profiles', configurationProfile, 'versions', 'keep'],
    loosens: keepsFewer,
    isOfProfile: true,
  },
} as const satisfies Record<keyof ProfileSettings, AnyRow>;

export const addressRows: readonly AnyRow[] = [
  ...Object.values<AnyRow | undefined>(targetRows).flatMap((row) => row ?? []),
  waveRow,
  ...Object.values<AnyRow>(profileRows),
];

function effectiveWave(settings: Settings, address: Address): EffectiveWave | undefined {
  const wave = waveOf(address, settings);
  if (wave === undefined) return undefined;
  const waves = settings.waves ?? [];
  const earlier = waves.slice(0, waves.indexOf(wave));
  return {
    wave: wave.name,
    earlier: earlier.map(({ name }) => name),
    soakMinutes: earlier.reduce((sum, { soakMinutes }) => sum + soakMinutes, 0),
    maxFailures: wave.maxFailures,
  };
}

/** `everyone, after canary and 10 min of soak, maxFailures 2`. */
function waveText({ wave, earlier, soakMinutes, maxFailures }: EffectiveWave): string {
  const soak = soakMinutes === 0 ? '' : ` and ${number(soakMinutes)} min of soak`;
  const most = 'percent' in maxFailures ? `${maxFailures.percent}%` : maxFailures.count;
  return [
    wave,
    ...(earlier.length === 0 ? [] : [`after ${earlier.join(', ')}${soak}`]),
    ...(most === 0 ? [] : [`maxFailures ${most}`]),
  ].join(', ');
}

/** Of a strategy that both settings name, where its numbers are: they are what changes. */
function strategyKeys(settings: Settings, address: Address, other: Settings): readonly string[] | undefined {
  const name = strategyFor(settings, address);
  if (settings.deploymentStrategies.has(name) && strategyFor(other, address) === name) {
    return ['deploymentStrategies', name];
  }
  return (
    tenantKeys(settings, address, ({ deploymentStrategy }) => deploymentStrategy !== undefined, 'deploymentStrategy') ??
    environmentKeys(settings, address, 'deploymentStrategy') ?? ['deploymentStrategy']
  );
}

function environmentKeys(
  { environments }: Settings,
  { environment }: Address,
  key: 'deploymentStrategy' | 'monitors' | 'kmsKey' | 'dynamicExtensionParameters' | Assigned,
): readonly string[] | undefined {
  return environments?.get(environment)?.[key] === undefined ? undefined : ['environments', environment, key];
}

/** The last entry that sets it. */
function tenantKeys(
  { tenants }: Settings,
  { tenant }: Address,
  sets: (entry: TenantEntry) => boolean,
  key: string,
): readonly string[] | undefined {
  const index = tenants.of(tenant).entries.findLast((each) => tenants[each] !== undefined && sets(tenants[each]));
  return index === undefined ? undefined : ['tenants', String(index), key];
}

/** An account can be that of the role. */
function roleKeys(settings: Settings, address: Address): readonly string[] | undefined {
  return (
    environmentKeys(settings, address, 'roleArn') ??
    tenantKeys(settings, address, ({ roleArn }) => roleArn !== undefined, 'roleArn')
  );
}
