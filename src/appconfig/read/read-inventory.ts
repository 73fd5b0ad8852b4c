// Reads everything in the applications that a cleanup may delete, down to the numbers of their versions.
import { ListExperimentDefinitionsCommand, ListExtensionAssociationsCommand } from '@aws-sdk/client-appconfig';
import pLimit from 'p-limit';
import type {
  Inventory,
  InventoryApplication,
  InventoryAssociation,
  InventoryExperiment,
} from '../../core/live/inventory.ts';
import type { ListedApplication } from '../../core/live/live-state.ts';
import { isManaged } from '../../core/live/ownership.ts';
import { isInFlight } from '../../core/model/resource.ts';
import type { Connection } from '../client/connection.ts';
import { allItems, type PageRequest } from '../client/pages.ts';
import { listApplications, listEnvironments, listProfiles, listVersions, readStrategies } from './list-resources.ts';
import { deploymentPages, liveDeployment } from './read-deployments.ts';
import { readTags } from './read-facts.ts';
import type { PruneTarget } from './read-rollback-state.ts';

/** Fewer than elsewhere: each has many lists. */
const applicationsAtOnce = 16;

export interface InventoryOptions {
  readonly project: string;
  /** Applications that are in the result also where they are unmanaged, so that the plan can report why they are kept. */
  readonly named: (application: ListedApplication) => boolean;
  readonly signal?: AbortSignal;
}

/** Every application of the project, and those named. @throws CallFailure */
export async function readInventory(connection: Connection, options: InventoryOptions): Promise<Inventory> {
  const { project, signal } = options;
  const [listed, associations] = await Promise.all([
    listApplications(connection, signal),
    readAssociations(connection, signal),
  ]);
  const limit = pLimit(applicationsAtOnce);
  const read = await Promise.all(
    listed.map((application) =>
      limit(async (): Promise<InventoryApplication | undefined> => {
        const tags = await readTags(connection, { application, signal });
        const managed = isManaged(tags, project);
        if (!managed && !options.named(application)) return undefined;
        if (!managed) return { ...application, tags, environments: [], configurationProfiles: [] };
        const [environments, configurationProfiles, experimentDefinitions] = await Promise.all([
          readEnvironments(connection, application, signal),
          readProfiles(connection, application, signal),
          readExperiments(connection, application, signal),
        ]);
        const extensionAssociations = associations.get(application.id) ?? [];
        const blocking = { experimentDefinitions, extensionAssociations };
        return { ...application, tags, environments, configurationProfiles, ...blocking };
      }),
    ),
  );
  return {
    applications: read.filter((application) => application !== undefined),
    // The settings may no longer have the name of a managed one.
    deploymentStrategies: await readStrategies(connection, ({ id }) => !id.startsWith('AppConfig.'), signal),
  };
}

/** The managed applications among those named, with the selected profiles, whose versions may be pruned. @throws CallFailure */
export async function readPruneTargets(
  connection: Connection,
  options: InventoryOptions & {
    readonly tenantOf: (application: string) => string | undefined;
    readonly hasProfile: (profile: string) => boolean;
  },
): Promise<readonly PruneTarget[]> {
  const { project, signal, named, tenantOf, hasProfile } = options;
  const listed = await listApplications(connection, signal);
  const limit = pLimit(applicationsAtOnce);
  const read = await Promise.all(
    listed.filter(named).map((application) =>
      limit(async (): Promise<PruneTarget | undefined> => {
        const tags = await readTags(connection, { application, signal });
        if (!isManaged(tags, project)) return undefined;
        const profiles = await listProfiles(connection, application, signal);
        const configurationProfiles = profiles.filter(({ name }) => hasProfile(name));
        return { tenant: tenantOf(application.name) ?? application.name, application, tags, configurationProfiles };
      }),
    ),
  );
  return read.filter((target) => target !== undefined);
}

async function readEnvironments(connection: Connection, application: ListedApplication, signal?: AbortSignal) {
  const environments = await listEnvironments(connection, application, signal);
  return Promise.all(
    environments.map(async (environment) => {
      const id = environment.Id ?? '';
      const [tags, inFlight] = await Promise.all([
        readTags(connection, { application, environmentId: id, signal }),
        readInFlight(connection, { application, environmentId: id, signal }),
      ]);
      return { id, name: environment.Name ?? '', tags, inFlight };
    }),
  );
}

async function readExperiments(
  connection: Connection,
  { id, name }: ListedApplication,
  signal?: AbortSignal,
): Promise<readonly InventoryExperiment[]> {
  const command = (page: PageRequest) => new ListExperimentDefinitionsCommand({ ApplicationIdentifier: id, ...page });
  const definitions = await allItems(connection, command, { target: name, signal });
  return definitions.map((definition) => ({
    id: definition.Id ?? '',
    name: definition.Name ?? '',
    environmentId: definition.EnvironmentId,
    isArchived: definition.Status === 'ARCHIVED',
  }));
}

/** `arn:aws:appconfig:us-east-1:111122223333:application/abc1234/environment/def5678`. */
const resourceArn = /:application\/([^/]+)(?:\/[^/]+\/([^/]+))?$/;

/** All extension associations of the account and Region, by the id of the application. */
async function readAssociations(
  connection: Connection,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly InventoryAssociation[]>> {
  const command = (page: PageRequest) => new ListExtensionAssociationsCommand(page);
  const items = await allItems(connection, command, { target: '', signal });
  const associations = new Map<string, InventoryAssociation[]>();
  for (const { Id: id = '', ExtensionArn = '', ResourceArn = '' } of items) {
    const [, applicationId, partId] = resourceArn.exec(ResourceArn) ?? [];
    if (applicationId === undefined) continue;
    const [, extension = ExtensionArn] = /:extension\/([^/]+)/.exec(ExtensionArn) ?? [];
    const known = associations.get(applicationId) ?? [];
    associations.set(applicationId, [...known, { id, extension, partId }]);
  }
  return associations;
}

/** Only the newest deployment of an environment can be in flight. */
async function readInFlight(connection: Connection, environment: Parameters<typeof deploymentPages>[1]) {
  for await (const page of deploymentPages(connection, environment)) {
    const newest = page[0] && liveDeployment(page[0], new Map());
    return newest !== undefined && isInFlight(newest.state)
      ? { deploymentNumber: newest.number, configurationProfileId: newest.profileId }
      : undefined;
  }
  return undefined;
}

async function readProfiles(connection: Connection, application: ListedApplication, signal?: AbortSignal) {
  const profiles = await listProfiles(connection, application, signal);
  return Promise.all(
    profiles.map(async ({ id, name }) => {
      const [tags, versions] = await Promise.all([
        readTags(connection, { application, profileId: id, signal }),
        listVersions(connection, application, { id, signal }),
      ]);
      return { id, name, tags, versions: versions.map(({ number }) => number) };
    }),
  );
}
