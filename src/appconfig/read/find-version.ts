// Finds the version that carries a label of ours, in the runs that have not made it themselves.

import { ListHostedConfigurationVersionsCommand } from '@aws-sdk/client-appconfig';
import { labelOfStoredFlags } from '../../core/live/flag-timestamps.ts';
import { formatAddress, type Subject } from '../../core/model/address.ts';
import type { ProfileType } from '../../core/model/resource.ts';
import { failure } from '../../core/problem/problem.ts';
import type { Connection } from '../client/connection.ts';
import { readVersion } from './read-facts.ts';
import type { Resources } from './resource-ids.ts';

/** What a deployment needs: the version of a profile with some label. */
export interface WantedVersion {
  readonly application: string;
  readonly configurationProfile: string;
  readonly profileType: ProfileType;
  readonly versionLabel: string;
}

/** Makes sure that the version exists, asking only where that is not known. @throws AppcfgError, CallFailure */
export async function requireVersion(
  wanted: WantedVersion,
  about: {
    readonly connection: Connection;
    readonly resources: Resources;
    readonly subject: Subject;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { resources } = about;
  const { versionLabel } = wanted;
  const profileId = resources.profile(wanted.application, wanted.configurationProfile);
  if (resources.knowsVersion(profileId, versionLabel)) return;
  const found = await findVersion(wanted, { ...about, profileId });
  if (found === undefined) {
    throw failure('version-missing', `no version of ${wanted.configurationProfile} has the label ${versionLabel}`, {
      hint: { text: 'create it first: appcfg sync --only update; or do both stages in one: appcfg sync' },
      subject: about.subject,
    });
  }
  resources.learnVersion(profileId, versionLabel, found);
}

/** The label or number to start a deployment with. */
async function findVersion(
  wanted: WantedVersion,
  about: Parameters<typeof requireVersion>[1] & { readonly profileId: string },
): Promise<string | undefined> {
  const { connection, resources, subject, signal, profileId } = about;
  const ApplicationId = resources.application(wanted.application);
  const ids = { ApplicationId, ConfigurationProfileId: profileId };
  const { versionLabel: VersionLabel } = wanted;
  const labelled = await connection.repeatable(
    new ListHostedConfigurationVersionsCommand({ ...ids, VersionLabel }),
    formatAddress(subject),
    signal,
  );
  if (labelled.Items?.some((item) => item.VersionLabel === VersionLabel)) return VersionLabel;
  if (wanted.profileType !== 'AWS.AppConfig.FeatureFlags') return undefined;
  // Flags equal to the newest version make no new one, and that one keeps the label it has or has not.
  const newest = await connection.repeatable(
    new ListHostedConfigurationVersionsCommand({ ...ids, MaxResults: 1 }),
    formatAddress(subject),
    signal,
  );
  const number = newest.Items?.[0]?.VersionNumber;
  if (number === undefined) return undefined;
  const application = { id: ApplicationId, name: wanted.application, description: undefined };
  const version = await readVersion(connection, { application, profileId, versionNumber: number, signal });
  return version !== 'missing' && labelOfStoredFlags(version.text) === VersionLabel ? String(number) : undefined;
}
