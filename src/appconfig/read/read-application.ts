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

/** @throws CallFailure */
export async function readApplication(
  connection: Connection,
  listed: ListedApplication,
  options: { readonly desired: DesiredApplication; readonly signal: AbortSignal | undefined },
): Promise<LiveApplication> {
  const { desired, signal } = options;
  const [environments, profiles] = await Promise.all([
    listEnvironments(connection, listed, signal),
    listProfiles(connection, listed, signal),
  ]);
  const configurationProfiles = new Map(profiles.map((profile) => [profile.name, profile]));
  const read = await Promise.all(
    environments.map(async (environment): Promise<[string, LiveEnvironment]> => {
      const live = liveEnvironment(environment);
      const { configurations = [] } = desired.environments.find(({ name }) => name === live.name) ?? {};
      const profileIds = configurations
        .map(({ address }) => configurationProfiles.get(address.configurationProfile)?.id)
        .filter((id) => id !== undefined);
      const toRead = { application: listed, environmentId: live.id, profiles, profileIds, signal };
      const deployments = configurations.length === 0 ? noDeployments : await readDeployments(connection, toRead);
      return [live.name, { ...live, ...deployments }];
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
