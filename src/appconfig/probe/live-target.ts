// An application of the project in AppConfig, for calls that read: a policy that tags narrow allows them there.

import type { ListedApplication } from '../../core/live/live-state.ts';
import { isManaged } from '../../core/live/ownership.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { CallFailure, unlessDenied } from '../client/call-failure.ts';
import type { Connection } from '../client/connection.ts';
import { listEnvironments, listProfiles, listVersions } from '../read/list-resources.ts';
import { readTags } from '../read/read-facts.ts';
import type { ProbedIds } from './probe-actions.ts';

/** Applications whose tags are read, those of the tree first. */
const mostTried = 5;

/** @returns the ids that could be read; none where no such application was found */
export async function liveTarget(
  connection: Connection,
  of: {
    readonly applications: readonly ListedApplication[];
    readonly desired: readonly DesiredApplication[];
    readonly project: string;
    readonly signal: AbortSignal;
  },
): Promise<Partial<ProbedIds>> {
  const { applications, desired, project, signal } = of;
  const wanted = new Set(desired.map(({ name }) => name));
  const sorted = applications.toSorted((a, b) => Number(wanted.has(b.name)) - Number(wanted.has(a.name)));
  for (const application of sorted.slice(0, mostTried)) {
    try {
      const tags = await unlessDenied(readTags(connection, { application, signal }));
      if (tags === undefined) return {};
      if (isManaged(tags, project)) return await idsIn(connection, application, signal);
    } catch (error) {
      // Something else deletes it meanwhile.
      if (!(error instanceof CallFailure) || error.kind !== 'not-found') throw error;
    }
  }
  return {};
}

async function idsIn(
  connection: Connection,
  application: ListedApplication,
  signal: AbortSignal,
): Promise<Partial<ProbedIds>> {
  const environments = await unlessDenied(listEnvironments(connection, application, signal));
  const profiles = await unlessDenied(listProfiles(connection, application, signal));
  const profile = profiles?.find(({ locationUri }) => locationUri === 'hosted');
  const versions = profile && (await unlessDenied(listVersions(connection, application, { id: profile.id, signal })));
  const [environment] = environments ?? [];
  const [version] = versions ?? [];
  return {
    ApplicationId: application.id,
    ...(environment?.Id !== undefined && { EnvironmentId: environment.Id }),
    ...(profile !== undefined && { ConfigurationProfileId: profile.id }),
    ...(version !== undefined && { VersionNumber: version.number }),
  };
}
