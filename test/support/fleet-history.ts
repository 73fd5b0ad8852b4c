// Fleets of many shapes, and what other clients do to them in AppConfig between two syncs.
import {
  CreateConfigurationProfileCommand,
  CreateExperimentDefinitionCommand,
  CreateHostedConfigurationVersionCommand,
  DeleteConfigurationProfileCommand,
  DeleteEnvironmentCommand,
  DeleteHostedConfigurationVersionCommand,
  ListExperimentDefinitionsCommand,
  ListExperimentRunsCommand,
  StartDeploymentCommand,
  StartExperimentRunCommand,
  StopDeploymentCommand,
  StopExperimentRunCommand,
  TagResourceCommand,
  UpdateApplicationCommand,
  UpdateEnvironmentCommand,
  UpdateExperimentRunCommand,
} from '@aws-sdk/client-appconfig';
import fc from 'fast-check';
import { load } from 'js-yaml';
import type { StrategyNumbers } from '../../src/core/model/resource.ts';
import type { Settings } from '../../src/core/settings/settings.ts';
import { desiredOf, type EngineRun, type EngineWorld } from './engine.ts';
import { type HeldApplication, type HeldEnvironment, type HeldProfile, inventoryOf } from './inventory.ts';
import type { OtherClient } from './other-client.ts';

type Generated<A> = A extends fc.Arbitrary<infer T> ? T : never;

const mostlyFew = (most: number) =>
  fc.oneof(
    { weight: 13, arbitrary: fc.constant(1) },
    { weight: 5, arbitrary: fc.constant(2) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: most }) },
  );
const kinds = fc.constantFrom<Kind>('json', 'json', 'yaml', 'flags');

export const shapes = fc.record({
  tenants: mostlyFew(6),
  environments: mostlyFew(3),
  profiles: mostlyFew(3),
  kinds: fc.tuple(kinds, kinds, kinds),
  strategy: fc.oneof(
    { weight: 12, arbitrary: fc.constant('instant') },
    { weight: 2, arbitrary: fc.constant('minute') },
    { weight: 1, arbitrary: fc.constant('AppConfig.AllAtOnce') },
  ),
  monitored: fc.constantFrom(true, false, false, false),
});
export type Shape = Generated<typeof shapes>;

/** The format of a profile's content. */
export type Kind = 'json' | 'yaml' | 'flags';

/** Few, so that addresses share contents, and earlier ones return. */
export const contents = fc.nat(3);
const target = fc.nat(99);
function happening<K extends string, T extends object>(kind: K, details: { [N in keyof T]: fc.Arbitrary<T[N]> }) {
  // In fast-check's own type, members of a generic record may be missing.
  return fc.record({ kind: fc.constant(kind), target, ...details }) as unknown as fc.Arbitrary<
    { readonly kind: K; readonly target: number } & T
  >;
}

const deployment = happening('deploys', { content: contents, slowly: fc.boolean(), labelled: fc.boolean() });
type ExperimentStep = 'expose' | 'override' | 'stop';
const experiment = happening('experiments', {
  steps: fc.array(fc.constantFrom<ExperimentStep>('expose', 'override', 'stop'), { maxLength: 3 }),
});
export const happenings = fc.oneof(
  deployment,
  deployment,
  happening('describes', { text: fc.constantFrom('', 'edited', 'managed by appcfg, project other/config') }),
  happening('tags', {}),
  happening('monitors', { monitored: fc.boolean() }),
  happening('creates a version', { content: contents }),
  happening('stops', {}),
  experiment,
  experiment,
  experiment,
  happening('alarm', {}),
  happening('deletes a profile', { again: fc.boolean() }),
  happening('deletes an environment', {}),
  happening('lets time pass', { minutes: fc.constantFrom(0.5, 1.5, 20) }),
);
/** Fills more than a page with an environment's deployments. */
export const pagesOfDeployments = happening('deploys often', {});
export type Happening = Generated<typeof happenings> | Generated<typeof pagesOfDeployments>;

const minute: StrategyNumbers = { durationMinutes: 1, bakeMinutes: 0, growthFactor: 50, growthType: 'LINEAR' };
/** Those of the settings. */
const strategies: Readonly<Record<string, StrategyNumbers>> = { instant: { ...minute, durationMinutes: 0 }, minute };
const monitor = {
  alarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:{tenant}',
  alarmRoleArn: 'arn:aws:iam::123456789012:role/alarms',
};

/** The sync of such a fleet. @param wants the contents of its addresses, in turn */
export function runOf(shape: Shape, wants: readonly number[]): EngineRun {
  let next = 0;
  const unset = { deploymentStrategy: undefined, account: undefined, region: undefined, roleArn: undefined };
  const own = strategies[shape.strategy];
  const settings: Partial<Settings> = {
    deploymentStrategy: shape.strategy,
    deploymentStrategies: new Map(own === undefined ? [] : [[shape.strategy, own]]),
    environments: new Map(
      environmentsOf(shape).map((name, index) => [
        name,
        { ...unset, monitors: shape.monitored && index === 0 ? [monitor] : undefined },
      ]),
    ),
  };
  const wanted = tenantsOf(shape).flatMap((tenant) =>
    environmentsOf(shape).flatMap((environment) =>
      profilesOf(shape).map(({ name, kind }) => ({
        address: `${tenant}/${environment}/${name}`,
        content: documentOf(kind, wants[next++ % wants.length] ?? 0),
        type: kind === 'flags' ? ('AWS.AppConfig.FeatureFlags' as const) : ('AWS.Freeform' as const),
        format: kind === 'yaml' ? ('yaml' as const) : ('json' as const),
      })),
    ),
  );
  return { settings, desired: desiredOf(wanted) };
}

function tenantsOf({ tenants }: Shape): readonly string[] {
  return ['t1', 't2', 't3', 't4', 't5', 't6'].slice(0, tenants);
}

function environmentsOf({ environments }: Shape): readonly string[] {
  return ['dev', 'qa', 'prod'].slice(0, environments);
}

function profilesOf({ profiles, kinds }: Shape): readonly { readonly name: string; readonly kind: Kind }[] {
  return ['A', 'B', 'C'].slice(0, profiles).map((name, index) => ({ name, kind: kinds[index] ?? 'json' }));
}

/** JSON in a style that appcfg does not write. As it is also YAML, it can be a file of the tree. */
function documentOf(kind: Kind, number: number): string {
  if (kind !== 'flags') return `{"a": ${number}, "shared": [1, 2]}`;
  const flag = '{"f": {"name": "F", "attributes": {"n": {"constraints": {"type": "number"}}}}}';
  // AppConfig rewrites truth values, numbers and unknown members.
  const value = number % 2 === 0 ? `{"enabled": true, "n": ${number}}` : `{"n": ${number}.0, "enabled": "TRUE"}`;
  return `{"version": "1", "flags": ${flag}, "values": {"f": ${value}}, "owner": "team"}`;
}

/** Which of the contents a document is, in any style and with whatever AppConfig added to it. */
export function contentIn(document: string): number | undefined {
  const value = load(document) as { readonly a?: number; readonly values?: { readonly f?: { readonly n?: number } } };
  return value.a ?? value.values?.f?.n;
}

/** A world with another client. Its strategy `theirs` completes deployments at once. */
export interface HistoricWorld extends EngineWorld {
  readonly others: OtherClient;
}

/** Does what another client does. AppConfig may reject it: a busy environment, nothing to stop, a resource in use. */
export async function happen(happening: Happening, world: HistoricWorld, shape: Shape): Promise<void> {
  try {
    await act(happening, world, shape);
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (status === undefined || status >= 500) throw error;
  }
}

/** An address of the fleet as it is in AppConfig now; undefined members do not exist. */
interface Target {
  readonly tenant: string;
  readonly application: HeldApplication | undefined;
  readonly environment: HeldEnvironment | undefined;
  readonly profile: HeldProfile | undefined;
  readonly kind: Kind;
  readonly names: { readonly environment: string; readonly profile: string };
}

function targetOf(target: number, world: EngineWorld, shape: Shape, only?: Kind): Target {
  const pick = <T>(all: readonly T[], by: number): T => all[by % all.length] as T;
  const tenant = pick(tenantsOf(shape), target);
  const environment = pick(environmentsOf(shape), Math.floor(target / 3));
  const profiles = profilesOf(shape).filter((each) => only === undefined || each.kind === only);
  const { name: profile, kind } = pick(profiles, Math.floor(target / 7));
  const application = inventoryOf(world.emulator).applications.find(({ name }) => name === tenant);
  return {
    ...{ tenant, application, kind, names: { environment, profile } },
    environment: application?.environments.find(({ name }) => name === environment),
    profile: application?.profiles.find(({ name }) => name === profile),
  };
}

async function act(happening: Happening, world: HistoricWorld, shape: Shape): Promise<void> {
  const { others } = world;
  const { aws } = others;
  const found = targetOf(happening.target, world, shape);
  const { application, environment, profile } = found;
  const ids = idsOf(found);
  switch (happening.kind) {
    case 'lets time pass':
      return world.clock.advance(happening.minutes * 60_000);
    case 'deploys':
      return deploy(world, found, happening);
    case 'deploys often': {
      await deploy(world, found, { content: 0, slowly: false });
      world.clock.advance(3 * 60_000);
      const made = targetOf(happening.target, world, shape);
      const versions = [
        await createVersion(others, made, { content: 0 }),
        await createVersion(others, made, { content: 1 }),
      ];
      for (let time = 0; time < 52; time += 1) await start(world, made, { version: versions[time % 2], slowly: false });
      return;
    }
    case 'creates a version':
      await createVersion(others, found, happening);
      return;
    case 'describes':
      await aws.send(new UpdateApplicationCommand({ ...ids, Description: happening.text }));
      return;
    case 'tags':
      await aws.send(
        new TagResourceCommand({
          ResourceArn: `arn:aws:appconfig:us-east-1:123456789012:application/${application?.id}`,
          Tags: { team: 'theirs' },
        }),
      );
      return;
    case 'monitors':
      await aws.send(
        new UpdateEnvironmentCommand({
          ...ids,
          Description: 'monitored',
          Monitors: happening.monitored ? [{ AlarmArn: monitor.alarmArn, AlarmRoleArn: monitor.alarmRoleArn }] : [],
        }),
      );
      return;
    case 'stops':
      await aws.send(
        new StopDeploymentCommand({
          ...ids,
          DeploymentNumber: environment?.deployments.at(-1)?.number ?? 1,
          AllowRevert: true,
        }),
      );
      return;
    case 'experiments':
      // Only flags have them.
      if (!profilesOf(shape).some(({ kind }) => kind === 'flags')) return;
      return stepsOfExperiment(world, targetOf(happening.target, world, shape, 'flags'), happening.steps);
    case 'alarm':
      if (environment === undefined) return;
      return alarm(world, found);
    case 'deletes a profile':
      for (const { number } of profile?.versions ?? []) {
        await aws.send(new DeleteHostedConfigurationVersionCommand({ ...ids, VersionNumber: number }));
      }
      await aws.send(new DeleteConfigurationProfileCommand({ ...ids, DeletionProtectionCheck: 'BYPASS' }));
      if (!happening.again) return;
      await aws.send(
        new CreateConfigurationProfileCommand({
          ...ids,
          Name: profile?.name,
          LocationUri: 'hosted',
          Type: profile?.type,
        }),
      );
      return;
    case 'deletes an environment':
      await aws.send(new DeleteEnvironmentCommand({ ...ids, DeletionProtectionCheck: 'BYPASS' }));
      return;
    default:
      return happening satisfies never;
  }
}

/** A run of an experiment over the flag, or the next steps of one that is running. It may still run during the next sync. */
async function stepsOfExperiment(
  { others: { aws } }: HistoricWorld,
  target: Target,
  steps: readonly ExperimentStep[],
): Promise<void> {
  const { ApplicationId, EnvironmentId, ConfigurationProfileId } = idsOf(target);
  const of = {
    ApplicationIdentifier: ApplicationId,
    EnvironmentIdentifier: EnvironmentId,
    ConfigurationProfileIdentifier: ConfigurationProfileId,
  };
  const { Items: definitions = [] } = await aws.send(new ListExperimentDefinitionsCommand(of));
  const { Id = '' } =
    definitions[0] ??
    (await aws.send(
      new CreateExperimentDefinitionCommand({
        ...{ ...of, Name: 'experiment', FlagKey: 'f', AudienceRule: 'true' },
        Control: { Weight: 50, FlagValue: { Enabled: false } },
        Treatments: [{ Weight: 50, FlagValue: { Enabled: true, AttributeValues: { n: { NumberValue: 9 } } } }],
      }),
    ));
  const ids = { ApplicationIdentifier: ApplicationId, ExperimentDefinitionIdentifier: Id };
  const { Items: running = [] } = await aws.send(new ListExperimentRunsCommand({ ...ids, Status: 'RUNNING' }));
  const { Run } = running[0] ?? (await aws.send(new StartExperimentRunCommand(ids)));
  for (const step of steps) {
    if (step === 'stop') await aws.send(new StopExperimentRunCommand({ ...ids, Run }));
    else {
      const change = step === 'expose' ? { ExposurePercentage: 50 } : { TreatmentOverrides: { Inline: { me: 't1' } } };
      await aws.send(new UpdateExperimentRunCommand({ ...ids, Run, ...change }));
    }
  }
}

/** What does not exist gets an id that AppConfig does not find. */
function idsOf({ application, environment, profile }: Target) {
  const none = 'nothing';
  return {
    ApplicationId: application?.id ?? none,
    EnvironmentId: environment?.id ?? none,
    ConfigurationProfileId: profile?.id ?? none,
  };
}

async function createVersion(
  others: OtherClient,
  target: Target,
  version: { readonly content: number; readonly labelled?: boolean },
): Promise<number | undefined> {
  const { VersionNumber } = await others.aws.send(
    new CreateHostedConfigurationVersionCommand({
      ...idsOf(target),
      Content: Buffer.from(documentOf(target.kind, version.content)),
      ContentType: 'application/json',
      ...(version.labelled ? { VersionLabel: `release-${target.profile?.versions.length}` } : {}),
    }),
  );
  return VersionNumber;
}

/** A deployment that completes at once, or keeps the environment busy for two minutes. */
async function deploy(
  world: HistoricWorld,
  target: Target,
  deployment: { readonly content: number; readonly slowly: boolean; readonly labelled?: boolean },
): Promise<void> {
  const { others } = world;
  const { application, environment, profile, tenant, names, kind } = target;
  if (application === undefined || environment === undefined || profile === undefined) {
    // Creates what is missing: an unmanaged application, or unmanaged resources in a managed one.
    return others.deploy({
      ...{ application: tenant, environment: names.environment, configurationProfile: names.profile },
      content: documentOf(kind, deployment.content),
      type: kind === 'flags' ? 'AWS.AppConfig.FeatureFlags' : 'AWS.Freeform',
    });
  }
  const version = await createVersion(others, target, deployment);
  await start(world, target, { version, slowly: deployment.slowly });
}

async function start(
  world: HistoricWorld,
  target: Target,
  deployment: { readonly version: number | undefined; readonly slowly: boolean },
): Promise<void> {
  const strategy = inventoryOf(world.emulator).strategies.find(({ name }) => name === 'theirs');
  await world.others.aws.send(
    new StartDeploymentCommand({
      ...idsOf(target),
      ConfigurationVersion: String(deployment.version),
      DeploymentStrategyId: deployment.slowly ? 'AppConfig.Linear50PercentEvery30Seconds' : strategy?.id,
    }),
  );
}

/** An alarm for a moment: AppConfig rolls back a deployment that is running there. */
function alarm(world: EngineWorld, { tenant, names }: Target): void {
  const at = { application: tenant, environment: names.environment };
  world.emulator.setAlarm({ ...at, state: 'ALARM' });
  world.clock.advance(5_000);
  world.emulator.setAlarm({ ...at, state: 'OK' });
  // The emulator still rolls back what starts shortly after the alarm: later deployments must not be affected.
  world.clock.advance(60_000);
}
