// Creates, updates, tags and deletes: each step is one operation of AppConfig, and safe to repeat.

import {
  DeleteApplicationCommand,
  DeleteConfigurationProfileCommand,
  DeleteDeploymentStrategyCommand,
  DeleteEnvironmentCommand,
  DeleteHostedConfigurationVersionCommand,
  GetDeploymentCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  TagResourceCommand,
  UpdateApplicationCommand,
  UpdateConfigurationProfileCommand,
  UpdateDeploymentStrategyCommand,
  UpdateEnvironmentCommand,
  ValidateConfigurationCommand,
} from '@aws-sdk/client-appconfig';
import { formatAddress } from '../../core/model/address.ts';
import type { Step, StepOf } from '../../core/plan/step.ts';
import { failure, type Problem } from '../../core/problem/problem.ts';
import { arnOf, resourcePath } from '../client/arn.ts';
import { CallFailure } from '../client/call-failure.ts';
import type { Command, Connection } from '../client/connection.ts';
import { numbersToWire } from '../client/strategy-fields.ts';
import { unlessMissing } from '../read/read-facts.ts';
import type { Resources } from '../read/resource-ids.ts';
import {
  createApplication,
  createEnvironment,
  createProfile,
  createStrategy,
  createVersion,
  monitorsToWire,
  profileToWire,
} from './create-resources.ts';
import type { StepOutcome } from './start-deployment.ts';

/** Steps that are one write, done when AppConfig responds. */
type WriteStep = Exclude<Step, { operation: 'StartDeployment' | 'AwaitDeployment' | 'StopDeployment' }>;

export interface WriteContext {
  readonly connection: Connection;
  readonly resources: Resources;
  /** Owner of what is created. */
  readonly project: string;
  /** Delete also what AppConfig's deletion protection guards. */
  readonly bypassDeletionProtection: boolean;
  /** Aborts when nothing new may begin. */
  readonly halt: AbortSignal;
}

/** One function for each operation; they throw CallFailure, AppcfgError and MissingResource. */
export const writes: {
  readonly [O in WriteStep['operation']]: (step: StepOf<O>, context: WriteContext) => Promise<StepOutcome>;
} = {
  CreateApplication: createApplication,
  CreateEnvironment: createEnvironment,
  CreateConfigurationProfile: createProfile,
  CreateDeploymentStrategy: createStrategy,
  CreateHostedConfigurationVersion: createVersion,
  UpdateApplication: (step, context) =>
    update(
      step,
      context,
      new UpdateApplicationCommand({
        ApplicationId: context.resources.application(step.application),
        Description: step.description,
      }),
    ),
  UpdateEnvironment: (step, context) =>
    update(
      step,
      context,
      new UpdateEnvironmentCommand({ ...environmentIds(step, context), Monitors: monitorsToWire(step.monitors) }),
    ),
  UpdateConfigurationProfile: (step, context) =>
    update(
      step,
      context,
      new UpdateConfigurationProfileCommand({ ...profileIds(step, context), ...profileToWire(step) }),
    ),
  ValidateConfiguration: validateVersion,
  UpdateDeploymentStrategy: (step, context) =>
    update(
      step,
      context,
      new UpdateDeploymentStrategyCommand({
        DeploymentStrategyId: step.deploymentStrategyId,
        ...numbersToWire(step.numbers),
      }),
    ),
  TagResource: async (step, context) => {
    const { connection, resources } = context;
    const { application, environment, configurationProfile } = step;
    const path = resourcePath(resources.application(application), {
      environmentId: environment && resources.environment(application, environment),
      profileId: configurationProfile && resources.profile(application, configurationProfile),
    });
    const ResourceArn = await arnOf(connection, path);
    return update(step, context, new TagResourceCommand({ ResourceArn, Tags: step.tags }));
  },
  DeleteHostedConfigurationVersion: async (step, context) =>
    (await startedSince(step, context)) ??
    remove(
      step,
      context,
      new DeleteHostedConfigurationVersionCommand({
        ...profileIds(step, context),
        VersionNumber: step.versionNumber,
      }),
    ),
  DeleteEnvironment: (step, context) =>
    remove(step, context, new DeleteEnvironmentCommand({ ...environmentIds(step, context), ...protection(context) })),
  DeleteConfigurationProfile: (step, context) =>
    remove(
      step,
      context,
      new DeleteConfigurationProfileCommand({ ...profileIds(step, context), ...protection(context) }),
    ),
  DeleteApplication: (step, context) =>
    remove(
      step,
      context,
      new DeleteApplicationCommand({ ApplicationId: context.resources.application(step.application) }),
    ),
  DeleteDeploymentStrategy: (step, context) =>
    remove(step, context, new DeleteDeploymentStrategyCommand({ DeploymentStrategyId: step.deploymentStrategyId })),
};

/** Validators do not run when a version is created. What they reject is not deployed. */
async function validateVersion(step: StepOf<'ValidateConfiguration'>, context: WriteContext): Promise<StepOutcome> {
  const { ApplicationId, ConfigurationProfileId } = profileIds(step, context);
  const { versionLabel } = step;
  const number = context.resources.versionNumber(ConfigurationProfileId, versionLabel);
  const ConfigurationVersion = number === undefined ? versionLabel : String(number);
  try {
    const ids = { ApplicationId, ConfigurationProfileId, ConfigurationVersion };
    return await update(step, context, new ValidateConfigurationCommand(ids));
  } catch (error) {
    if (!(error instanceof CallFailure) || error.kind !== 'bad-request') throw error;
    const { quoted = '' } = error.problem;
    const version = number === undefined ? 'the version' : `version ${number}`;
    const rejected: Problem = {
      ...error.problem,
      code: 'content-rejected',
      message: `a validator of the profile rejects ${version}: ${quoted}`,
      common: `a validator of the profile rejects the new version: ${quoted}`,
      hint: { text: 'fix the value in the tree, or the validator' },
    };
    throw new CallFailure('bad-request', rejected, error.cause);
  }
}

async function update<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
  step: WriteStep,
  { connection, halt }: WriteContext,
  command: Command<I, O>,
): Promise<StepOutcome> {
  await connection.repeatable(command, formatAddress(step.subject), halt);
  return {};
}

/** AppConfig deletes a version also while it is deployed: one that is pruned is kept if anything was deployed since. */
async function startedSince(
  { application, unlessDeployed = [], subject }: StepOf<'DeleteHostedConfigurationVersion'>,
  { connection, resources, halt }: WriteContext,
): Promise<StepOutcome | undefined> {
  const found = await Promise.all(
    unlessDeployed.map(({ environment, deploymentNumber }) => {
      const next = {
        EnvironmentId: resources.environment(application, environment),
        DeploymentNumber: deploymentNumber + 1,
      };
      const command = new GetDeploymentCommand({ ApplicationId: resources.application(application), ...next });
      return unlessMissing(() => connection.repeatable(command, formatAddress(subject), halt));
    }),
  );
  const index = found.findIndex((response) => response !== 'missing');
  const started = unlessDeployed[index];
  if (started === undefined) return undefined;
  const which = `deployment ${started.deploymentNumber + 1} in environment "${started.environment}"`;
  return { kept: `${which} was started since the plan was made` };
}

const deletionAttempts = 8;

/** Of a refusal: an extension was associated after the plan was made. */
const associated = 'there are extensions associated with it';

/** Deletes. A resource that does not exist is fine; a conflict passes when a deployment ends its rollback. */
async function remove<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
  step: WriteStep,
  context: WriteContext,
  command: Command<I, O>,
): Promise<StepOutcome> {
  const { connection, halt } = context;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await update(step, context, command);
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      if (error.kind === 'not-found') return { note: 'already deleted', unchanged: true };
      if (error.kind === 'conflict' && attempt < deletionAttempts && step.operation === 'DeleteEnvironment') {
        await connection.serviceClock.sleep(2_000 * attempt, halt);
        continue;
      }
      if (error.kind !== 'bad-request' && error.kind !== 'conflict') throw error;
      if ('unlessDeployed' in step) return { kept: error.problem.message };
      throw failure('deletion-refused', error.problem.message, {
        hint: error.problem.message.includes(associated)
          ? { text: 'delete the extension association in the AppConfig console, then run the same command again' }
          : context.bypassDeletionProtection || error.kind === 'conflict'
            ? { text: 'see in the AppConfig console what still uses it, then run the same command again' }
            : {
                text: "if clients read it within the last hour, AppConfig's deletion protection covers it: wait an hour, or bypass it",
                command: { run: 'same', args: ['--bypass-deletion-protection'] },
              },
        subject: step.subject,
      });
    }
  }
}

function protection({ bypassDeletionProtection }: WriteContext) {
  return bypassDeletionProtection ? { DeletionProtectionCheck: 'BYPASS' as const } : {};
}

function environmentIds(
  { application, environment }: { readonly application: string; readonly environment: string },
  { resources }: WriteContext,
) {
  return {
    ApplicationId: resources.application(application),
    EnvironmentId: resources.environment(application, environment),
  };
}

function profileIds(
  { application, configurationProfile }: { readonly application: string; readonly configurationProfile: string },
  { resources }: WriteContext,
) {
  return {
    ApplicationId: resources.application(application),
    ConfigurationProfileId: resources.profile(application, configurationProfile),
  };
}
