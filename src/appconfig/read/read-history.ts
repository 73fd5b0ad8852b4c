// Reads the newest deployments of addresses.
import pLimit from 'p-limit';
import { type AddressHistory, type DeploymentDetail, recordOf } from '../../core/live/deployment-history.ts';
import type { LiveProfile } from '../../core/live/live-state.ts';
import type { AccountRegionId } from '../../core/model/account-region.ts';
import { formatAddress } from '../../core/model/address.ts';
import type { Connection } from '../client/connection.ts';
import { type DeploymentResponse, eventsOf, pollIfReachable } from './await-deployment.ts';
import { applicationsAtOnce } from './list-resources.ts';
import type { RequestedApplication, RequestedEnvironment } from './read-requested.ts';

export interface HistoryOptions {
  /** Deployments of each address, at most. */
  readonly limit: number;
  readonly signal: AbortSignal;
  readonly accountRegion: AccountRegionId;
  /** Whether an address is in the result without any deployment. */
  readonly named: (address: string) => boolean;
}

/** @throws CallFailure */
export async function readHistories(
  connection: Connection,
  targets: readonly RequestedApplication[],
  options: HistoryOptions,
): Promise<readonly AddressHistory[]> {
  const atOnce = pLimit(applicationsAtOnce);
  const histories = await Promise.all(
    targets.flatMap((target) =>
      target.environments.map((environment) =>
        atOnce(() => readHistoriesOfEnvironment(connection, { target, environment }, options)),
      ),
    ),
  );
  // A profile has an address in every environment of its application, whether it was deployed there or not.
  return histories
    .flat()
    .filter(({ address, deployments }) => deployments.length > 0 || options.named(formatAddress(address)));
}

async function readHistoriesOfEnvironment(
  connection: Connection,
  of: { readonly target: RequestedApplication; readonly environment: RequestedEnvironment },
  { limit, signal, accountRegion }: HistoryOptions,
): Promise<readonly AddressHistory[]> {
  const { target, environment } = of;
  const { deployments, configurationProfiles } = environment;
  const rowsOf = (profile: LiveProfile) => deployments.rows.filter((row) => row.profileId === profile.id);
  const isEnough = () => configurationProfiles.every((profile) => rowsOf(profile).length > limit);
  do await deployments.readOlder();
  while (!deployments.complete && !isEnough());
  const readDetail = async (deploymentNumber: number) => {
    const { id: applicationId, name: what } = target.application;
    const deployment = { applicationId, environmentId: environment.id, deploymentNumber, what };
    return detailOf(await pollIfReachable(connection, deployment, signal));
  };
  return Promise.all(
    configurationProfiles.map(async (profile): Promise<AddressHistory> => {
      const rows = rowsOf(profile);
      const live = rows.find(({ state }) => state === 'COMPLETE');
      return {
        address: { tenant: target.tenant, environment: environment.name, configurationProfile: profile.name },
        accountRegion,
        deployments: await Promise.all(
          rows.slice(0, limit).map(async (row) => recordOf(row, await readDetail(row.number), row === live)),
        ),
        truncated: rows.length > limit,
      };
    }),
  );
}

function detailOf(response: DeploymentResponse | undefined): DeploymentDetail {
  return {
    description: response?.Description ?? '',
    strategyId: response?.DeploymentStrategyId,
    events: eventsOf(response),
  };
}
