// Fleets of all shapes, and what others do to them in AppConfig between two syncs of ours.
import {
  CreateConfigurationProfileCommand,
  CreateHostedConfigurationVersionCommand,
  DeleteConfigurationProfileCommand,
  DeleteEnvironmentCommand,
  DeleteHostedConfigurationVersionCommand,
  StartDeploymentCommand,
  StopDeploymentCommand,
  TagResourceCommand,
  UpdateApplicationCommand,
  UpdateEnvironmentCommand,
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

/** How a profile holds its content. */
export type Kind = 'json' | 'yaml' | 'flags';

/** Few of them, so that addresses share contents, and what was there before comes back. */
export const contents = fc.nat(3);
const target = fc.nat(99);
function done<K extends string, T extends object>(kind: K, about: { [N in keyof T]: fc.Arbitrary<T[N]> }) {
  // fast-check's own type says that parts of a generic record may be missing.
  return fc.record({ kind: fc.constant(kind), target, ...about }) as unknown as fc.Arbitrary<
    { readonly kind: K; readonly target: number } & T
  >;
}

const deployment = done('deploys', { content: contents, slowly: fc.boolean(), labelled: fc.boolean() });
export const happenings = fc.oneof(
  deployment,
  deployment,
  done('describes', { text: fc.constantFrom('', 'edited', 'managed by appcfg, project other/config') }),
  done('tags', {}),
  done('watches', { watched: fc.boolean() }),
  done('makes', { content: contents }),
  done('stops', {}),
  done('alarm', {}),
  done('deletes a profile', { again: fc.boolean() }),
  done('deletes an environment', {}),
  done('lets time pass', { minutes: fc.constantFrom(0.5, 1.5, 20) }),
);
/** Fills more than a page with an environment's deployments. */
export const pagesOfDeployments = done('deploys often', {});
export type Happening = Generated<typeof happenings> | Generated<typeof pagesOfDeployments>;

const minute: StrategyNumbers = { durationMinutes: 1, bakeMinutes: 0, growthFactor: 50, growthType: 'LINEAR' };
/** Ours. */
const strategies: Readonly<Record<string, StrategyNumbers>> = { instant: { ...minute, durationMinutes: 0 }, minute };
const monitor = {
  alarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:{tenant}',
  alarmRoleArn: 'arn:aws:iam::123456789012:role/alarms',
};

/** The sync of such a fleet; `wants` are contents, taken by turns. */
export function runOf(shape: Shape, wants: readonly number[]): EngineRun {
  let next = 0;
  const unsaid = { deploymentStrategy: undefined, account: undefined, region: undefined, roleArn: undefined };
  const own = strategies[shape.strategy];
  const settings: Partial<Settings> = {
    deploymentStrategy: shape.strategy,
    deploymentStrategies: new Map(own === undefined ? [] : [[shape.strategy, own]]),
    environments: new Map(
      environmentsOf(shape).map((name, index) => [
        name,
        { ...unsaid, monitors: shape.monitored && index === 0 ? [monitor] : undefined },
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

/** JSON as somebody else writes it; for the tree it is YAML as well. */
function documentOf(kind: Kind, number: number): string {
  if (kind !== 'flags') return `{"a": ${number}, "shared": [1, 2]}`;
  const flag = '{"f": {"name": "F", "attributes": {"n": {"constraints": {"type": "number"}}}}}';
  return `{"version": "1", "flags": ${flag}, "values": {"f": {"enabled": true, "n": ${number}}}}`;
}

/** Which of the contents a document is, whoever wrote it and whatever AppConfig added to it. */
export function contentIn(document: string): number | undefined {
  const value = load(document) as { readonly a?: number; readonly values?: { readonly f?: { readonly n?: number } } };
  return value.a ?? value.values?.f?.n;
}

/** A world in which others are at work, too. They have a strategy `theirs`, with which deployments are complete at once. */
export interface HistoricWorld extends EngineWorld {
  readonly others: OtherClient;
}

/** Carries out what others do. AppConfig may refuse it: a busy environment, nothing to stop, a part in use. */
export async function happen(happening: Happening, world: HistoricWorld, shape: Shape): Promise<void> {
  try {
    await act(happening, world, shape);
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (status === undefined || status >= 500) throw error;
  }
}

/** Something of the fleet as it is at this time; parts that are not there are undefined. */
interface Place {
  readonly tenant: string;
  readonly application: HeldApplication | undefined;
  readonly environment: HeldEnvironment | undefined;
  readonly profile: HeldProfile | undefined;
  readonly kind: Kind;
  readonly names: { readonly environment: string; readonly profile: string };
}

function placeAt(target: number, world: EngineWorld, shape: Shape): Place {
  const pick = <T>(all: readonly T[], by: number): T => all[by % all.length] as T;
  const tenant = pick(tenantsOf(shape), target);
  const environment = pick(environmentsOf(shape), Math.floor(target / 3));
  const { name: profile, kind } = pick(profilesOf(shape), Math.floor(target / 7));
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
  const place = placeAt(happening.target, world, shape);
  const { application, environment, profile } = place;
  const ids = idsOf(place);
  switch (happening.kind) {
    case 'lets time pass':
      return world.clock.advance(happening.minutes * 60_000);
    case 'deploys':
      return deploy(world, place, happening);
    case 'deploys often': {
      await deploy(world, place, { content: 0, slowly: false });
      world.clock.advance(3 * 60_000);
      const made = placeAt(happening.target, world, shape);
      const versions = [
        await createVersion(others, made, { content: 0 }),
        await createVersion(others, made, { content: 1 }),
      ];
      for (let time = 0; time < 52; time += 1) await start(world, made, { version: versions[time % 2], slowly: false });
      return;
    }
    case 'makes':
      await createVersion(others, place, happening);
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
    case 'watches':
      await aws.send(
        new UpdateEnvironmentCommand({
          ...ids,
          Description: 'watched',
          Monitors: happening.watched ? [{ AlarmArn: monitor.alarmArn, AlarmRoleArn: monitor.alarmRoleArn }] : [],
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
    case 'alarm':
      if (environment === undefined) return;
      return alarm(world, place);
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

/** What is not there has an id that nothing has: AppConfig says so. */
function idsOf({ application, environment, profile }: Place) {
  const none = 'nothing';
  return {
    ApplicationId: application?.id ?? none,
    EnvironmentId: environment?.id ?? none,
    ConfigurationProfileId: profile?.id ?? none,
  };
}

async function createVersion(
  others: OtherClient,
  place: Place,
  about: { readonly content: number; readonly labelled?: boolean },
): Promise<number | undefined> {
  const { VersionNumber } = await others.aws.send(
    new CreateHostedConfigurationVersionCommand({
      ...idsOf(place),
      Content: Buffer.from(documentOf(place.kind, about.content)),
      ContentType: 'application/json',
      ...(about.labelled ? { VersionLabel: `release-${place.profile?.versions.length}` } : {}),
    }),
  );
  return VersionNumber;
}

/** A deployment that is complete at once, or keeps the lane busy for two minutes. */
async function deploy(
  world: HistoricWorld,
  place: Place,
  about: { readonly content: number; readonly slowly: boolean; readonly labelled?: boolean },
): Promise<void> {
  const { others } = world;
  const { application, environment, profile, tenant, names, kind } = place;
  if (application === undefined || environment === undefined || profile === undefined) {
    // From nothing: an application that is nobody's, or parts of ours that are not ours.
    return others.deploy({
      ...{ application: tenant, environment: names.environment, configurationProfile: names.profile },
      content: documentOf(kind, about.content),
      type: kind === 'flags' ? 'AWS.AppConfig.FeatureFlags' : 'AWS.Freeform',
    });
  }
  await start(world, place, { version: await createVersion(others, place, about), slowly: about.slowly });
}

async function start(
  world: HistoricWorld,
  place: Place,
  about: { readonly version: number | undefined; readonly slowly: boolean },
): Promise<void> {
  const theirs = inventoryOf(world.emulator).strategies.find(({ name }) => name === 'theirs');
  await world.others.aws.send(
    new StartDeploymentCommand({
      ...idsOf(place),
      ConfigurationVersion: String(about.version),
      DeploymentStrategyId: about.slowly ? 'AppConfig.Linear50PercentEvery30Seconds' : theirs?.id,
    }),
  );
}

/** An alarm that rings for a moment rolls back what runs there. */
function alarm(world: EngineWorld, { tenant, names }: Place): void {
  const at = { application: tenant, environment: names.environment };
  world.emulator.setAlarm({ ...at, state: 'ALARM' });
  world.clock.advance(5_000);
  world.emulator.setAlarm({ ...at, state: 'OK' });
  // What started while it rang is still rolled back; that shall not happen to what comes.
  world.clock.advance(60_000);
}
