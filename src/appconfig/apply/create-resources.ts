// Creates applications, environments, profiles, strategies and versions: each once, whatever AppConfig responds.
import {
  CreateApplicationCommand,
  CreateConfigurationProfileCommand,
  CreateDeploymentStrategyCommand,
  CreateEnvironmentCommand,
  CreateHostedConfigurationVersionCommand,
  ListHostedConfigurationVersionsCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-appconfig';
import { versionDigest } from '../../core/live/live-content.ts';
import type { ProfileUpdate } from '../../core/live/managed-profile.ts';
import { isManaged, managedStrategy } from '../../core/live/ownership.ts';
import { formatAddress } from '../../core/model/address.ts';
import type { Monitor } from '../../core/model/resource.ts';
import type { Step, StepOf } from '../../core/plan/step.ts';
import { failure } from '../../core/problem/problem.ts';
import { CallFailure, mayHaveActed } from '../client/call-failure.ts';
import type { Command } from '../client/connection.ts';
import { numbersToWire } from '../client/strategy-fields.ts';
import { listApplications, listEnvironments, listProfiles, readStrategies } from '../read/list-resources.ts';
import { readTags, readVersion } from '../read/read-facts.ts';
import { otherContent } from '../read/verify-version.ts';
import type { StepOutcome } from './start-deployment.ts';
import type { WriteContext } from './write-resources.ts';

export function createApplication(step: StepOf<'CreateApplication'>, context: WriteContext): Promise<StepOutcome> {
  const { connection, resources } = context;
  return createNamed(step, context, {
    command: new CreateApplicationCommand({ Name: step.application, Description: step.description, Tags: step.tags }),
    find: async () => {
      const found = (await listApplications(connection)).find((a) => a.name === step.application);
      if (found === undefined) return undefined;
      const tags = await readTags(connection, { application: found });
      if (isManaged(tags, context.project)) return found.id;
      throw failure(
        'guard-owner',
        `another run or user created the application "${step.application}" after the plan was made`,
        {
          hint: { text: 'run the same command again to see which project manages it' },
          subject: step.subject,
        },
      );
    },
    learn: (id) => resources.learnApplication(step.application, id),
  });
}

export function createEnvironment(step: StepOf<'CreateEnvironment'>, context: WriteContext): Promise<StepOutcome> {
  const { connection, resources } = context;
  const ApplicationId = resources.application(step.application);
  return createNamed(step, context, {
    command: new CreateEnvironmentCommand({
      ApplicationId,
      Name: step.environment,
      Description: step.description,
      ...(step.monitors.length === 0 ? {} : { Monitors: monitorsToWire(step.monitors) }),
      Tags: step.tags,
    }),
    find: async () => {
      const all = await listEnvironments(connection, { id: ApplicationId, name: step.application });
      return all.find((environment) => environment.Name === step.environment)?.Id;
    },
    learn: (id) => resources.learnEnvironment(step.application, step.environment, id),
  });
}

export function createProfile(step: StepOf<'CreateConfigurationProfile'>, context: WriteContext): Promise<StepOutcome> {
  const { connection, resources } = context;
  const ApplicationId = resources.application(step.application);
  return createNamed(step, context, {
    command: new CreateConfigurationProfileCommand({
      ApplicationId,
      Name: step.configurationProfile,
      LocationUri: 'hosted',
      Type: step.profileType,
      ...profileToWire(step),
      Tags: step.tags,
    }),
    find: async () => {
      const all = await listProfiles(connection, { id: ApplicationId, name: step.application });
      const found = all.find((profile) => profile.name === step.configurationProfile);
      return found?.locationUri === 'hosted' && found.type === step.profileType ? found.id : undefined;
    },
    learn: (id) => resources.learnProfile(step.application, step.configurationProfile, id),
  });
}

export function createStrategy(step: StepOf<'CreateDeploymentStrategy'>, context: WriteContext): Promise<StepOutcome> {
  const { connection, resources } = context;
  return createNamed(step, context, {
    command: new CreateDeploymentStrategyCommand({
      Name: step.deploymentStrategy,
      Description: step.tags['appcfg:project'] ?? '',
      ReplicateTo: 'NONE',
      ...numbersToWire(step.numbers),
      Tags: step.tags,
    }),
    find: async () => {
      const all = await readStrategies(connection, ({ name }) => name === step.deploymentStrategy);
      return managedStrategy(all, step.deploymentStrategy, context.project)?.id;
    },
    learn: (id) => resources.learnStrategy(step.deploymentStrategy, id),
  });
}

export async function createVersion(
  step: StepOf<'CreateHostedConfigurationVersion'>,
  context: WriteContext,
): Promise<StepOutcome> {
  const { connection, resources, halt } = context;
  const ApplicationId = resources.application(step.application);
  const ConfigurationProfileId = resources.profile(step.application, step.configurationProfile);
  const { versionLabel, contentType, text } = step.content;
  const { made, unchanged } = await createOnce(
    context,
    async () => {
      const response = await connection.once(
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
      return { number: response.VersionNumber ?? 0, labelled: response.VersionLabel === versionLabel };
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
        application: { id: ApplicationId, name: step.application },
        profileId: ConfigurationProfileId,
        versionNumber: number,
      });
      if (version !== 'missing' && versionDigest(version, step.profileType) === step.content.digest) {
        return { number, labelled: true };
      }
      const { application, configurationProfile, subject } = step;
      const wanted = { application, configurationProfile, version: { versionLabel } };
      throw otherContent({ number, profileId: ConfigurationProfileId }, wanted, { resources, subject });
    },
  );
  // A feature-flag document equal to the newest version gets that version's number, and not the label.
  resources.learnVersion(ConfigurationProfileId, versionLabel, made.number);
  return unchanged || !made.labelled
    ? { note: `version ${made.number} already has this content`, unchanged: true }
    : { note: `version ${made.number}` };
}

interface Creation<I extends ServiceInputTypes, O extends ServiceOutputTypes> {
  readonly command: Command<I, O>;
  /** The id of the resource, if it exists as the step wants it. */
  readonly find: () => Promise<string | undefined>;
  readonly learn: (id: string) => void;
}

/** Creates a resource that is known by its name. */
async function createNamed<
  I extends ServiceInputTypes,
  O extends ServiceOutputTypes & { readonly Id?: string | undefined },
>(step: Step, context: WriteContext, { command, find, learn }: Creation<I, O>): Promise<StepOutcome> {
  const { connection, halt } = context;
  const create = async () => (await connection.once(command, formatAddress(step.subject), halt)).Id ?? '';
  const { made, unchanged } = await createOnce(context, create, find);
  learn(made);
  return unchanged ? { note: 'already exists', unchanged } : {};
}

/**
 * AppConfig's creates take no idempotency token. So after a refusal or a lost response, `find` reads whether the resource
 * exists; only where it does not, and the failure may pass, the create is sent again.
 * @returns what was created or found; `unchanged` where this run certainly did not create it
 * @throws CallFailure, and what `find` throws
 */
async function createOnce<T>(
  context: WriteContext,
  create: () => Promise<T>,
  find: () => Promise<T | undefined>,
): Promise<{ readonly made: T; readonly unchanged: boolean }> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { made: await create(), unchanged: false };
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      const mayExist = mayHaveActed(error) || error.kind === 'bad-request' || error.kind === 'conflict';
      if (!mayExist && error.kind !== 'unreachable') throw error;
      const found = mayExist ? await find() : undefined;
      if (found !== undefined) return { made: found, unchanged: !mayHaveActed(error) };
      if (!(await context.connection.mayTryAgain(error, attempt, context.halt))) throw error;
    }
  }
}

export function monitorsToWire(monitors: readonly Monitor[]) {
  return monitors.map((monitor) => ({ AlarmArn: monitor.alarmArn, AlarmRoleArn: monitor.alarmRoleArn }));
}

export function profileToWire({ kmsKey, validators }: ProfileUpdate) {
  return {
    ...(kmsKey === undefined ? {} : { KmsKeyIdentifier: kmsKey }),
    ...(validators && { Validators: validators.map(({ type, content }) => ({ Type: type, Content: content })) }),
  };
}
