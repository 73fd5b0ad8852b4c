// Finds the version to deploy by its label, in a run that did not create it.
import { ListHostedConfigurationVersionsCommand } from '@aws-sdk/client-appconfig';
import { labelOfStored } from '../../core/live/live-content.ts';
import { formatAddress, type Subject } from '../../core/model/address.ts';
import { type ProfileType, profileTypes } from '../../core/model/resource.ts';
import { failure } from '../../core/problem/problem.ts';
import type { Connection } from '../client/connection.ts';
import { readVersion } from './read-facts.ts';
import type { Resources } from './resource-ids.ts';

/** The version of a profile that a deployment needs. */
export interface WantedVersion {
  readonly application: string;
  readonly configurationProfile: string;
  readonly profileType: ProfileType;
  readonly versionLabel: string;
}

/** Checks that the version exists, with a call only where the run has not seen it. @throws AppcfgError, CallFailure */
export async function requireVersion(
  wanted: WantedVersion,
  run: {
    readonly connection: Connection;
    readonly resources: Resources;
    readonly subject: Subject;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { resources } = run;
  const { versionLabel } = wanted;
  const profileId = resources.profile(wanted.application, wanted.configurationProfile);
  if (resources.knowsVersion(profileId, versionLabel)) return;
  const found = await findVersion(wanted, { ...run, profileId });
  if (found === undefined) {
    throw failure('version-missing', `no version of ${wanted.configurationProfile} has the label ${versionLabel}`, {
      hint: { text: 'create it first', command: { run: 'sync', args: ['--only', 'update'] } },
      subject: run.subject,
    });
  }
  resources.learnVersion(profileId, versionLabel, found);
}

/** The label to start a deployment with, or the number where the version has another label. */
async function findVersion(
  wanted: WantedVersion,
  run: Parameters<typeof requireVersion>[1] & { readonly profileId: string },
): Promise<string | undefined> {
  const { connection, resources, subject, signal, profileId } = run;
  const ApplicationId = resources.application(wanted.application);
  const ids = { ApplicationId, ConfigurationProfileId: profileId };
  const { versionLabel: VersionLabel } = wanted;
  const labelled = await connection.repeatable(
    new ListHostedConfigurationVersionsCommand({ ...ids, VersionLabel }),
    formatAddress(subject),
    signal,
  );
  if (labelled.Items?.some((item) => item.VersionLabel === VersionLabel)) return VersionLabel;
  if (!profileTypes[wanted.profileType].isRewritten) return undefined;
  // Content that is equal to the newest version has created no new one, and the newest keeps its label, if it has one.
  const newest = await connection.repeatable(
    new ListHostedConfigurationVersionsCommand({ ...ids, MaxResults: 1 }),
    formatAddress(subject),
    signal,
  );
  const number = newest.Items?.[0]?.VersionNumber;
  if (number === undefined) return undefined;
  const application = { id: ApplicationId, name: wanted.application };
  const version = await readVersion(connection, { application, profileId, versionNumber: number, signal });
  return version !== 'missing' && labelOfStored(version.text, wanted.profileType) === VersionLabel
    ? String(number)
    : undefined;
}
