// Whatever happened before, deleting old versions takes nothing from a rollback, from clients, or from the next sync.
import { StartDeploymentCommand } from '@aws-sdk/client-appconfig';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { awsClient, lookUp } from '../support/aws.ts';
import { OtherClient } from '../support/other-client.ts';
import { holds } from '../support/properties.ts';
import { createWorld, inPipeline, type World } from '../support/world.ts';

const settings = (keep: number) => `project: acme/config
deploymentStrategy: quick
deploymentStrategies: { quick: { durationMinutes: 0, growthFactor: 100 } }
versions: { keep: ${keep} }
`;

const environments = ['dev', 'prod'] as const;
const someEnvironment = fc.constantFrom(...environments);

type Deed =
  | { readonly does: 'sync' | 'start'; readonly environment: string; readonly value: number }
  | { readonly does: 'rollback'; readonly environment: string }
  | { readonly does: 'console'; readonly environment: string; readonly back: number }
  | { readonly does: 'wait'; readonly hours: number };

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant('sync' as const), environment: someEnvironment, value: fc.nat(5) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('start' as const), environment: someEnvironment, value: fc.nat(5) }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('rollback' as const), environment: someEnvironment }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('console' as const), environment: someEnvironment, back: fc.nat(3) }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('wait' as const), hours: fc.constantFrom(1, 100) }) },
);

async function perform(world: World, deed: Deed): Promise<void> {
  if (deed.does === 'wait') world.clock.advance(deed.hours * 3_600_000);
  else if (deed.does === 'rollback') await world.appcfg('rollback', `one/${deed.environment}/A`);
  else if (deed.does === 'console') await deployOlder(world, deed.environment, deed.back);
  else {
    world.write(`tenants/one/${deed.environment}/A.yml`, `a: ${deed.value}`);
    const args = ['sync', '--retry-rolled-back', '--overwrite-drift', '--env', deed.environment];
    await world.appcfg(...args, ...(deed.does === 'start' ? ['--no-wait'] : []));
  }
}

/** Deploys an older version as a user would in the console. */
async function deployOlder(world: World, environment: string, back: number): Promise<void> {
  const aws = awsClient(world);
  const { id, environments: ids, profiles } = await lookUp(world, 'one');
  const { ListHostedConfigurationVersionsCommand } = await import('@aws-sdk/client-appconfig');
  const profile = { ApplicationId: id, ConfigurationProfileId: profiles.get('A') };
  const { Items = [] } = await aws.send(new ListHostedConfigurationVersionsCommand(profile));
  const version = Items[Math.min(back, Items.length - 1)];
  const start = { EnvironmentId: ids.get(environment), DeploymentStrategyId: 'AppConfig.AllAtOnce' };
  // The environment may be busy.
  await aws
    .send(new StartDeploymentCommand({ ...profile, ...start, ConfigurationVersion: String(version?.VersionNumber) }))
    .catch(() => undefined);
}

/** What a rollback of each address would do. */
async function rollbacks(world: World) {
  const { json } = await world.appcfg('rollback', 'one/*/A', '--dry-run', '-o', 'json');
  return json.plan.addresses.map(({ address, action, reason, desired }: Record<string, unknown>) => ({
    ...{ address, action, reason, desired },
  }));
}

test('a rollback does the same after old versions were deleted, clients receive the same, and nothing is left to delete', async () => {
  const histories = fc.array(deeds, { minLength: 4, maxLength: 9 });
  const property = fc.asyncProperty(histories, fc.integer({ min: 1, max: 3 }), async (history, keep) => {
    const tree = { 'appcfg.yml': settings(50), 'template/A.yml': 'a: 0' };
    const folders = Object.fromEntries(environments.map((name) => [`tenants/one/${name}/.gitkeep`, '']));
    const world = createWorld({ ...tree, ...folders }, inPipeline);
    await world.appcfg('sync');
    for (const deed of history) await perform(world, deed);
    const before = await rollbacks(world);
    const served = await new OtherClient(world.emulator).served();
    world.write('appcfg.yml', settings(keep));
    const pruned = await world.appcfg('cleanup', '--versions', '--yes');
    expect(pruned.exitCode, pruned.stderr).toBe(0);
    expect(await rollbacks(world)).toEqual(before);
    expect(await new OtherClient(world.emulator).served()).toEqual(served);
    expect((await world.appcfg('cleanup', '--versions', '--yes')).stdout).toContain('Nothing to delete.');
  });
  await holds(property, 6);
});
