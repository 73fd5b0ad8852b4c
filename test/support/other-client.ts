// Another client of the same AppConfig: for what scripts, other tools and users in the console do and receive.
import {
  AppConfigClient,
  type Application,
  CreateApplicationCommand,
  CreateConfigurationProfileCommand,
  CreateDeploymentStrategyCommand,
  CreateEnvironmentCommand,
  CreateHostedConfigurationVersionCommand,
  type DeploymentSummary,
  GetHostedConfigurationVersionCommand,
  ListDeploymentStrategiesCommand,
  paginateListApplications,
  paginateListConfigurationProfiles,
  paginateListDeployments,
  paginateListEnvironments,
  StartDeploymentCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-appconfig';
import type { Emulator } from '../../src/emulator/host/emulator.ts';

export interface Deploying {
  readonly application: string;
  readonly environment: string;
  readonly configurationProfile: string;
  readonly content: string;
  readonly contentType?: string | undefined;
  readonly type?: string | undefined;
  /** Of the deployment. */
  readonly description?: string | undefined;
  readonly deploymentStrategyId?: string | undefined;
}

/** What clients of one environment receive for one profile: the newest completed deployment. */
export interface Served {
  readonly versionNumber: string;
  readonly versionLabel: string | undefined;
  readonly contentType: string;
  readonly text: string;
}

export class OtherClient {
  readonly aws: AppConfigClient;

  /** @param accountRegion `444455556666/eu-west-1`; by default the emulator's own account, in us-east-1 */
  constructor(emulator: Emulator, accountRegion?: string) {
    const [account, region = 'us-east-1'] = accountRegion?.split('/') ?? [];
    this.aws = new AppConfigClient({
      region,
      // The emulator's handler has the shape that the SDK asks for, without its types.
      requestHandler: emulator.requestHandler() as never,
      credentials: {
        accessKeyId: account === undefined ? 'AKIALOCAL' : `ASIA${account}LOCL`,
        secretAccessKey: 'x',
      },
      // Signing takes half the time of a call. The emulator reads from a signature only the account.
      ...(account === undefined ? { signer: { sign: async (request) => request } } : {}),
      maxAttempts: 1,
    });
  }

  /** As a pipeline of shell scripts does: no labels, no tags, YAML with the content type of JSON. Creates what is missing. */
  async deploy(what: Deploying): Promise<void> {
    const ApplicationId = await this.#application(what.application);
    const ConfigurationProfileId = await this.#profile(ApplicationId, what);
    const EnvironmentId = await this.#environment(ApplicationId, what.environment);
    const version = await this.aws.send(
      new CreateHostedConfigurationVersionCommand({
        ApplicationId,
        ConfigurationProfileId,
        Content: Buffer.from(what.content),
        ContentType: what.contentType ?? 'application/json',
      }),
    );
    await this.aws.send(
      new StartDeploymentCommand({
        ApplicationId,
        EnvironmentId,
        ConfigurationProfileId,
        ConfigurationVersion: String(version.VersionNumber),
        DeploymentStrategyId: what.deploymentStrategyId ?? 'AppConfig.Linear50PercentEvery30Seconds',
        Description: what.description,
      }),
    );
  }

  /** Deploys an existing version again, as a user in the console can. @param address `application/environment/Profile` */
  async redeploy(address: string, { version, strategy }: { readonly version: string; readonly strategy: string }) {
    const [application = '', environment = '', configurationProfile = ''] = address.split('/');
    const ApplicationId = await this.#application(application);
    const what = { application, environment, configurationProfile, content: '' };
    await this.aws.send(
      new StartDeploymentCommand({
        ApplicationId,
        EnvironmentId: await this.#environment(ApplicationId, environment),
        ConfigurationProfileId: await this.#profile(ApplicationId, what),
        ConfigurationVersion: version,
        DeploymentStrategyId: await this.strategy(strategy),
      }),
    );
  }

  /** Id of the deployment strategy with a name. */
  async strategy(name: string): Promise<string> {
    const { Items = [] } = await this.aws.send(new ListDeploymentStrategiesCommand({ MaxResults: 50 }));
    return Items.find(({ Name }) => Name === name)?.Id ?? '';
  }

  /** Stops an environment's newest deployment, or reverts it where it is complete. */
  async stop(application: string, environment: string): Promise<void> {
    const ApplicationId = await this.#application(application);
    const EnvironmentId = await this.#environment(ApplicationId, environment);
    const [newest] = await this.#deployments(ApplicationId, EnvironmentId);
    if (newest === undefined) return;
    await this.aws.send(
      new StopDeploymentCommand({
        ApplicationId,
        EnvironmentId,
        DeploymentNumber: newest.DeploymentNumber,
        AllowRevert: true,
      }),
    );
  }

  async createStrategy(Name: string): Promise<void> {
    await this.aws.send(
      new CreateDeploymentStrategyCommand({
        Name,
        DeploymentDurationInMinutes: 0,
        GrowthFactor: 100,
        ReplicateTo: 'NONE',
      }),
    );
  }

  async applications(): Promise<readonly Application[]> {
    return collect(paginateListApplications({ client: this.aws }, {}));
  }

  /** What is served everywhere, by `application/environment/Profile`. */
  async served(): Promise<Map<string, Served>> {
    const served = new Map<string, Served>();
    for (const { Id: ApplicationId = '', Name = '' } of await this.applications()) {
      for (const environment of await this.#environments(ApplicationId)) {
        for (const deployment of await this.#deployments(ApplicationId, environment.Id ?? '')) {
          const address = `${Name}/${environment.Name}/${deployment.ConfigurationName}`;
          if (deployment.State !== 'COMPLETE' || served.has(address)) continue;
          served.set(address, {
            versionNumber: deployment.ConfigurationVersion ?? '',
            versionLabel: deployment.VersionLabel,
            ...(await this.#version(ApplicationId, deployment)),
          });
        }
      }
    }
    return served;
  }

  /** `application/environment` of all there are. */
  async environments(): Promise<readonly string[]> {
    const applications = await this.applications();
    const lists = await Promise.all(
      applications.map(async ({ Id = '', Name }) =>
        (await this.#environments(Id)).map((environment) => `${Name}/${environment.Name}`),
      ),
    );
    return lists.flat();
  }

  /** Deployments of `application/environment/Profile`, newest first, with the content each of them was for. */
  async deploymentsOf(address: string) {
    const [application = '', environment = '', profile = ''] = address.split('/');
    const ApplicationId = await this.#application(application);
    const EnvironmentId = await this.#environment(ApplicationId, environment);
    const deployments = (await this.#deployments(ApplicationId, EnvironmentId)).filter(
      (deployment) => deployment.ConfigurationName === profile,
    );
    return Promise.all(
      deployments.map(async (deployment) => ({
        state: deployment.State,
        versionLabel: deployment.VersionLabel,
        text: (await this.#version(ApplicationId, deployment)).text,
      })),
    );
  }

  async #version(ApplicationId: string, deployment: DeploymentSummary) {
    const version = await this.aws.send(
      new GetHostedConfigurationVersionCommand({
        ApplicationId,
        ConfigurationProfileId: deployment.ConfigurationProfileId,
        VersionNumber: Number(deployment.ConfigurationVersion),
      }),
    );
    return { contentType: version.ContentType ?? '', text: Buffer.from(version.Content ?? []).toString() };
  }

  async #application(name: string): Promise<string> {
    const found = (await this.applications()).find((application) => application.Name === name);
    return (found ?? (await this.aws.send(new CreateApplicationCommand({ Name: name })))).Id ?? '';
  }

  async #environment(ApplicationId: string, name: string): Promise<string> {
    const found = (await this.#environments(ApplicationId)).find((environment) => environment.Name === name);
    return (found ?? (await this.aws.send(new CreateEnvironmentCommand({ ApplicationId, Name: name })))).Id ?? '';
  }

  async #profile(ApplicationId: string, what: Deploying): Promise<string> {
    const profiles = await collect(paginateListConfigurationProfiles({ client: this.aws }, { ApplicationId }));
    const found = profiles.find((profile) => profile.Name === what.configurationProfile);
    if (found !== undefined) return found.Id ?? '';
    const created = await this.aws.send(
      new CreateConfigurationProfileCommand({
        ApplicationId,
        Name: what.configurationProfile,
        LocationUri: 'hosted',
        Type: what.type,
      }),
    );
    return created.Id ?? '';
  }

  #environments(ApplicationId: string) {
    return collect(paginateListEnvironments({ client: this.aws }, { ApplicationId }));
  }

  /** Newest first. */
  #deployments(ApplicationId: string, EnvironmentId: string) {
    return collect(paginateListDeployments({ client: this.aws }, { ApplicationId, EnvironmentId }));
  }
}

async function collect<T>(pages: AsyncIterable<{ readonly Items?: T[] | undefined }>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...(page.Items ?? []));
  return items;
}
