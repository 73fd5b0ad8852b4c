// Every operation of a sync, with every failure of its calls: the run has the right end, and nothing is done twice.
import { CreateDeploymentStrategyCommand } from '@aws-sdk/client-appconfig';
import { beforeAll, expect, test } from 'vitest';
import type { StrategyNumbers } from '../../src/core/model/resource.ts';
import type { EnvironmentSettings } from '../../src/core/settings/settings.ts';
import type { Fault, FaultKind } from '../../src/emulator/model/faults.ts';
import { createEngineWorld, desiredOf, type EngineRun, syncFleet, type Wanted } from '../support/engine.ts';
import { endOf } from '../support/inventory.ts';
import { OtherClient } from '../support/other-client.ts';
import { times } from '../support/properties.ts';

/** All operations of a sync. */
const operations = [
  'CreateApplication',
  'CreateConfigurationProfile',
  'CreateDeploymentStrategy',
  'CreateEnvironment',
  'CreateHostedConfigurationVersion',
  'GetCallerIdentity',
  'GetDeployment',
  'GetDeploymentStrategy',
  'GetHostedConfigurationVersion',
  'ListApplications',
  'ListConfigurationProfiles',
  'ListDeploymentStrategies',
  'ListDeployments',
  'ListEnvironments',
  'ListHostedConfigurationVersions',
  'ListTagsForResource',
  'StartDeployment',
  'StopDeployment',
  'TagResource',
  'UpdateApplication',
  'UpdateDeploymentStrategy',
  'UpdateEnvironment',
];
/** Called once in a run, whatever there is to do in a fleet of this size. */
const calledOnce = ['GetCallerIdentity', 'ListApplications', 'ListDeploymentStrategies'];

const kinds = ['throttle', 'error', 'drop-before', 'drop-after', 'slow'] as const satisfies readonly FaultKind[];

/** A sync in which every operation has its part, nearly all of them three times, and what AppConfig holds before it. */
interface Story {
  readonly snapshot: unknown;
  readonly run: EngineRun;
  readonly calls: Readonly<Record<string, number>>;
  readonly end: unknown;
}

const numbers = ['1', '2', '3'];
let story: Story;

beforeAll(async () => {
  story = await makeStory();
});

test('the sync under test calls every operation, and at least three times where more than one call is possible', () => {
  expect(Object.keys(story.calls).sort()).toEqual(operations);
  const often = Object.entries(story.calls).filter(([, count]) => count >= 3);
  expect(often.map(([operation]) => operation).sort()).toEqual(operations.filter((name) => !calledOnce.includes(name)));
});

test.each(kinds)('a first call that meets "%s" does no harm, whatever operation it is', async (kind) => {
  await Promise.all(operationsFor(kind).map((operation) => expectSameEnd({ operation, kind, times: 1 })));
});

test.each(kinds)('every third call that meets "%s" does no harm, whatever operation it is', async (kind) => {
  await Promise.all(
    operationsFor(kind).map((operation) => {
      const often = calledOnce.includes(operation) ? { times: 2 } : { every: 3, times: 1000 };
      return expectSameEnd({ operation, kind, ...often });
    }),
  );
});

/** Every operation meets a failure, and every failure meets operations; with PROPERTY_TIMES, every operation meets every failure. */
function operationsFor(kind: FaultKind): readonly string[] {
  return times > 1 ? operations : operations.filter((_, index) => kinds[index % kinds.length] === kind);
}

/** All operations at the same time, each in a world of its own: STS's client waits by the machine's clock. */
async function expectSameEnd(fault: Fault): Promise<void> {
  const world = createEngineWorld({ from: story.snapshot });
  // Slow, but not so slow that the client gives up.
  world.emulator.injectFault({ ...fault, delayMs: 50_000 });
  const outcome = await syncFleet(world, story.run);
  expect(outcome.errors, fault.operation).toEqual([]);
  expect(outcome.exitCode, fault.operation).toBe(0);
  expect(world.emulator.violations(), fault.operation).toEqual([]);
  // The next plan is empty after the undisturbed run, and so it is after one that comes to the same end.
  expect(endOf(world.emulator), fault.operation).toEqual(story.end);
}

async function makeStory(): Promise<Story> {
  const world = createEngineWorld();
  const others = new OtherClient(world.emulator);
  const before = {
    settings: settingsOf({ altered: instant, ofOthers: [] }),
    desired: desiredOf(
      numbers.flatMap((n) => [
        { address: `ours/dev/A${n}`, content: 'a: 1' },
        { address: `ours/altered${n}/A${n}`, content: 'a: 2' },
      ]),
    ),
  };
  expect((await syncFleet(world, before)).errors).toEqual([]);
  const ofOthers: string[] = [];
  for (const n of numbers) {
    const of = { environment: `theirs${n}`, configurationProfile: 'A', content: 'a: 1' };
    await others.deploy({ application: `theirs${n}`, ...of });
    const strategy = { ReplicateTo: 'NONE', DeploymentDurationInMinutes: 0, GrowthFactor: 100 } as const;
    const { Id = '' } = await others.aws.send(new CreateDeploymentStrategyCommand({ Name: 'theirs', ...strategy }));
    ofOthers.push(Id);
  }
  world.clock.advance(10 * 60_000);
  // These keep their environments busy until the sync stops them, however late it is.
  const hour = 'AppConfig.Linear20PercentEvery6Minutes';
  for (const n of numbers) {
    const of = { application: 'ours', environment: `altered${n}`, configurationProfile: `A${n}`, content: 'a: 9' };
    await others.deploy({ ...of, deploymentStrategyId: hour });
  }
  const snapshot = world.emulator.snapshot();
  const run: EngineRun = {
    settings: settingsOf({ altered: { ...instant, durationMinutes: 1 }, ofOthers }),
    options: { supersede: true },
    desired: desiredOf(numbers.flatMap(wantedOf)),
  };
  const undisturbed = createEngineWorld({ from: snapshot });
  expect((await syncFleet(undisturbed, run)).errors).toEqual([]);
  const calls = undisturbed.emulator.stats();
  expect((await syncFleet(undisturbed, run, true)).plan?.steps).toEqual([]);
  return { snapshot, run, calls, end: endOf(undisturbed.emulator) };
}

const instant: StrategyNumbers = { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100, growthType: 'LINEAR' };

/** @param about.altered numbers of strategies that exist; about.ofOthers ids of strategies of other projects. */
function settingsOf(about: {
  readonly altered: StrategyNumbers;
  readonly ofOthers: readonly string[];
}): NonNullable<EngineRun['settings']> {
  const unsaid = { monitors: undefined, account: undefined, region: undefined, roleArn: undefined };
  const monitors = about.ofOthers.length === 0 ? undefined : [monitor];
  const environments = numbers.flatMap((n, index): [string, EnvironmentSettings][] => [
    [`created${n}`, { ...unsaid, deploymentStrategy: `created${n}` }],
    [`altered${n}`, { ...unsaid, deploymentStrategy: `altered${n}`, monitors }],
    [`theirs${n}`, { ...unsaid, deploymentStrategy: about.ofOthers[index] }],
  ]);
  return {
    environments: new Map(environments),
    deploymentStrategy: 'altered1',
    deploymentStrategies: new Map(
      numbers.flatMap((n): [string, StrategyNumbers][] => [
        [`created${n}`, instant],
        [`altered${n}`, about.altered],
      ]),
    ),
  };
}

const monitor = {
  alarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:{tenant}',
  alarmRoleArn: 'arn:aws:iam::123456789012:role/alarms',
};

function wantedOf(n: string): readonly Wanted[] {
  const flags = `version: "1"\nflags: { f: { name: F } }\nvalues: { f: { enabled: ${n === '1'} } }`;
  return [
    { address: `ours/dev/A${n}`, content: 'a: 1' },
    // Promoted: the version exists, because dev has it.
    { address: `ours/altered${n}/A${n}`, content: 'a: 1' },
    { address: `new${n}/created${n}/Flags`, content: flags, type: 'AWS.AppConfig.FeatureFlags' },
    { address: `theirs${n}/theirs${n}/A`, content: 'a: 2' },
  ];
}
