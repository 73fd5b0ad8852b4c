// Extension associations keep AppConfig from deleting a resource: cleanup names them before it deletes anything.
import {
  CreateExtensionAssociationCommand,
  CreateExtensionCommand,
  DeleteExtensionAssociationCommand,
  ListApplicationsCommand,
} from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import { awsClient, lookUp, writesOf } from '../support/aws.ts';
import { createWorld, inPipeline, type World } from '../support/world.ts';

const tree = {
  'appcfg.yml':
    'project: acme/config\ndeploymentStrategy: instant\ndeploymentStrategies: { instant: { durationMinutes: 0, growthFactor: 100 } }\n',
  'template/A.yml': 'a: 1',
  'template/B.yml': 'b: 1',
  'tenants/one/dev/.gitkeep': '',
  'tenants/one/qa/.gitkeep': '',
  'tenants/two/dev/.gitkeep': '',
};

const kinds = { application: undefined, environment: 'qa', configurationprofile: 'B' } as const;

/** Associates an extension with the application "one", or with its environment or profile. @returns the association's id */
async function associate(world: World, kind: keyof typeof kinds): Promise<string> {
  const aws = awsClient(world);
  const { id, environments, profiles } = await lookUp(world, 'one');
  const partId = environments.get(kinds[kind] ?? '') ?? profiles.get(kinds[kind] ?? '');
  const extension = await aws.send(
    new CreateExtensionCommand({
      Name: `notify-${kind}`,
      Actions: {
        ON_DEPLOYMENT_COMPLETE: [
          { Name: 'a', Uri: 'arn:aws:sns:us-east-1:123456789012:topic', RoleArn: 'arn:aws:iam::123456789012:role/r' },
        ],
      },
    }),
  );
  const part = partId === undefined ? '' : `/${kind}/${partId}`;
  const { Id = '' } = await aws.send(
    new CreateExtensionAssociationCommand({
      ExtensionIdentifier: extension.Id,
      ResourceIdentifier: `arn:aws:appconfig:us-east-1:123456789012:application/${id}${part}`,
    }),
  );
  return Id;
}

async function deployed(): Promise<World> {
  const world = createWorld(tree, inPipeline);
  const { exitCode, stderr } = await world.appcfg('sync');
  expect(exitCode, stderr).toBe(0);
  return world;
}

async function left(world: World): Promise<readonly string[]> {
  const { Items = [] } = await awsClient(world).send(new ListApplicationsCommand({}));
  return Items.map(({ Name = '' }) => Name);
}

test.each([
  ['application', 'the application'],
  ['environment', 'environment "qa"'],
  ['configurationprofile', 'profile "B"'],
] as const)('an association with the %s keeps the application, and the others are deleted', async (kind, resource) => {
  const world = await deployed();
  const association = await associate(world, kind);
  world.takeCalls();
  const shown = await world.appcfg('cleanup', '--all', '--dry-run', '-o', 'json');
  expect(shown.json.problems).toEqual([expect.objectContaining({ code: 'deletion-blocked', severity: 'error' })]);
  expect(shown.json.problems[0].message).toContain(`the extension association ${association} (extension `);
  expect(shown.json.problems[0].message).toContain(`, ${resource})`);
  expect(world.takeCalls()).toMatchObject({ ListExtensionAssociations: 1 });
  const outcome = await world.appcfg('cleanup', '--all', '--yes');
  expect(outcome.exitCode).toBe(4);
  expect(outcome.stderr).toContain(
    `aws appconfig delete-extension-association --extension-association-id ${association}`,
  );
  expect(await left(world)).toEqual(['one']);
  expect(writesOf(world.takeCalls())).toMatchObject({ DeleteApplication: 1 });
  await awsClient(world).send(new DeleteExtensionAssociationCommand({ ExtensionAssociationId: association }));
  expect((await world.appcfg('cleanup', '--all', '--yes')).exitCode).toBe(0);
  expect(await left(world)).toEqual([]);
});

test('several are named together, with a command for each', async () => {
  const world = await deployed();
  const ids = [await associate(world, 'application'), await associate(world, 'environment')];
  const outcome = await world.appcfg('cleanup', '--tenant', 'one', '--yes');
  expect(outcome.exitCode).toBe(4);
  for (const id of ids) expect(outcome.stderr).toContain(`--extension-association-id ${id}`);
});

test('of orphans only those with an association block', async () => {
  const world = await deployed();
  await associate(world, 'application');
  await associate(world, 'configurationprofile');
  world.write('tenants/one/qa', undefined);
  const outcome = await world.appcfg('cleanup', '--orphans', '--yes');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  const { environments } = await lookUp(world, 'one');
  expect([...environments.keys()]).toEqual(['dev']);
});

test('an association of an orphaned environment blocks', async () => {
  const world = await deployed();
  await associate(world, 'environment');
  world.write('tenants/one/qa', undefined);
  world.takeCalls();
  const outcome = await world.appcfg('cleanup', '--orphans', '--yes');
  expect(outcome.exitCode).toBe(4);
  expect(writesOf(world.takeCalls())).toEqual({});
});

test('associations do not keep versions from being deleted', async () => {
  const world = await deployed();
  await associate(world, 'configurationprofile');
  for (const value of [2, 3]) {
    world.write('template/B.yml', `b: ${value}`);
    await world.appcfg('sync');
  }
  world.write('appcfg.yml', `${tree['appcfg.yml']}versions: { keep: 1 }\n`);
  const outcome = await world.appcfg('cleanup', '--versions', '--yes');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(outcome.stdout).toContain('Done: 2 versions deleted.');
});

test('an association that is created after the plan was made is named by the refusal, and not taken for protection', async () => {
  const world = await deployed();
  const handler = world.emulator.requestHandler();
  let associated: Promise<string> | undefined;
  const requestHandler: typeof handler = {
    ...handler,
    handle: async (request, options) => {
      if (request.method === 'DELETE') {
        associated ??= associate(world, 'environment');
        await associated;
      }
      return handler.handle(request, options);
    },
  };
  const outcome = await world.appcfgWith({ requestHandler }, 'cleanup', '--tenant', 'one', '--yes');
  expect(outcome.exitCode).toBe(4);
  expect(outcome.stderr).toContain('delete the extension association in the AppConfig console');
  expect(outcome.stderr).not.toContain('--bypass-deletion-protection');
});
