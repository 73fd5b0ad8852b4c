// Experiment runs: deployments of the type MANAGED are shown, and never stopped, reverted, adopted or drift.
import {
  CreateExperimentDefinitionCommand,
  ListDeploymentsCommand,
  StartExperimentRunCommand,
  StopExperimentRunCommand,
  UpdateExperimentRunCommand,
} from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import { awsClient, lookUp } from '../support/aws.ts';
import { OtherClient } from '../support/other-client.ts';
import { createWorld, inPipeline, type World } from '../support/world.ts';

const instant =
  'deploymentStrategies: { instant: { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100, growthType: LINEAR } }';
const settings = `project: acme/config\ndeploymentStrategy: instant\n${instant}\nprofiles: { Flags: { type: feature-flags } }\n`;
const flags = (enabled: boolean) =>
  JSON.stringify({ version: '1', flags: { newCart: { name: 'New cart' } }, values: { newCart: { enabled } } });
const tree = {
  'appcfg.yml': settings,
  'template/Flags.yml': flags(false),
  'template/Texts.yml': 'title: Hello\n',
  'tenants/one/prod/.gitkeep': '',
};

async function inExperiment(): Promise<{ readonly world: World; readonly ids: Ids }> {
  const world = createWorld(tree, inPipeline);
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  const aws = awsClient(world);
  const { id } = await lookUp(world, 'one');
  const created = await aws.send(
    new CreateExperimentDefinitionCommand({
      ApplicationIdentifier: id,
      Name: 'cart',
      ConfigurationProfileIdentifier: 'Flags',
      EnvironmentIdentifier: 'prod',
      FlagKey: 'newCart',
      AudienceRule: 'true',
      Control: { Weight: 50, FlagValue: { Enabled: false } },
      Treatments: [{ Weight: 50, FlagValue: { Enabled: true } }],
    }),
  );
  const ids = { ApplicationIdentifier: id, ExperimentDefinitionIdentifier: created.Id ?? '' };
  await aws.send(new StartExperimentRunCommand(ids));
  await aws.send(new UpdateExperimentRunCommand({ ...ids, Run: 1, ExposurePercentage: 20 }));
  return { world, ids };
}

interface Ids {
  readonly ApplicationIdentifier: string;
  readonly ExperimentDefinitionIdentifier: string;
}

async function typesOf(world: World): Promise<readonly (string | undefined)[]> {
  const { id, environments } = await lookUp(world, 'one');
  const { Items = [] } = await awsClient(world).send(
    new ListDeploymentsCommand({ ApplicationId: id, EnvironmentId: environments.get('prod') }),
  );
  return Items.map(({ Type, State }) => (State === 'COMPLETE' ? Type : State));
}

test('an environment in an experiment is synced, and a warning names the deployment of the experiment', async () => {
  const { world } = await inExperiment();
  expect(await typesOf(world)).toEqual(['MANAGED', 'MANAGED', 'USER', 'USER']);
  for (const command of ['diff', 'status', 'sync']) {
    const run = await world.appcfg(command, '--detailed-exitcode');
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stderr).toContain('an experiment uses the environment: it made deployment 4');
  }
  const { json } = await world.appcfg('status', '-o', 'json');
  expect(json.addresses.map(({ state, experiment }: Record<string, unknown>) => [state, experiment])).toEqual([
    ['synced', true],
    ['synced', false],
  ]);
  expect((await world.appcfg('status', '--fail-on', 'drifted')).exitCode).toBe(0);
});

test('a sync deploys over an experiment, and its own commit is the one that counts', async () => {
  const { world } = await inExperiment();
  world.write('template/Flags.yml', flags(true));
  const sync = await world.appcfg('sync', '--supersede');
  expect(sync.exitCode, sync.stderr).toBe(0);
  expect(await typesOf(world)).toEqual(['USER', 'MANAGED', 'MANAGED', 'USER', 'USER']);
  expect((await world.appcfg('diff', '--detailed-exitcode')).exitCode).toBe(0);
});

test('a hotfix below an experiment is drift, with the number of the hotfix', async () => {
  const { world, ids } = await inExperiment();
  const others = new OtherClient(world.emulator);
  await others.deploy({
    application: 'one',
    environment: 'prod',
    configurationProfile: 'Flags',
    content: flags(true),
    description: 'hotfix',
    deploymentStrategyId: await others.strategy('instant'),
  });
  await awsClient(world).send(new UpdateExperimentRunCommand({ ...ids, Run: 1, ExposurePercentage: 50 }));
  const { json } = await world.appcfg('diff', '-o', 'json');
  expect(json.addresses[0]).toMatchObject({ action: 'drifted', drift: { deploymentNumber: 5, description: 'hotfix' } });
  expect((await world.appcfg('pull', 'one/prod/Flags')).exitCode).toBe(0);
  expect((await world.appcfg('diff', '--detailed-exitcode')).exitCode).toBe(0);
});

test('history shows the type, and a rollback looks at what users deployed', async () => {
  const { world } = await inExperiment();
  world.write('template/Flags.yml', flags(true));
  await world.appcfg('sync');
  const aws = awsClient(world);
  const { id } = await lookUp(world, 'one');
  const ids = { ApplicationIdentifier: id, ExperimentDefinitionIdentifier: 'cart' };
  await aws.send(new StopExperimentRunCommand({ ...ids, Run: 1 }));
  const history = await world.appcfg('history', 'one/prod/Flags', '-o', 'json');
  const [first, second] = history.json.histories[0].deployments;
  expect([first.type, second.type]).toEqual(['MANAGED', 'USER']);
  expect(first.description).toContain('/experimentrun/1');
  expect((await world.appcfg('history', 'one/prod/Flags')).stdout).toContain('complete, live, managed');
  const rollback = await world.appcfg('rollback', 'one/prod/Flags');
  expect(rollback.exitCode, rollback.stderr).toBe(0);
  expect((await typesOf(world)).filter((type) => type === 'REVERTED')).toHaveLength(0);
  const served = await new OtherClient(world.emulator).served();
  expect(JSON.parse(served.get('one/prod/Flags')?.text ?? '').values.newCart.enabled).toBe(false);
});

test('cleanup names the definition that blocks, and deletes nothing of the application', async () => {
  const { world, ids } = await inExperiment();
  world.clock.advance(2 * 3_600_000);
  world.takeCalls();
  const blocked = await world.appcfg('cleanup', '--tenant', 'one', '--yes');
  expect(blocked.exitCode).toBe(4);
  expect(blocked.stderr).toContain('the experiment definition "cart"');
  expect(blocked.stderr).toContain('aws appconfig delete-experiment-definition');
  expect(Object.keys(world.takeCalls()).filter((operation) => operation.startsWith('Delete'))).toEqual([]);
  const aws = awsClient(world);
  await aws.send(new StopExperimentRunCommand({ ...ids, Run: 1 }));
  const { DeleteExperimentDefinitionCommand } = await import('@aws-sdk/client-appconfig');
  await aws.send(new DeleteExperimentDefinitionCommand(ids));
  expect((await world.appcfg('cleanup', '--tenant', 'one', '--yes')).exitCode).toBe(4);
  await aws.send(new DeleteExperimentDefinitionCommand({ ...ids, DeleteType: 'DESTROY' }));
  const cleanup = await world.appcfg('cleanup', '--tenant', 'one', '--yes');
  expect(cleanup.exitCode, cleanup.stderr).toBe(0);
});
