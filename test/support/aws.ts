// The world's AppConfig through another client: what shell scripts create in it, and what it contains.
import {
  type AppConfigClient,
  CreateApplicationCommand,
  CreateConfigurationProfileCommand,
  CreateEnvironmentCommand,
  CreateHostedConfigurationVersionCommand,
  ListApplicationsCommand,
  ListConfigurationProfilesCommand,
  ListDeploymentsCommand,
  ListEnvironmentsCommand,
  ListTagsForResourceCommand,
  StartDeploymentCommand,
} from '@aws-sdk/client-appconfig';
import { OtherClient } from './other-client.ts';
import type { World } from './world.ts';

/** One for each world: creating a client takes long. */
const clients = new WeakMap<World, AppConfigClient>();

/** Another client of the world's AppConfig. */
export function awsClient(world: World): AppConfigClient {
  const known = clients.get(world);
  if (known !== undefined) return known;
  const { aws } = new OtherClient(world.emulator);
  clients.set(world, aws);
  return aws;
}

/** The calls that change something. */
export function writesOf(calls: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(calls).filter(([name]) => !/^(List|Get|Assume)/.test(name)));
}

/** Ids and names in one application. */
export async function lookUp(world: World, name: string) {
  const aws = awsClient(world);
  const { Items: applications = [] } = await aws.send(new ListApplicationsCommand({ MaxResults: 50 }));
  const application = applications.find((item) => item.Name === name);
  const ApplicationId = application?.Id ?? '';
  const { Items: environments = [] } = await aws.send(new ListEnvironmentsCommand({ ApplicationId }));
  const { Items: profiles = [] } = await aws.send(new ListConfigurationProfilesCommand({ ApplicationId }));
  return {
    id: ApplicationId,
    description: application?.Description,
    environments: new Map(environments.map((item) => [item.Name ?? '', item.Id ?? ''])),
    profiles: new Map(profiles.map((item) => [item.Name ?? '', item.Id ?? ''])),
  };
}

/** Deployments of an environment, newest first: `2 Limits v1 COMPLETE`. */
export async function deploymentsOf(world: World, application: string, environment: string): Promise<string[]> {
  const found = await lookUp(world, application);
  const { Items = [] } = await awsClient(world).send(
    new ListDeploymentsCommand({ ApplicationId: found.id, EnvironmentId: found.environments.get(environment) }),
  );
  return Items.map((i) => `${i.DeploymentNumber} ${i.ConfigurationName} v${i.ConfigurationVersion} ${i.State}`);
}

/** @param path `application/<id>`, or more. */
export async function tagsOf(world: World, path: string) {
  const { Tags } = await awsClient(world).send(
    new ListTagsForResourceCommand({ ResourceArn: `arn:aws:appconfig:us-east-1:123456789012:${path}` }),
  );
  return Tags ?? {};
}

/** Creates a version without a label and starts to deploy it. */
export async function deployByHand(
  world: World,
  ids: { readonly applicationId: string; readonly environmentId: string; readonly profileId: string },
  text: string,
) {
  const aws = awsClient(world);
  const { VersionNumber } = await aws.send(
    new CreateHostedConfigurationVersionCommand({
      ApplicationId: ids.applicationId,
      ConfigurationProfileId: ids.profileId,
      Content: Buffer.from(text),
      ContentType: 'application/json',
    }),
  );
  return aws.send(
    new StartDeploymentCommand({
      ApplicationId: ids.applicationId,
      EnvironmentId: ids.environmentId,
      ConfigurationProfileId: ids.profileId,
      ConfigurationVersion: String(VersionNumber),
      DeploymentStrategyId: 'AppConfig.Linear50PercentEvery30Seconds',
    }),
  );
}

/** Creates what a pipeline of shell scripts would: an application with a profile `Limits`, without labels and tags. */
export async function deployedByScripts(
  world: World,
  name: string,
  options: { readonly contents: Readonly<Record<string, string>>; readonly description?: string },
) {
  const aws = awsClient(world);
  const { Id: applicationId = '' } = await aws.send(
    new CreateApplicationCommand({ Name: name, Description: options.description }),
  );
  const { Id: profileId = '' } = await aws.send(
    new CreateConfigurationProfileCommand({ ApplicationId: applicationId, Name: 'Limits', LocationUri: 'hosted' }),
  );
  const environments: Record<string, string> = {};
  for (const [environment, text] of Object.entries(options.contents)) {
    const { Id: environmentId = '' } = await aws.send(
      new CreateEnvironmentCommand({ ApplicationId: applicationId, Name: environment }),
    );
    await deployByHand(world, { applicationId, environmentId, profileId }, text);
    environments[environment] = environmentId;
  }
  world.clock.advance(3 * 60_000);
  return { applicationId, profileId, environments };
}
