// Reads one application that the tree has: its lists, and the deployments of the environments that the tree has.
import type {
  ListedApplication,
  LiveApplication,
  LiveDeployment,
  LiveEnvironment,
  LiveProfile,
  ProfileHistory,
} from '../../core/live/live-state.ts';
import { isAppcfgLabel } from '../../core/model/content.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { isInFlight, isRolledBack } from '../../core/model/resource.ts';
import type { Connection } from '../client/connection.ts';
import { listEnvironments, listProfiles, liveEnvironment } from './list-resources.ts';
import { deploymentPages, type EnvironmentToRead, liveDeployment } from './read-deployments.ts';

type Deployments = Omit<LiveEnvironment, keyof ReturnType<typeof liveEnvironment>>;

const noDeployments: Deployments = {
  latestDeploymentNumber: undefined,
  inFlight: undefined,
  histories: new Map(),
  deployedByAppcfg: new Set(),
};

/** Of which profiles the deployments in an environment are read; undefined: no deployment is read. */
export type ProfilesToRead = (
  environment: string,
  profiles: readonly LiveProfile[],
) => readonly LiveProfile[] | undefined;

/** Those of the addresses that the tree has. */
export function desiredProfiles({ environments }: DesiredApplication): ProfilesToRead {
  const wanted = new Map(environments.map(({ name, configurations }) => [name, configurations]));
  return (environment, profiles) => {
    const configurations = wanted.get(environment) ?? [];
    if (configurations.length === 0) return undefined;
    const byName = new Map(profiles.map((profile) => [profile.name, profile]));
    return configurations
      .map(({ address }) => byName.get(address.configurationProfile))
      .filter((profile) => profile !== undefined);
  };
}

/** @throws CallFailure */
export async function readApplication(
  connection: Connection,
  listed: ListedApplication,
  options: { readonly profilesToRead: ProfilesToRead; readonly signal: AbortSignal | undefined },
): Promise<LiveApplication> {
  const { profilesToRead, signal } = options;
  const [environments, profiles] = await Promise.all([
    listEnvironments(connection, listed, signal),
    listProfiles(connection, listed, signal),
  ]);
  const configurationProfiles = new Map(profiles.map((profile) => [profile.name, profile]));
  const read = await Promise.all(
    environments.map(async (environment): Promise<[string, LiveEnvironment]> => {
      const live = liveEnvironment(environment);
      const read = profilesToRead(live.name, profiles);
      if (read === undefined) return [live.name, { ...live, ...noDeployments }];
      const profileIds = read.map(({ id }) => id);
      const toRead = { application: listed, environmentId: live.id, profiles, profileIds, signal };
      return [live.name, { ...live, ...(await readDeployments(connection, toRead)) }];
    }),
  );
  return { ...listed, environments: new Map(read), configurationProfiles };
}

/**
 * Reads pages until each of the profiles has a deployment that completed; at least one, because the newest deployment is
 * the one that may be in flight.
 */
async function readDeployments(
  connection: Connection,
  environment: EnvironmentToRead & {
    readonly profiles: readonly LiveProfile[];
    readonly profileIds: readonly string[];
  },
): Promise<Deployments> {
  const { profiles, profileIds } = environment;
  const idsByName = new Map(profiles.map((profile) => [profile.name, profile.id]));
  const incomplete = new Set(profileIds);
  const rows: LiveDeployment[] = [];
  for await (const page of deploymentPages(connection, environment)) {
    const deployments = page.map((row) => liveDeployment(row, idsByName));
    rows.push(...deployments);
    for (const { state, profileId, type } of deployments) {
      if (state === 'COMPLETE' && type !== 'MANAGED' && profileId !== undefined) incomplete.delete(profileId);
    }
    if (incomplete.size === 0) break;
  }
  return {
    latestDeploymentNumber: rows[0]?.number,
    inFlight: rows.find(({ state }) => isInFlight(state)),
    histories: new Map(
      profileIds.flatMap((id) => {
        const history = historyOf(rows.filter(({ profileId }) => profileId === id));
        return history === undefined ? [] : [[id, history]];
      }),
    ),
    deployedByAppcfg: new Set(
      rows
        .filter(({ versionLabel }) => isAppcfgLabel(versionLabel))
        .map(({ profileId }) => profileId)
        .filter((id) => id !== undefined),
    ),
  };
}

/** @param rows of one profile, newest first */
export function historyOf(rows: readonly LiveDeployment[]): ProfileHistory | undefined {
  const [newest] = rows;
  if (newest === undefined) return undefined;
  const byUsers = rows.filter(({ type }) => type !== 'MANAGED');
  const isComplete = ({ state }: LiveDeployment) => state === 'COMPLETE';
  const completed = rows.find(isComplete);
  const completedByUser = completed?.type === 'MANAGED' ? byUsers.find(isComplete) : undefined;
  const seen = new Set<number>();
  const rolledBack: LiveDeployment[] = [];
  for (const row of byUsers) {
    if (seen.has(row.versionNumber)) continue;
    seen.add(row.versionNumber);
    if (isRolledBack(row.state)) rolledBack.push(row);
  }
  return {
    newest: byUsers[0] ?? newest,
    completed,
    rolledBack,
    ...(completedByUser && { completedByUser }),
    ...(newest.type === 'MANAGED' && { managed: newest }),
  };
}
