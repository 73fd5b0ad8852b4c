// What the settings manage of a configuration profile in AppConfig besides its versions, and how it differs from what is there.
import type { AccountRegion } from '../model/account-region.ts';
import { fillPlaceholders } from '../model/application-name.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import type { Settings } from '../settings/settings.ts';

/** Of a profile in AppConfig, what ListConfigurationProfiles does not show. */
export interface LiveProfileSettings {
  /** The names of its KMS key: as it was given, and the ARN. Empty without a key. */
  readonly kmsKeys: readonly string[];
}

/** What is written to a profile. What is absent stays as it is. */
export interface ProfileUpdate {
  /** Empty: the key is removed. */
  readonly kmsKey?: string;
}

/** What the settings want of a profile, placeholders filled in; undefined where they manage nothing of it. */
export function managedProfile(
  { address: { tenant, configurationProfile } }: Pick<DesiredConfiguration, 'address'>,
  {
    settings,
    accountRegion: { account, region },
  }: { readonly settings: Pick<Settings, 'profiles'>; readonly accountRegion: AccountRegion },
): ProfileUpdate | undefined {
  const { kmsKey } = settings.profiles.get(configurationProfile) ?? {};
  if (kmsKey === undefined) return undefined;
  const fill = (text: string) => fillPlaceholders(text, { tenant, account, region });
  return { kmsKey: fill(kmsKey) };
}

/** Of a profile that is created. */
export function newProfileSettings(wanted: ProfileUpdate | undefined): ProfileUpdate {
  const { kmsKey } = wanted ?? {};
  return kmsKey === undefined || kmsKey === '' ? {} : { kmsKey };
}

/** What has to be written; undefined where the profile is as the settings want it. */
export function profileUpdate({ kmsKey }: ProfileUpdate, live: LiveProfileSettings): ProfileUpdate | undefined {
  return kmsKey === undefined || isSameKey(kmsKey, live.kmsKeys) ? undefined : { kmsKey };
}

/** An id names the key of an ARN that ends with it. */
function isSameKey(wanted: string, kmsKeys: readonly string[]): boolean {
  if (wanted === '') return kmsKeys.length === 0;
  return kmsKeys.some((key) => key === wanted || key.endsWith(`:key/${wanted}`));
}
