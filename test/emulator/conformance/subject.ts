// The subject of the conformance tests: the emulator, or with APPCFG_CONFORMANCE=aws the service itself, with
// the credentials and the Region of the environment. Sources of facts, as the tests' names have them: M the SDK's model,
// N recorded responses, T a published transcript, G the guide, Q the published quotas, K how the SDK behaves, C the emulator's choice.

import { randomUUID } from 'node:crypto';
import {
  AppConfigClient,
  CreateApplicationCommand,
  CreateConfigurationProfileCommand,
  type CreateConfigurationProfileCommandInput,
  CreateDeploymentStrategyCommand,
  CreateEnvironmentCommand,
  CreateHostedConfigurationVersionCommand,
  type CreateHostedConfigurationVersionCommandInput,
  DeleteApplicationCommand,
  DeleteConfigurationProfileCommand,
  DeleteDeploymentStrategyCommand,
  DeleteEnvironmentCommand,
  DeleteExtensionAssociationCommand,
  DeleteExtensionCommand,
  DeleteHostedConfigurationVersionCommand,
  ListApplicationsCommand,
  ListConfigurationProfilesCommand,
  ListDeploymentStrategiesCommand,
  ListDeploymentsCommand,
  ListEnvironmentsCommand,
  ListExtensionAssociationsCommand,
  ListExtensionsCommand,
  ListHostedConfigurationVersionsCommand,
  StartDeploymentCommand,
  type StartDeploymentCommandInput,
  StopDeploymentCommand,
} from '@aws-sdk/client-appconfig';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { test } from 'vitest';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../../src/emulator/host/emulator.ts';
import { failureOf, start } from './support.ts';

const atAws = process.env.APPCFG_CONFORMANCE === 'aws';
/** The prefix of all names in this file: test files run at the same time and must not delete each other's resources. */
const prefix = `appcfg-conformance-${randomUUID().slice(0, 8)}`;
let names = 0;

/** A response as it was on the wire. */
export interface RecordedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies whose shape they assert.
  readonly json: any;
}

/** Any command of the SDK. */
interface AnyCommand {
  readonly input: object;
}

export interface Subject {
  readonly client: AppConfigClient;
  readonly send: AppConfigClient['send'];
  /** Sends a command and returns the response on the wire, also if it is an error. */
  wire(command: AnyCommand): Promise<RecordedResponse>;
  readonly account: string;
  readonly region: string;
  /** A unique name. */
  name(): string;
  arn(resource: string): string;
  application(): Promise<string>;
  environment(ApplicationId: string): Promise<{ ApplicationId: string; EnvironmentId: string }>;
  profile(
    ApplicationId: string,
    more?: Partial<CreateConfigurationProfileCommandInput>,
  ): Promise<{ ApplicationId: string; ConfigurationProfileId: string }>;
  version(
    profile: { ApplicationId: string; ConfigurationProfileId: string },
    content: string,
    more?: Partial<CreateHostedConfigurationVersionCommandInput>,
  ): Promise<number>;
  /** A strategy without duration and bake time. */
  strategy(): Promise<string>;
  /** Name, status and message of the error that a command ends with. */
  failure(command: AnyCommand): ReturnType<typeof failureOf>;
}

export interface Local extends Subject {
  readonly emulator: Emulator;
}

/** A fact that holds for AWS and for the emulator. */
export function fact(name: string, check: (subject: Subject) => Promise<void>): void {
  test(name, { timeout: atAws ? 120_000 : 10_000 }, async () => {
    const subject = atAws ? await awsSubject() : localSubject({});
    try {
      await check(subject);
    } finally {
      await sweep(subject.client);
    }
  });
}

/** A fact that needs the emulator's clock or settings, or a whole account. */
export function localFact(
  name: string,
  reason: 'clock' | 'settings' | 'choice' | 'account',
  check: (local: Local) => Promise<void>,
  options: Partial<EmulatorOptions> = {},
): void {
  test(name, async ({ skip }) => {
    skip(atAws, `not at AWS: it needs the emulator for its ${reason}`);
    await check(localSubject(options));
  });
}

/** One test for each case, so that one failure does not hide another. */
export function facts<T>(
  cases: Readonly<Record<string, T>>,
  check: (subject: Subject, each: T) => Promise<void>,
): void {
  for (const [name, each] of Object.entries(cases)) fact(name, (subject) => check(subject, each));
}

export const message = (text: string) => ({ name: 'BadRequestException', status: 400, message: text });
export const missing = (text: string) => ({ name: 'ResourceNotFoundException', status: 404, message: text });

export function localSubject(options: Partial<EmulatorOptions>): Local {
  const emulator = createEmulator({ now: () => start, ...options });
  const handler = recording(emulator.requestHandler());
  const client = new AppConfigClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'local' },
    requestHandler: handler,
    maxAttempts: 1,
  });
  return { emulator, ...subjectOf(client, handler, { account: '123456789012', region: 'us-east-1' }) };
}

async function awsSubject(): Promise<Subject> {
  const plain = new AppConfigClient({});
  const handler = recording(plain.config.requestHandler as unknown as InnerHandler);
  const { Account: account = '' } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
  const client = new AppConfigClient({ requestHandler: handler, retryMode: 'adaptive', maxAttempts: 6 });
  return subjectOf(client, handler, { account, region: await plain.config.region() });
}

interface InnerHandler {
  handle(
    request: never,
    options?: never,
  ): Promise<{ response: { statusCode: number; headers: Record<string, string>; body: unknown } }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

/** A handler that records the last response. */
function recording(inner: InnerHandler) {
  const recorded = {
    last: undefined as RecordedResponse | undefined,
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    destroy: () => inner.destroy(),
    handle: async (request: never, options?: never) => {
      const { response } = await inner.handle(request, options);
      const chunks: Uint8Array[] = [];
      if (Buffer.isBuffer(response.body)) chunks.push(response.body);
      else for await (const chunk of response.body as AsyncIterable<Uint8Array>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const text = body.toString('utf8');
      recorded.last = {
        status: response.statusCode,
        headers: Object.fromEntries(Object.entries(response.headers).map(([key, value]) => [key.toLowerCase(), value])),
        text,
        json: /^\s*[{[]/.test(text) ? JSON.parse(text) : undefined,
      };
      return { response: { ...response, body } };
    },
  };
  return recorded;
}

function subjectOf(
  client: AppConfigClient,
  handler: { last: RecordedResponse | undefined },
  { account, region }: { readonly account: string; readonly region: string },
): Subject {
  const send: AppConfigClient['send'] = client.send.bind(client);
  const name = () => {
    names += 1;
    return `${prefix}-${names}`;
  };
  return {
    client,
    send,
    account,
    region,
    name,
    arn: (resource) => `arn:aws:appconfig:${region}:${account}:${resource}`,
    failure: (command) => failureOf(client.send(command as never)),
    wire: async (command) => {
      await client.send(command as never).catch((error: unknown) => {
        if (handler.last === undefined) throw error;
      });
      if (handler.last === undefined) throw new Error('nothing came back');
      return handler.last;
    },
    application: async () => (await client.send(new CreateApplicationCommand({ Name: name() }))).Id ?? '',
    environment: async (ApplicationId) => {
      const { Id = '' } = await client.send(new CreateEnvironmentCommand({ ApplicationId, Name: name() }));
      return { ApplicationId, EnvironmentId: Id };
    },
    profile: async (ApplicationId, more = {}) => {
      const { Id = '' } = await client.send(
        new CreateConfigurationProfileCommand({ ApplicationId, Name: name(), LocationUri: 'hosted', ...more }),
      );
      return { ApplicationId, ConfigurationProfileId: Id };
    },
    version: async (profile, content, more = {}) => {
      const { VersionNumber = 0 } = await client.send(
        new CreateHostedConfigurationVersionCommand({
          ...profile,
          Content: Buffer.from(content),
          ContentType: 'application/json',
          ...more,
        }),
      );
      return VersionNumber;
    },
    strategy: async () => {
      const { Id = '' } = await client.send(
        new CreateDeploymentStrategyCommand({
          Name: name(),
          DeploymentDurationInMinutes: 0,
          FinalBakeTimeInMinutes: 0,
          GrowthFactor: 100,
        }),
      );
      return Id;
    },
  };
}

/** Starts a deployment of the first version. */
export function startOf(
  subject: Subject,
  ids: { ApplicationId: string; EnvironmentId: string; ConfigurationProfileId: string; DeploymentStrategyId: string },
  more: Partial<StartDeploymentCommandInput> = {},
) {
  return subject.send(new StartDeploymentCommand({ ConfigurationVersion: '1', ...ids, ...more }));
}

/** Deletes everything that these tests created. */
async function sweep(client: AppConfigClient): Promise<void> {
  const created = <T extends { Name?: string | undefined }>(items: T[] = []) =>
    items.filter((item) => item.Name?.startsWith(prefix));
  const applications = created((await client.send(new ListApplicationsCommand({ MaxResults: 50 }))).Items);
  const extensions = created((await client.send(new ListExtensionsCommand({ MaxResults: 50 }))).Items);
  for (const { Id: ExtensionIdentifier } of extensions) {
    const { Items = [] } = await client.send(new ListExtensionAssociationsCommand({ ExtensionIdentifier }));
    for (const { Id } of Items)
      await client.send(new DeleteExtensionAssociationCommand({ ExtensionAssociationId: Id }));
  }
  for (const { Id: ApplicationId } of applications) {
    const environments = (await client.send(new ListEnvironmentsCommand({ ApplicationId }))).Items ?? [];
    for (const { Id: EnvironmentId } of environments) {
      const { Items = [] } = await client.send(new ListDeploymentsCommand({ ApplicationId, EnvironmentId }));
      for (const { State, DeploymentNumber } of Items) {
        if (State !== 'DEPLOYING' && State !== 'BAKING') continue;
        await client.send(new StopDeploymentCommand({ ApplicationId, EnvironmentId, DeploymentNumber }));
      }
      await client.send(
        new DeleteEnvironmentCommand({ ApplicationId, EnvironmentId, DeletionProtectionCheck: 'BYPASS' }),
      );
    }
    const profiles = (await client.send(new ListConfigurationProfilesCommand({ ApplicationId }))).Items ?? [];
    for (const { Id: ConfigurationProfileId } of profiles) {
      const ids = { ApplicationId, ConfigurationProfileId };
      const { Items = [] } = await client.send(new ListHostedConfigurationVersionsCommand(ids));
      for (const { VersionNumber } of Items) {
        await client.send(new DeleteHostedConfigurationVersionCommand({ ...ids, VersionNumber }));
      }
      await client.send(new DeleteConfigurationProfileCommand({ ...ids, DeletionProtectionCheck: 'BYPASS' }));
    }
    await client.send(new DeleteApplicationCommand({ ApplicationId }));
  }
  for (const { Id, VersionNumber = 1 } of extensions) {
    for (let number = VersionNumber; number > 0; number -= 1) {
      await client
        .send(new DeleteExtensionCommand({ ExtensionIdentifier: Id, VersionNumber: number }))
        .catch((error: unknown) => {
          // A version in between may have been deleted before.
          if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
        });
    }
  }
  const strategies = created((await client.send(new ListDeploymentStrategiesCommand({ MaxResults: 50 }))).Items);
  for (const { Id } of strategies) await client.send(new DeleteDeploymentStrategyCommand({ DeploymentStrategyId: Id }));
}
