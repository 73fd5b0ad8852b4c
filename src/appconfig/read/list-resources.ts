// AppConfig's lists, all pages of them.
import {
  type Environment,
  GetDeploymentStrategyCommand,
  ListApplicationsCommand,
  ListConfigurationProfilesCommand,
  ListDeploymentStrategiesCommand,
  ListEnvironmentsCommand,
  ListHostedConfigurationVersionsCommand,
} from '@aws-sdk/client-appconfig';
import type {
  ListedApplication,
  ListedVersion,
  LiveEnvironment,
  LiveProfile,
  LiveState,
  LiveStrategy,
  NamedApplication,
} from '../../core/live/live-state.ts';
import type { StrategyNumbers } from '../../core/model/resource.ts';
import { isStrategyId } from '../../core/settings/deployment-strategies.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { Connection } from '../client/connection.ts';
import { allItems, type PageRequest } from '../client/pages.ts';
import { numbersFromWire } from '../client/strategy-fields.ts';
import { readTagsAt, unlessMissing } from './read-facts.ts';

/** Applications that are read at the same time; the limiter sets the pace. */
export const applicationsAtOnce = 32;

/** Every application of the account and Region. @throws CallFailure */
export async function listApplications(
  connection: Connection,
  signal?: AbortSignal,
): Promise<readonly ListedApplication[]> {
  const items = await allItems(connection, (page) => new ListApplicationsCommand(page), { target: '', signal });
  return items.map((item) => ({ id: item.Id ?? '', name: item.Name ?? '', description: item.Description }));
}

/** @throws CallFailure */
export function listEnvironments(
  connection: Connection,
  { id, name }: NamedApplication,
  signal?: AbortSignal,
): Promise<readonly Environment[]> {
  return allItems(connection, (page) => new ListEnvironmentsCommand({ ApplicationId: id, ...page }), {
    target: name,
    signal,
  });
}

/** An environment without its deployments. */
export function liveEnvironment(
  environment: Environment,
): Pick<LiveEnvironment, 'id' | 'name' | 'description' | 'monitors'> {
  return {
    id: environment.Id ?? '',
    name: environment.Name ?? '',
    description: environment.Description,
    monitors: (environment.Monitors ?? []).map((monitor) => ({
      alarmArn: monitor.AlarmArn ?? '',
      alarmRoleArn: monitor.AlarmRoleArn ?? '',
    })),
  };
}

/** @throws CallFailure */
export async function listProfiles(
  connection: Connection,
  { id, name }: NamedApplication,
  signal?: AbortSignal,
): Promise<readonly LiveProfile[]> {
  const command = (page: PageRequest) => new ListConfigurationProfilesCommand({ ApplicationId: id, ...page });
  const items = await allItems(connection, command, { target: name, signal });
  return items.map((item) => ({
    id: item.Id ?? '',
    name: item.Name ?? '',
    type: item.Type ?? 'AWS.Freeform',
    locationUri: item.LocationUri ?? '',
  }));
}

/** The versions of a profile, newest first. @throws CallFailure */
export async function listVersions(
  connection: Connection,
  { id, name }: NamedApplication,
  profile: { readonly id: string; readonly signal?: AbortSignal | undefined },
): Promise<readonly ListedVersion[]> {
  const ids = { ApplicationId: id, ConfigurationProfileId: profile.id };
  const command = (page: PageRequest) => new ListHostedConfigurationVersionsCommand({ ...ids, ...page });
  const items = await allItems(connection, command, { target: name, signal: profile.signal });
  return items.map((item) => ({
    number: item.VersionNumber ?? 0,
    label: item.VersionLabel,
    description: item.Description ?? '',
  }));
}

/** All deployment strategies, and the tags of those that may be managed. @throws CallFailure */
export async function readStrategies(
  connection: Connection,
  mayBeManaged: (strategy: { readonly id: string; readonly name: string }) => boolean,
  signal?: AbortSignal,
): Promise<readonly LiveStrategy[]> {
  const items = await allItems(connection, (page) => new ListDeploymentStrategiesCommand(page), { target: '', signal });
  return Promise.all(
    items.map(async (item) => {
      const { Id: id = '', Name: name = '' } = item;
      const tags = mayBeManaged({ id, name })
        ? await readTagsAt(connection, `deploymentstrategy/${id}`, { what: name, signal })
        : undefined;
      return { id, name, numbers: numbersFromWire(item), tags };
    }),
  );
}

/** The strategies that deployments name: their numbers, and those of the settings with their tags. @throws CallFailure */
export async function readNeededStrategies(
  connection: Connection,
  names: ReadonlySet<string>,
  { settings, signal }: { readonly settings: Settings; readonly signal: AbortSignal | undefined },
): Promise<Pick<LiveState, 'deploymentStrategies' | 'strategyNumbers'>> {
  const isOwn = (name: string) => settings.deploymentStrategies.has(name);
  const numbers = await Promise.all(
    [...names]
      .filter((name) => isStrategyId(settings, name))
      .map(async (id): Promise<[string, StrategyNumbers] | undefined> => {
        const command = new GetDeploymentStrategyCommand({ DeploymentStrategyId: id });
        const response = await unlessMissing(() => connection.repeatable(command, id, signal));
        return response === 'missing' ? undefined : [id, numbersFromWire(response)];
      }),
  );
  return {
    deploymentStrategies: [...names].some(isOwn)
      ? await readStrategies(connection, ({ name }) => isOwn(name), signal)
      : undefined,
    strategyNumbers: new Map(numbers.filter((entry) => entry !== undefined)),
  };
}
