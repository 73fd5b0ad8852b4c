// Reads the version that is about to be deployed. A label proves nothing: only content that was seen is deployed.
import { ListHostedConfigurationVersionsCommand } from '@aws-sdk/client-appconfig';
import { versionDigest } from '../../core/live/live-content.ts';
import { formatAddress, type Subject } from '../../core/model/address.ts';
import { profileTypes } from '../../core/model/resource.ts';
import type { VersionToDeploy } from '../../core/plan/step.ts';
import { failure } from '../../core/problem/problem.ts';
import type { Connection } from '../client/connection.ts';
import { readVersion } from './read-facts.ts';
import type { Resources } from './resource-ids.ts';

/** The version that a profile is about to deploy. */
export interface WantedVersion {
  readonly application: string;
  readonly configurationProfile: string;
  readonly version: VersionToDeploy;
}

interface Run {
  readonly connection: Connection;
  readonly resources: Resources;
  readonly subject: Subject;
  readonly signal: AbortSignal;
}

/**
 * Compares the content of the version with the plan's.
 * @returns its number, by which it is deployed
 * @throws AppcfgError where there is no such version, or it has other content; CallFailure
 */
export async function verifyVersion(wanted: WantedVersion, run: Run): Promise<number> {
  const { application, configurationProfile, version } = wanted;
  const { connection, resources, subject, signal } = run;
  const { versionLabel = '', profileType, digest } = version;
  const profileId = resources.profile(application, configurationProfile);
  const known = version.versionNumber ?? resources.versionNumber(profileId, versionLabel);
  const number = known ?? (await findNumber(wanted, { ...run, profileId }));
  const of = { id: resources.application(application), name: application, description: undefined };
  const found =
    number === undefined
      ? 'missing'
      : await readVersion(connection, { application: of, profileId, versionNumber: number, signal });
  if (number === undefined || found === 'missing') {
    const what = version.versionLabel === undefined ? `version ${number}` : `version with the label ${versionLabel}`;
    throw failure('version-missing', `${configurationProfile} has no ${what}`, {
      hint: { text: 'create it first', command: { run: 'sync', args: ['--only', 'update'] } },
      subject,
    });
  }
  if (versionDigest(found, profileType) !== digest) throw otherContent({ number, profileId }, wanted, run);
  resources.learnVersion(profileId, versionLabel, number);
  return number;
}

/** The version with the label. Of feature flags, which may be equal to a version with another label, else the newest one. */
async function findNumber(
  { application, version: { versionLabel: VersionLabel, profileType } }: WantedVersion,
  { connection, resources, subject, signal, profileId }: Run & { readonly profileId: string },
): Promise<number | undefined> {
  const ids = { ApplicationId: resources.application(application), ConfigurationProfileId: profileId };
  const target = formatAddress(subject);
  const labelled = await connection.repeatable(
    new ListHostedConfigurationVersionsCommand({ ...ids, VersionLabel }),
    target,
    signal,
  );
  const found = labelled.Items?.find((item) => item.VersionLabel === VersionLabel)?.VersionNumber;
  if (found !== undefined || !profileTypes[profileType].isRewritten) return found;
  // Content that is equal to the newest version has created no new one, and the newest keeps its label, if it has one.
  const newest = await connection.repeatable(
    new ListHostedConfigurationVersionsCommand({ ...ids, MaxResults: 1 }),
    target,
    signal,
  );
  return newest.Items?.[0]?.VersionNumber;
}

/** The failure of a version whose content is not the one that its label or the plan names. */
export function otherContent(
  { number, profileId }: { readonly number: number; readonly profileId: string },
  {
    application,
    configurationProfile,
    version,
  }: Pick<WantedVersion, 'application' | 'configurationProfile'> & {
    readonly version: Pick<VersionToDeploy, 'versionLabel'>;
  },
  { resources, subject }: Pick<Run, 'resources' | 'subject'>,
): Error {
  const ids = `--application-id ${resources.application(application)} --configuration-profile-id ${profileId}`;
  const label = version.versionLabel === undefined ? '' : ` has the label ${version.versionLabel}, but it`;
  return failure(
    'version-label-conflict',
    `version ${number} of ${configurationProfile}${label} has other content than the plan; nothing was deployed`,
    {
      hint: {
        text: `find out who created it, and delete it: aws appconfig delete-hosted-configuration-version ${ids} --version-number ${number}`,
      },
      subject,
    },
  );
}
