// The deployments of an environment, newest first, page by page.
import { type DeploymentSummary, ListDeploymentsCommand } from '@aws-sdk/client-appconfig';
import type { LiveDeployment, LiveProfile, NamedApplication } from '../../core/live/live-state.ts';
import type { DeploymentState } from '../../core/model/resource.ts';
import type { Connection } from '../client/connection.ts';
import { pagesOf } from '../client/pages.ts';
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
  for await (const { items } of listDeployments(connection, environment)) yield items;
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
    ...(row.Type === 'MANAGED' && { type: row.Type }),
    strategy: numbersFromWire(row),
    startedAt: row.StartedAt?.toISOString(),
    completedAt: row.CompletedAt?.toISOString(),
  };
}

/** The deployments of one environment over all its profiles, as far as they have been read. */
export class DeploymentReader {
  readonly #rows: LiveDeployment[] = [];
  readonly #pages: ReturnType<typeof listDeployments>;
  readonly #idsByName: ReadonlyMap<string, string>;
  #isComplete = false;

  constructor(connection: Connection, environment: EnvironmentToRead & { readonly profiles: readonly LiveProfile[] }) {
    this.#pages = listDeployments(connection, environment);
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
    const { value: page } = await this.#pages.next();
    // A list whose reading failed is not complete.
    if (page === undefined) throw new Error('deployments are read after a failure');
    this.#rows.push(...page.items.map((row: DeploymentSummary) => liveDeployment(row, this.#idsByName)));
    this.#isComplete = page.isLast;
  }
}

function listDeployments(connection: Connection, environment: EnvironmentToRead) {
  const { application, environmentId, signal } = environment;
  return pagesOf(
    connection,
    (page) => new ListDeploymentsCommand({ ApplicationId: application.id, EnvironmentId: environmentId, ...page }),
    { target: application.name, signal },
  );
}
