// The deployments of an environment, newest first, page by page.
import { type DeploymentSummary, ListDeploymentsCommand } from '@aws-sdk/client-appconfig';
import type { LiveDeployment, LiveProfile, NamedApplication } from '../../core/live/live-state.ts';
import type { DeploymentState } from '../../core/model/resource.ts';
import { largestPage } from '../../core/model/service-limits.ts';
import type { Connection } from '../client/connection.ts';
import { numbersFromWire } from '../client/strategy-fields.ts';

/** An environment whose deployments are read. */
export interface EnvironmentToRead {
  readonly application: NamedApplication;
  readonly environmentId: string;
  readonly signal: AbortSignal | undefined;
}

/** Reads a page only when it is needed. @throws CallFailure */
export async function* deploymentPages(
  connection: Connection,
  environment: EnvironmentToRead,
): AsyncGenerator<readonly DeploymentSummary[]> {
  let token: string | undefined;
  do {
    const page = await deploymentPage(connection, environment, token);
    yield page.Items ?? [];
    token = page.NextToken;
  } while (token !== undefined);
}

/** A deployment as ListDeployments has it. In old ones the profile's id is missing; it is found by the profile's name. */
export function liveDeployment(row: DeploymentSummary, idsByName: ReadonlyMap<string, string>): LiveDeployment {
  return {
    number: row.DeploymentNumber ?? 0,
    profileId:
      row.ConfigurationProfileId ??
      (row.ConfigurationName === undefined ? undefined : idsByName.get(row.ConfigurationName)),
    versionNumber: Number(row.ConfigurationVersion),
    versionLabel: row.VersionLabel,
    state: (row.State ?? 'COMPLETE') as DeploymentState,
    strategy: numbersFromWire(row),
    startedAt: row.StartedAt?.toISOString(),
    completedAt: row.CompletedAt?.toISOString(),
  };
}

/** The deployments of one environment over all its profiles, as far as they have been read. */
export class DeploymentReader {
  readonly #rows: LiveDeployment[] = [];
  readonly #readPage: (token: string | undefined) => ReturnType<typeof deploymentPage>;
  readonly #idsByName: ReadonlyMap<string, string>;
  #next: string | undefined;
  #isComplete = false;

  constructor(connection: Connection, environment: EnvironmentToRead & { readonly profiles: readonly LiveProfile[] }) {
    this.#readPage = (token) => deploymentPage(connection, environment, token);
    this.#idsByName = new Map(environment.profiles.map((profile) => [profile.name, profile.id]));
  }

  get rows(): readonly LiveDeployment[] {
    return this.#rows;
  }

  /** Whether there are no older ones. */
  get complete(): boolean {
    return this.#isComplete;
  }

  /** Reads the next page, if there is one. @throws CallFailure */
  async readOlder(): Promise<void> {
    if (this.#isComplete) return;
    const page = await this.#readPage(this.#next);
    this.#rows.push(...(page.Items ?? []).map((row) => liveDeployment(row, this.#idsByName)));
    this.#next = page.NextToken;
    this.#isComplete = page.NextToken === undefined;
  }
}

/** @param token of the page before; undefined: the newest deployments */
function deploymentPage(connection: Connection, environment: EnvironmentToRead, token: string | undefined) {
  const { application, environmentId, signal } = environment;
  const command = new ListDeploymentsCommand({
    ApplicationId: application.id,
    EnvironmentId: environmentId,
    MaxResults: largestPage,
    ...(token === undefined ? {} : { NextToken: token }),
  });
  return connection.repeatable(command, application.name, signal);
}
