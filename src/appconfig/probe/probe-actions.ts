// Harmless calls that show whether an action is allowed: they read, or are for what does not exist, so that they cannot succeed.
import {
  CreateApplicationCommand,
  CreateConfigurationProfileCommand,
  CreateDeploymentStrategyCommand,
  CreateEnvironmentCommand,
  CreateHostedConfigurationVersionCommand,
  DeleteApplicationCommand,
  DeleteConfigurationProfileCommand,
  DeleteDeploymentStrategyCommand,
  DeleteEnvironmentCommand,
  DeleteHostedConfigurationVersionCommand,
  GetAccountSettingsCommand,
  GetConfigurationProfileCommand,
  GetDeploymentCommand,
  GetDeploymentStrategyCommand,
  GetHostedConfigurationVersionCommand,
  ListApplicationsCommand,
  ListConfigurationProfilesCommand,
  ListDeploymentStrategiesCommand,
  ListDeploymentsCommand,
  ListEnvironmentsCommand,
  ListExperimentDefinitionsCommand,
  ListExtensionAssociationsCommand,
  ListHostedConfigurationVersionsCommand,
  ListTagsForResourceCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  StartDeploymentCommand,
  StopDeploymentCommand,
  TagResourceCommand,
  UpdateApplicationCommand,
  UpdateConfigurationProfileCommand,
  UpdateDeploymentStrategyCommand,
  UpdateEnvironmentCommand,
  ValidateConfigurationCommand,
} from '@aws-sdk/client-appconfig';
import type { ProbedAction } from '../../core/doctor/judge-permissions.ts';
import type { NeededAction } from '../../core/doctor/needed-actions.ts';
import { arnOf, resourcePath } from '../client/arn.ts';
import { CallFailure, unlessDenied } from '../client/call-failure.ts';
import type { Command, Connection } from '../client/connection.ts';

/** Has the form of an id. AppConfig's have seven characters, so that nothing has this one. */
const missing = 'zzzz';

/** What calls that read are for. */
export interface ProbedIds {
  readonly ApplicationId: string;
  readonly EnvironmentId: string;
  readonly ConfigurationProfileId: string;
  readonly VersionNumber: number;
}

const missingIds: ProbedIds = {
  ApplicationId: missing,
  EnvironmentId: missing,
  ConfigurationProfileId: missing,
  VersionNumber: 1,
};

const ApplicationId = missing;
const EnvironmentId = missing;
const ConfigurationProfileId = missing;
const DeploymentStrategyId = missing;

export interface ProbeOptions {
  readonly project: string;
  readonly signal: AbortSignal;
  /** Of something that the project has in AppConfig: what is not known is tried for what does not exist. */
  readonly live: Partial<ProbedIds>;
}

interface Target extends Omit<ProbeOptions, 'live'> {
  /** The ARN of an application that does not exist. */
  readonly arn: string;
  readonly ids: ProbedIds;
}

type Send = <I extends ServiceInputTypes, O extends ServiceOutputTypes>(command: Command<I, O>) => Promise<O>;

interface Probe {
  readonly call: (send: Send, target: Target) => Promise<unknown>;
  /** Whether a policy allows it for all resources or for none. Default: it is for a resource that does not exist. */
  readonly isGlobal?: true;
  /** The ids that it is for. With those of something that exists it is not for a resource that does not exist. */
  readonly of?: readonly (keyof ProbedIds)[];
}

const probe = (call: Probe['call']): Probe => ({ call });
const ofLive = <Id extends keyof ProbedIds>(
  of: readonly Id[],
  call: (send: Send, ids: Pick<ProbedIds, Id>) => Promise<unknown>,
): Probe => ({
  of,
  call: (send, { ids }) => call(send, Object.fromEntries(of.map((id) => [id, ids[id]])) as Pick<ProbedIds, Id>),
});
const global = (call: Probe['call']): Probe => ({ call, isGlobal: true });
const page = { MaxResults: 1 };
/** Of a policy that allows to create only what has the tag of the project. */
const tagsOf = ({ project }: Target) => ({ 'managed-by': 'appcfg', 'appcfg:project': project });

/** A row for each action. Names and numbers that AppConfig does not accept keep a call for no resource from succeeding. */
const probes: Readonly<Record<NeededAction, Probe>> = {
  ListApplications: global((send) => send(new ListApplicationsCommand(page))),
  ListDeploymentStrategies: global((send) => send(new ListDeploymentStrategiesCommand(page))),
  ListExtensionAssociations: global((send) => send(new ListExtensionAssociationsCommand(page))),
  ListExperimentDefinitions: global((send) =>
    send(new ListExperimentDefinitionsCommand({ ...page, ApplicationIdentifier: missing })),
  ),
  ListEnvironments: ofLive(['ApplicationId'], (send, ids) => send(new ListEnvironmentsCommand({ ...page, ...ids }))),
  ListConfigurationProfiles: ofLive(['ApplicationId'], (send, ids) =>
    send(new ListConfigurationProfilesCommand({ ...page, ...ids })),
  ),
  ListDeployments: ofLive(['ApplicationId', 'EnvironmentId'], (send, ids) =>
    send(new ListDeploymentsCommand({ ...page, ...ids })),
  ),
  ListHostedConfigurationVersions: ofLive(['ApplicationId', 'ConfigurationProfileId'], (send, ids) =>
    send(new ListHostedConfigurationVersionsCommand({ ...page, ...ids })),
  ),
  // Policies cannot narrow the next two and TagResource: a run asks for the tags of what it does not manage and for a deployment
  // that does not exist yet, and gives a tag to what has none.
  ListTagsForResource: global((send, { arn }) => send(new ListTagsForResourceCommand({ ResourceArn: arn }))),
  GetConfigurationProfile: ofLive(['ApplicationId', 'ConfigurationProfileId'], (send, ids) =>
    send(new GetConfigurationProfileCommand(ids)),
  ),
  GetDeployment: global((send) =>
    send(new GetDeploymentCommand({ ApplicationId, EnvironmentId, DeploymentNumber: 1 })),
  ),
  GetDeploymentStrategy: probe((send) => send(new GetDeploymentStrategyCommand({ DeploymentStrategyId }))),
  GetHostedConfigurationVersion: ofLive(['ApplicationId', 'ConfigurationProfileId', 'VersionNumber'], (send, ids) =>
    send(new GetHostedConfigurationVersionCommand(ids)),
  ),
  CreateApplication: global((send, target) =>
    send(new CreateApplicationCommand({ Name: 'x'.repeat(65), Tags: tagsOf(target) })),
  ),
  CreateDeploymentStrategy: global((send, target) =>
    send(
      new CreateDeploymentStrategyCommand({
        Name: 'x'.repeat(65),
        DeploymentDurationInMinutes: 0,
        GrowthFactor: 100,
        Tags: tagsOf(target),
      }),
    ),
  ),
  CreateEnvironment: probe((send) => send(new CreateEnvironmentCommand({ ApplicationId, Name: 'probe' }))),
  CreateConfigurationProfile: probe((send) =>
    send(new CreateConfigurationProfileCommand({ ApplicationId, Name: 'probe', LocationUri: 'hosted' })),
  ),
  CreateHostedConfigurationVersion: probe((send) =>
    send(
      new CreateHostedConfigurationVersionCommand({
        ApplicationId,
        ConfigurationProfileId,
        Content: new TextEncoder().encode('{}'),
        ContentType: 'application/json',
      }),
    ),
  ),
  UpdateApplication: probe((send) => send(new UpdateApplicationCommand({ ApplicationId, Description: '' }))),
  UpdateEnvironment: probe((send) =>
    send(new UpdateEnvironmentCommand({ ApplicationId, EnvironmentId, Description: '' })),
  ),
  UpdateConfigurationProfile: probe((send) =>
    send(new UpdateConfigurationProfileCommand({ ApplicationId, ConfigurationProfileId, Description: '' })),
  ),
  UpdateDeploymentStrategy: probe((send) =>
    send(new UpdateDeploymentStrategyCommand({ DeploymentStrategyId, Description: '' })),
  ),
  ValidateConfiguration: probe((send) =>
    send(new ValidateConfigurationCommand({ ApplicationId, ConfigurationProfileId, ConfigurationVersion: '1' })),
  ),
  StartDeployment: probe((send) =>
    send(
      new StartDeploymentCommand({
        ApplicationId,
        EnvironmentId,
        ConfigurationProfileId,
        ConfigurationVersion: '1',
        DeploymentStrategyId,
      }),
    ),
  ),
  StopDeployment: probe((send) =>
    send(new StopDeploymentCommand({ ApplicationId, EnvironmentId, DeploymentNumber: 1 })),
  ),
  TagResource: global((send, target) =>
    send(new TagResourceCommand({ ResourceArn: target.arn, Tags: tagsOf(target) })),
  ),
  DeleteApplication: probe((send) => send(new DeleteApplicationCommand({ ApplicationId }))),
  DeleteEnvironment: probe((send) => send(new DeleteEnvironmentCommand({ ApplicationId, EnvironmentId }))),
  DeleteConfigurationProfile: probe((send) =>
    send(new DeleteConfigurationProfileCommand({ ApplicationId, ConfigurationProfileId })),
  ),
  DeleteHostedConfigurationVersion: probe((send) =>
    send(new DeleteHostedConfigurationVersionCommand({ ApplicationId, ConfigurationProfileId, VersionNumber: 1 })),
  ),
  DeleteDeploymentStrategy: probe((send) => send(new DeleteDeploymentStrategyCommand({ DeploymentStrategyId }))),
};

/** Tries each action. @throws CallFailure for what is about no single action: no connection, unusable credentials */
export async function probeActions(
  connection: Connection,
  actions: readonly NeededAction[],
  options: ProbeOptions,
): Promise<readonly ProbedAction[]> {
  const target = {
    ...options,
    ids: { ...missingIds, ...options.live },
    arn: await arnOf(connection, resourcePath(missing)),
  };
  const isLive = (id: keyof ProbedIds) => options.live[id] !== undefined;
  return Promise.all(
    actions.map((action) => {
      const { of, isGlobal } = probes[action];
      const isOfMissing = isGlobal !== true && of?.every(isLive) !== true;
      return probeAction(connection, { action, isOfMissing }, target);
    }),
  );
}

async function probeAction(
  connection: Connection,
  about: Pick<ProbedAction, 'isOfMissing'> & { readonly action: NeededAction },
  target: Target,
): Promise<ProbedAction> {
  const { action } = about;
  const { call } = probes[action];
  try {
    await call((command) => connection.once(command, '', target.signal), target);
    return { ...about, response: 'allowed', reason: '' };
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    const { kind, problem } = error;
    const reason = problem.quoted ?? problem.message;
    if (problem.code === 'permission-denied') {
      // What is created with tags needs TagResource, too.
      const [, denied = action] = /to perform: appconfig:(\w+)/.exec(reason) ?? [];
      return denied === action
        ? { ...about, response: 'denied', reason }
        : { ...about, response: 'unclear', reason: `the request that tries it needs ${denied}` };
    }
    if (kind === 'not-found') return { ...about, response: 'allowed', reason };
    // AWS may look at the request before it looks at the permission.
    if (kind === 'bad-request') {
      return {
        ...about,
        response: 'unclear',
        reason: 'AppConfig refuses the request before it looks at the permission',
      };
    }
    throw error;
  }
}

/** For how long deletion protection keeps what was used, in minutes; 0: it is off. Undefined: reading it is not allowed. */
export async function readDeletionProtection(connection: Connection, signal: AbortSignal): Promise<number | undefined> {
  const found = await unlessDenied(connection.repeatable(new GetAccountSettingsCommand({}), '', signal));
  if (found === undefined) return undefined;
  const { Enabled, ProtectionPeriodInMinutes = 60 } = found.DeletionProtection ?? {};
  return Enabled === true ? ProtectionPeriodInMinutes : 0;
}
