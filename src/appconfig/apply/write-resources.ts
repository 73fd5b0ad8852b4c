// Creates, updates, tags and deletes: each step's one operation, safe to repeat. AppConfig's creates have no idempotency
// token; after an answer that got lost, or a refusal, a read tells whether the thing is there.

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
  ListHostedConfigurationVersionsCommand,
  TagResourceCommand,
  UpdateApplicationCommand,
  UpdateDeploymentStrategyCommand,
  UpdateEnvironmentCommand,
} from '@aws-sdk/client-appconfig';
import { contentDigest } from '../../core/document/content-of.ts';
import { isSameContent } from '../../core/live/live-content.ts';
import { ownerOf } from '../../core/live/ownership.ts';
import { formatAddress } from '../../core/model/address.ts';
import type { Monitor } from '../../core/model/resource.ts';
import type { Step } from '../../core/plan/step.ts';
import { ownStrategy } from '../../core/planners/strategy-steps.ts';
import { failure } from '../../core/problem/problem.ts';
import { arnOf } from '../client/arn.ts';
import { CallFailure } from '../client/call-failure.ts';
import type { Connection } from '../client/connection.ts';
import { numbersToWire } from '../client/strategy-fields.ts';
import { listApplications, listEnvironments, listProfiles, readStrategies } from '../read/list-resources.ts';
import { readTags, readVersion } from '../read/read-facts.ts';
import type { Resources } from '../read/resource-ids.ts';
import { createOnce } from './create-once.ts';
import type { Done } from './start-deployment.ts';

/** Steps that are one write, done when it is answered. */
export type WriteStep = Exclude<Step, { operation: 'StartDeployment' | 'AwaitDeployment' | 'StopDeployment' }>;

export interface WriteContext {
  readonly connection: Connection;
  readonly resources: Resources;
  readonly project: string;
  /** Delete also what AppConfig's deletion protection guards. */
  readonly bypassDeletionProtection: boolean;
  /** Aborts when nothing new may begin. */
  readonly halt: AbortSignal;
}

/** @throws CallFailure, AppcfgError */
export async function write(step: WriteStep, context: WriteContext): Promise<Done> {
  const { connection, resources, halt } = context;
  const what = step.subject;
  const repeat: typeof connection.repeatable = (command, target) => connection.repeatable(command, target, halt);
  switch (step.operation) {
    case 'CreateApplication':
      return createApplication(step, context);
    case 'UpdateApplication':
      await repeat(
        new UpdateApplicationCommand({
          ApplicationId: resources.application(step.application),
          Description: step.description,
        }),
        formatAddress(what),
      );
      return {};
    case 'TagResource': {
      const ResourceArn = await arnOf(connection, resourcePath(step, resources));
      await repeat(new TagResourceCommand({ ResourceArn, Tags: step.tags }), formatAddress(what));
      return {};
    }
    case 'CreateEnvironment':
      return createEnvironment(step, context);
    case 'UpdateEnvironment':
      await repeat(
        new UpdateEnvironmentCommand({
          ApplicationId: resources.application(step.application),
          EnvironmentId: resources.environment(step.application, step.environment),
          Monitors: wireMonitors(step.monitors),
        }),
        formatAddress(what),
      );
      return {};
    case 'CreateConfigurationProfile':
      return createProfile(step, context);
    case 'CreateDeploymentStrategy':
      return createStrategy(step, context);
    case 'UpdateDeploymentStrategy': {
      await repeat(
        new UpdateDeploymentStrategyCommand({
          DeploymentStrategyId: step.deploymentStrategyId,
          ...numbersToWire(step.numbers),
        }),
        formatAddress(what),
      );
      return {};
    }
    case 'CreateHostedConfigurationVersion':
      return createVersion(step, context);
    case 'DeleteHostedConfigurationVersion':
      return remove(step, context, () =>
        repeat(
          new DeleteHostedConfigurationVersionCommand({
            ApplicationId: resources.application(step.application),
            ConfigurationProfileId: resources.profile(step.application, step.configurationProfile),
            VersionNumber: step.versionNumber,
          }),
          formatAddress(what),
        ),
      );
    case 'DeleteEnvironment':
      return remove(step, context, () =>
        repeat(
          new DeleteEnvironmentCommand({
            ApplicationId: resources.application(step.application),
            EnvironmentId: resources.environment(step.application, step.environment),
            ...protection(context),
          }),
          formatAddress(what),
        ),
      );
    case 'DeleteConfigurationProfile':
      return remove(step, context, () =>
        repeat(
          new DeleteConfigurationProfileCommand({
            ApplicationId: resources.application(step.application),
            ConfigurationProfileId: resources.profile(step.application, step.configurationProfile),
            ...protection(context),
          }),
          formatAddress(what),
        ),
      );
    case 'DeleteApplication':
      return remove(step, context, () =>
        repeat(
          new DeleteApplicationCommand({ ApplicationId: resources.application(step.application) }),
          formatAddress(what),
        ),
      );
    case 'DeleteDeploymentStrategy':
      return remove(step, context, () =>
        repeat(
          new DeleteDeploymentStrategyCommand({ DeploymentStrategyId: step.deploymentStrategyId }),
          formatAddress(what),
        ),
      );
    default:
      return step satisfies never;
  }
}

type StepOf<O extends Step['operation']> = Extract<Step, { operation: O }>;

const unchangedNote = { note: 'it was there already', unchanged: true };

async function createApplication(step: StepOf<'CreateApplication'>, context: WriteContext): Promise<Done> {
  const { connection, resources, halt } = context;
  const { made, unchanged } = await createOnce(
    context,
    async () => {
      const answer = await connection.once(
        new CreateApplicationCommand({ Name: step.application, Description: step.description, Tags: step.tags }),
        formatAddress(step.subject),
        halt,
      );
      return answer.Id ?? '';
    },
    async () => {
      const found = (await listApplications(connection)).find((a) => a.name === step.application);
      if (found === undefined) return undefined;
      const tags = await readTags(connection, `application/${found.id}`, { what: formatAddress(step.subject) });
      if (ownerOf(tags, context.project).kind === 'ours') return found.id;
      throw failure('guard-owner', `somebody else has made an application "${step.application}" meanwhile`, {
        hint: { text: 'run the same command again to see what it is' },
        subject: step.subject,
      });
    },
  );
  resources.learnApplication(step.application, made);
  return unchanged ? unchangedNote : {};
}

async function createEnvironment(step: StepOf<'CreateEnvironment'>, context: WriteContext): Promise<Done> {
  const { connection, resources, halt } = context;
  const ApplicationId = resources.application(step.application);
  const { made, unchanged } = await createOnce(
    context,
    async () => {
      const answer = await connection.once(
        new CreateEnvironmentCommand({
          ApplicationId,
          Name: step.environment,
          Description: step.description,
          ...(step.monitors.length === 0 ? {} : { Monitors: wireMonitors(step.monitors) }),
          Tags: step.tags,
        }),
        formatAddress(step.subject),
        halt,
      );
      return answer.Id ?? '';
    },
    async () => {
      const all = await listEnvironments(connection, listed(ApplicationId, step.application));
      return all.find((environment) => environment.Name === step.environment)?.Id;
    },
  );
  resources.learnEnvironment(step.application, step.environment, made);
  return unchanged ? unchangedNote : {};
}

async function createProfile(step: StepOf<'CreateConfigurationProfile'>, context: WriteContext): Promise<Done> {
  const { connection, resources, halt } = context;
  const ApplicationId = resources.application(step.application);
  const { made, unchanged } = await createOnce(
    context,
    async () => {
      const answer = await connection.once(
        new CreateConfigurationProfileCommand({
          ApplicationId,
          Name: step.configurationProfile,
          LocationUri: 'hosted',
          Type: step.profileType,
          Tags: step.tags,
        }),
        formatAddress(step.subject),
        halt,
      );
      return answer.Id ?? '';
    },
    async () => {
      const all = await listProfiles(connection, listed(ApplicationId, step.application));
      const found = all.find((profile) => profile.name === step.configurationProfile);
      return found?.locationUri === 'hosted' && found.type === step.profileType ? found.id : undefined;
    },
  );
  resources.learnProfile(step.application, step.configurationProfile, made);
  return unchanged ? unchangedNote : {};
}

async function createStrategy(step: StepOf<'CreateDeploymentStrategy'>, context: WriteContext): Promise<Done> {
  const { connection, resources, halt } = context;
  const { made, unchanged } = await createOnce(
    context,
    async () => {
      const answer = await connection.once(
        new CreateDeploymentStrategyCommand({
          Name: step.deploymentStrategy,
          Description: step.tags['appcfg:project'] ?? '',
          ReplicateTo: 'NONE',
          ...numbersToWire(step.numbers),
          Tags: step.tags,
        }),
        formatAddress(step.subject),
        halt,
      );
      return answer.Id ?? '';
    },
    async () => {
      const all = await readStrategies(connection, ({ name }) => name === step.deploymentStrategy);
      return ownStrategy(all, step.deploymentStrategy, context.project)?.id;
    },
  );
  resources.learnStrategy(step.deploymentStrategy, made);
  return unchanged ? unchangedNote : {};
}

/** Labels are unique in a profile, so a version of this label with this content *is* the one to create. */
async function createVersion(step: StepOf<'CreateHostedConfigurationVersion'>, context: WriteContext): Promise<Done> {
  const { connection, resources, halt } = context;
  const ApplicationId = resources.application(step.application);
  const ConfigurationProfileId = resources.profile(step.application, step.configurationProfile);
  const { versionLabel, contentType, text } = step.content;
  const { made, unchanged } = await createOnce(
    context,
    async () => {
      const answer = await connection.once(
        new CreateHostedConfigurationVersionCommand({
          ApplicationId,
          ConfigurationProfileId,
          Content: Buffer.from(text),
          ContentType: contentType,
          Description: step.description,
          VersionLabel: versionLabel,
        }),
        formatAddress(step.subject),
        halt,
      );
      return { number: answer.VersionNumber ?? 0, labelled: answer.VersionLabel === versionLabel };
    },
    async () => {
      const page = await connection.repeatable(
        new ListHostedConfigurationVersionsCommand({
          ApplicationId,
          ConfigurationProfileId,
          VersionLabel: versionLabel,
        }),
        formatAddress(step.subject),
      );
      const number = page.Items?.find((item) => item.VersionLabel === versionLabel)?.VersionNumber;
      if (number === undefined) return undefined;
      const version = await readVersion(connection, {
        application: listed(ApplicationId, step.application),
        profileId: ConfigurationProfileId,
        versionNumber: number,
      });
      if (version !== 'missing' && isContentOf(version, step)) {
        return { number, labelled: true };
      }
      throw failure('version-label-conflict', `version ${number} has the label ${versionLabel} and another content`, {
        hint: {
          text: `delete that version: aws appconfig delete-hosted-configuration-version --application-id ${ApplicationId} --configuration-profile-id ${ConfigurationProfileId} --version-number ${number}`,
        },
        subject: step.subject,
      });
    },
  );
  // A feature-flag document equal to the newest version gets that version's number, and not the label.
  resources.learnVersion(ConfigurationProfileId, versionLabel, made.labelled ? versionLabel : String(made.number));
  return unchanged || !made.labelled
    ? { note: `version ${made.number} has it already`, unchanged: true }
    : { note: `version ${made.number}` };
}

/** AppConfig rewrites feature flags, so of those only the values can be compared. */
function isContentOf(
  version: { readonly text: string; readonly contentType: string },
  step: StepOf<'CreateHostedConfigurationVersion'>,
): boolean {
  return step.profileType === 'AWS.AppConfig.FeatureFlags'
    ? isSameContent(version.text, step.content.text, step.profileType)
    : contentDigest(version.text, version.contentType) === step.content.digest;
}

const deletionAttempts = 8;

/** Deletes; what is gone already is fine. A conflict passes when a deployment ends its rollback. */
async function remove(step: WriteStep, context: WriteContext, send: () => Promise<unknown>): Promise<Done> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await send();
      return {};
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      if (error.kind === 'not-found') return { note: 'it was gone already', unchanged: true };
      if (error.kind === 'conflict' && attempt < deletionAttempts && isConflictOfDeployment(step)) {
        await context.connection.serviceClock.sleep(2_000 * attempt, context.halt);
        continue;
      }
      if (error.kind !== 'bad-request' && error.kind !== 'conflict') throw error;
      throw failure('deletion-refused', error.problem.message, {
        hint:
          context.bypassDeletionProtection || error.kind === 'conflict'
            ? { text: 'look at what still uses it in the AppConfig console, then run the same command again' }
            : {
                text: 'if deletion protection guards it (clients read it lately), wait an hour, or run the same command with --bypass-deletion-protection',
              },
        subject: step.subject,
      });
    }
  }
}

function isConflictOfDeployment(step: WriteStep): boolean {
  return step.operation === 'DeleteEnvironment';
}

function protection(context: WriteContext) {
  return context.bypassDeletionProtection ? { DeletionProtectionCheck: 'BYPASS' as const } : {};
}

function resourcePath(step: StepOf<'TagResource'>, resources: Resources): string {
  const path = `application/${resources.application(step.application)}`;
  if (step.environment !== undefined) {
    return `${path}/environment/${resources.environment(step.application, step.environment)}`;
  }
  if (step.configurationProfile !== undefined) {
    return `${path}/configurationprofile/${resources.profile(step.application, step.configurationProfile)}`;
  }
  return path;
}

function listed(id: string, name: string) {
  return { id, name, description: undefined };
}

function wireMonitors(monitors: readonly Monitor[]) {
  return monitors.map((monitor) => ({ AlarmArn: monitor.alarmArn, AlarmRoleArn: monitor.alarmRoleArn }));
}
