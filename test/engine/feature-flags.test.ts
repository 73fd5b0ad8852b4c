// Feature flags are rewritten by AppConfig: the tool compares what they mean.
import { CreateHostedConfigurationVersionCommand } from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import { awsClient, deploymentsOf, lookUp, writesOf } from '../support/aws.ts';
import { createWorld } from '../support/world.ts';

const flags = (enabled: boolean) => `version: "1"\nflags: { f: { name: F } }\nvalues: { f: { enabled: ${enabled} } }\n`;
const tree = {
  'appcfg.yml':
    'project: acme/config\ndeploymentStrategy: instant\ndeploymentStrategies: { instant: { durationMinutes: 0, growthFactor: 100 } }\nprofiles: { Flags: { type: feature-flags } }\n',
  'template/Flags.yml': flags(true),
  'tenants/one/dev/.gitkeep': '',
};

test('creating the same flags again finds the existing version', async () => {
  const world = createWorld(tree);
  for (let time = 0; time < 2; time += 1) {
    const outcome = await world.appcfg('sync', '--only', 'update');
    expect(outcome.exitCode, outcome.stderr).toBe(0);
  }
  expect((await world.appcfg('sync', '--only', 'deploy')).exitCode).toBe(0);
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');

  const lost = createWorld(tree);
  lost.emulator.injectFault({ operation: 'CreateHostedConfigurationVersion', kind: 'drop-after', times: 1 });
  const outcome = await lost.appcfg('sync');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
});

test('only the changed flag is shown, and the content does not count as shrunk', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.write('template/Flags.yml', flags(false));
  const diff = await world.appcfg('diff', '-o', 'json');
  expect(diff.json.changeGroups[0].changes.map((c: { path: string }) => c.path)).toEqual(['/values/f/enabled']);
  const outcome = await world.appcfg('sync');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
});

test('flags equal to an unlabelled newest version are deployed from it, also in two stages', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.write('template/Flags.yml', flags(false));
  const { id, profiles } = await lookUp(world, 'one');
  await awsClient(world).send(
    new CreateHostedConfigurationVersionCommand({
      ApplicationId: id,
      ConfigurationProfileId: profiles.get('Flags'),
      Content: Buffer.from('{"version": "1", "flags": {"f": {"name": "F"}}, "values": {"f": {"enabled": false}}}'),
      ContentType: 'application/json',
    }),
  );
  expect((await world.appcfg('sync', '--only', 'update')).exitCode).toBe(0);
  const deployed = await world.appcfg('sync', '--only', 'deploy');
  expect(deployed.exitCode, deployed.stderr).toBe(0);
  expect(await deploymentsOf(world, 'one', 'dev')).toEqual(['2 Flags v2 COMPLETE', '1 Flags v1 COMPLETE']);
  world.takeCalls();
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
  expect(writesOf(world.takeCalls())).toEqual({});
});
