// Reads deployments of what AppConfig has, whatever the tree says: newest first, page by page, as far as somebody asks.

import pLimit from 'p-limit';
import { type AddressHistory, type DeploymentDetail, recordOf } from '../../core/live/deployment-history.ts';
import type { LiveDeployment, LiveProfile } from '../../core/live/live-state.ts';
import type { AccountRegionId } from '../../core/model/account-region.ts';
import { formatAddress } from '../../core/model/address.ts';
import type { Connection } from '../client/connection.ts';
import { type DeploymentAnswer, pollIfReachable } from './await-deployment.ts';
import { deploymentPage, liveDeployment } from './list-resources.ts';
import type { RequestedApplication, RequestedEnvironment } from './read-requested.ts';

export const applicationsAtOnce = 32;

/** Deployments of one environment over all its profiles, newest first, as far as they were asked for. */
export class DeploymentReader {
  readonly #rows: LiveDeployment[] = [];
  readonly #readPage: (token: string | undefined) => ReturnType<typeof deploymentPage>;
  readonly #idsByName: ReadonlyMap<string, string>;
  #next: string | undefined;
  #complete = false;

  constructor(
    connection: Connection,
    about: Parameters<typeof deploymentPage>[1] & { readonly profiles: readonly LiveProfile[] },
  ) {
    this.#readPage = (token) => deploymentPage(connection, about, token);
    this.#idsByName = new Map(about.profiles.map((profile) => [profile.name, profile.id]));
  }

  get rows(): readonly LiveDeployment[] {
    return this.#rows;
  }

  /** There are no older ones. */
  get complete(): boolean {
    return this.#complete;
  }

  /** One page more. */
  async readOlder(): Promise<void> {
    if (this.#complete) return;
    const page = await this.#readPage(this.#next);
    this.#rows.push(...(page.Items ?? []).map((row) => liveDeployment(row, this.#idsByName)));
    this.#next = page.NextToken;
    this.#complete = page.NextToken === undefined;
  }
}

/** The newest deployments of each address that is meant, at most `limit`, with what they are for. @throws CallFailure */
export async function readHistories(
  connection: Connection,
  targets: readonly RequestedApplication[],
  options: {
    readonly limit: number;
    readonly signal: AbortSignal;
    readonly accountRegion: AccountRegionId;
    readonly named: (address: string) => boolean;
  },
): Promise<readonly AddressHistory[]> {
  const atOnce = pLimit(applicationsAtOnce);
  const lanes = targets.flatMap((target) => target.environments.map((environment) => ({ target, environment })));
  const read = await Promise.all(
    lanes.map(({ target, environment }) => atOnce(() => readHistoriesOfLane(connection, target, environment, options))),
  );
  // A profile has an address in every environment of its application, deployed there or not.
  return read
    .flat()
    .filter(({ address, deployments }) => deployments.length > 0 || options.named(formatAddress(address)));
}

async function readHistoriesOfLane(
  connection: Connection,
  target: RequestedApplication,
  environment: RequestedEnvironment,
  options: { readonly limit: number; readonly signal: AbortSignal; readonly accountRegion: AccountRegionId },
): Promise<readonly AddressHistory[]> {
  const { limit, signal } = options;
  const { deployments, configurationProfiles } = environment;
  const rowsOf = (profile: LiveProfile) => deployments.rows.filter((row) => row.profileId === profile.id);
  const isEnough = () => configurationProfiles.every((profile) => rowsOf(profile).length > limit);
  do await deployments.readOlder();
  while (!deployments.complete && !isEnough());
  return Promise.all(
    configurationProfiles.map(async (profile): Promise<AddressHistory> => {
      const rows = rowsOf(profile);
      const live = rows.find(({ state }) => state === 'COMPLETE');
      return {
        address: { tenant: target.tenant, environment: environment.name, configurationProfile: profile.name },
        accountRegion: options.accountRegion,
        deployments: await Promise.all(
          rows.slice(0, limit).map(async (row) => {
            const answer = await pollIfReachable(
              connection,
              {
                applicationId: target.application.id,
                environmentId: environment.id,
                deploymentNumber: row.number,
                what: target.application.name,
              },
              signal,
            );
            return recordOf(row, detailOf(answer), row === live);
          }),
        ),
        truncated: rows.length > limit,
      };
    }),
  );
}

function detailOf(answer: DeploymentAnswer | undefined): DeploymentDetail {
  return {
    description: answer?.Description ?? '',
    strategyId: answer?.DeploymentStrategyId,
    events: (answer?.EventLog ?? []).map((event) => ({
      type: event.EventType ?? '',
      by: event.TriggeredBy,
      text: event.Description,
      at: event.OccurredAt?.toISOString(),
    })),
  };
}
