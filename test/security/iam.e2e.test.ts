// Each command needs exactly the IAM actions that docs/iam.md lists for it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateApplicationCommand,
  CreateDeploymentStrategyCommand,
  DeleteApplicationCommand,
  ListApplicationsCommand,
  ListConfigurationProfilesCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateApplicationCommand,
} from '@aws-sdk/client-appconfig';
import { expect, onTestFinished, test } from 'vitest';
import { readPolicy, writePolicy } from '../../src/core/init/iam-policies.ts';
import { createEmulator } from '../../src/emulator/host/emulator.ts';
import { startEmulator } from '../../src/emulator/host/start-emulator.ts';
import { parsePolicy } from '../../src/emulator/rules/iam-policy.ts';
import { restore } from '../../src/emulator/state/restore.ts';
import { awsClient, deployedByScripts } from '../support/aws.ts';
import { OtherClient } from '../support/other-client.ts';
import { createWorld, type World } from '../support/world.ts';

/** The documented actions of a command, without prefix. */
function documentedActions(command: string): readonly string[] {
  const page = readFileSync(join(import.meta.dirname, '../../docs/iam.md'), 'utf8');
  const row = page.split('\n').find((line) => line.startsWith('| `') && line.split('|')[1]?.includes(`\`${command}\``));
  const words = [...(row?.split('|')[2] ?? '').matchAll(/`(\w+)`/g)].map(([, word = '']) => word);
  expect(words.length, `docs/iam.md has no actions of ${command}`).toBeGreaterThan(0);
  return words.flatMap((word) => (word === 'diff' && command !== 'diff' ? documentedActions('diff') : [word]));
}

const allow = (actions: readonly string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
});

/** Runs a command on a copy of the world's AppConfig, whose callers may do only this. */
async function runWith(world: World, document: object, { args, fault }: Story) {
  const state = restore(structuredClone(world.emulator.snapshot()));
  const emulator = createEmulator({ now: world.clock.now, state, policy: parsePolicy(document) });
  if (fault !== undefined) emulator.injectFault({ operation: fault, kind: 'drop-after' });
  const [, label = ''] = /"label":"([^"]+)"/.exec(JSON.stringify(world.emulator.snapshot())) ?? [];
  const requestHandler = emulator.requestHandler();
  const { exitCode, stdout, stderr } = await world.appcfgWith(
    { requestHandler },
    ...args.replace('{label}', label).split(' '),
  );
  return { exitCode, text: stdout + stderr, calls: Object.keys(emulator.stats()) };
}

const settings = (strategy: string, durationMinutes: number, more = '') => `project: acme/config
deploymentStrategy: ${strategy}
deploymentStrategies: { quick: { durationMinutes: ${durationMinutes}, bakeMinutes: 0, growthFactor: 50 } }
${more}`;

const tree = {
  'appcfg.yml': settings('quick', 1),
  'template/Limits.yml': 'rate: 1',
  'tenants/acme/dev/.gitkeep': '',
  'tenants/acme/qa/.gitkeep': '',
};

const empty = async () => createWorld(tree);

async function sync(world: World, ...args: string[]): Promise<World> {
  const { exitCode, stderr } = await world.appcfg('sync', ...args);
  expect(exitCode, stderr).toBe(0);
  return world;
}

const deployed = async () => sync(await empty());

async function changed(): Promise<World> {
  const world = await deployed();
  world.write('template/Limits.yml', 'rate: 2');
  return world;
}

/** What was tried in dev goes to qa. */
async function promoted(): Promise<World> {
  const world = await deployed();
  world.write('tenants/acme/dev/Limits.yml', 'rate: 5');
  await sync(world);
  world.write('tenants/acme/qa/Limits.yml', 'rate: 5');
  return world;
}

/** With a strategy that is not the tree's. */
async function withStrategyId(): Promise<World> {
  const world = await changed();
  const { Id = '' } = await awsClient(world).send(
    new CreateDeploymentStrategyCommand({ Name: 'other', DeploymentDurationInMinutes: 0, GrowthFactor: 100 }),
  );
  world.write('appcfg.yml', settings(Id, 1));
  return world;
}

async function withMonitors(): Promise<World> {
  const world = await deployed();
  const arn = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:{tenant}';
  const monitors = `[{ alarmArn: "${arn}", alarmRoleArn: "arn:aws:iam::123456789012:role/alarms" }]`;
  world.write('appcfg.yml', settings('quick', 1, `environments: { qa: {}, dev: { monitors: ${monitors} } }`));
  return world;
}

const managedProfile =
  'profiles: { Limits: { kmsKey: alias/limits, schema: schemas/Limits.json, installValidator: true } }';

async function withManagedProfile(): Promise<World> {
  const world = await deployed();
  world.write('appcfg.yml', settings('quick', 1, managedProfile));
  world.write('schemas/Limits.json', '{}');
  world.write('template/Limits.yml', 'rate: 2');
  return world;
}

/** More versions than the settings keep. */
async function withOldVersions(): Promise<World> {
  const world = await twice();
  for (const rate of [3, 4]) {
    world.write('template/Limits.yml', `rate: ${rate}`);
    await sync(world);
  }
  world.write('appcfg.yml', settings('quick', 1, 'versions: { keep: 1 }'));
  world.write('template/Limits.yml', 'rate: 5');
  return world;
}

async function withSlowerStrategy(): Promise<World> {
  const world = await changed();
  world.write('appcfg.yml', settings('quick', 2));
  return world;
}

async function ofScripts(): Promise<World> {
  const world = await empty();
  await deployedByScripts(world, 'acme', { contents: { dev: '{"rate":9}' } });
  return world;
}

async function inFlight(): Promise<World> {
  const world = await changed();
  world.write('appcfg.yml', settings('quick', 600));
  await sync(world, '--no-wait');
  world.write('appcfg.yml', settings('quick', 1));
  world.write('template/Limits.yml', 'rate: 3');
  return world;
}

const twice = async () => sync(await changed());

/** After the time in which a deployment can be reverted. */
async function longAgo(durationMinutes: number, strategy = 'quick'): Promise<World> {
  const world = await twice();
  world.clock.advance(100 * 3_600_000);
  world.write('appcfg.yml', settings(strategy, durationMinutes).replace('quick:', `${strategy}:`));
  return world;
}

/** The same with a strategy that is not the tree's. */
async function longAgoWithId(): Promise<World> {
  const world = await withStrategyId();
  world.write('template/Limits.yml', 'rate: 2');
  await sync(world);
  world.clock.advance(100 * 3_600_000);
  return world;
}

interface Story {
  readonly make: () => Promise<World>;
  /** `{label}` is the label of the first version. */
  readonly args: string;
  /** The response to this operation is lost. */
  readonly fault?: string;
  /** Without this action the command warns, and has succeeded. */
  readonly warnsWithout?: string;
}

/** What a command may have to do. The actions of its stories together are the documented ones. */
const stories: Readonly<Record<string, readonly Story[]>> = {
  diff: [
    { make: changed, args: 'diff' },
    { make: promoted, args: 'diff' },
    { make: withStrategyId, args: 'diff' },
    { make: withManagedProfile, args: 'diff' },
  ],
  status: [
    { make: changed, args: 'status' },
    { make: promoted, args: 'status' },
    { make: withStrategyId, args: 'status' },
    { make: withManagedProfile, args: 'status' },
  ],
  history: [{ make: twice, args: 'history acme/*/*' }],
  sync: [
    { make: empty, args: 'sync' },
    { make: promoted, args: 'sync' },
    { make: withStrategyId, args: 'sync' },
    { make: withMonitors, args: 'sync' },
    { make: withManagedProfile, args: 'sync' },
    { make: withSlowerStrategy, args: 'sync' },
    { make: ofScripts, args: 'sync --adopt --allow-shrink' },
    { make: inFlight, args: 'sync --supersede' },
    { make: withOldVersions, args: 'sync', warnsWithout: 'DeleteHostedConfigurationVersion' },
  ],
  rollback: [
    { make: twice, args: 'rollback acme/*/Limits --yes' },
    { make: () => longAgo(1), args: 'rollback acme/*/Limits --yes' },
    { make: () => longAgo(2), args: 'rollback acme/*/Limits --yes' },
    { make: () => longAgo(1, 'other'), args: 'rollback acme/*/Limits --yes' },
    { make: longAgoWithId, args: 'rollback acme/*/Limits --yes' },
    { make: twice, args: 'rollback acme/*/Limits --to {label} --yes' },
  ],
  cleanup: [
    { make: inFlight, args: 'cleanup --all --yes' },
    { make: inFlight, args: 'cleanup --all --yes', fault: 'StopDeployment' },
    { make: withOldVersions, args: 'cleanup --versions --yes' },
  ],
};

test.each(Object.keys(stories))('%s passes with the documented actions, and needs each of them', async (command) => {
  const documented = documentedActions(command);
  const policy = [...documented.map((action) => `appconfig:${action}`), 'iam:PassRole'];
  const user = new Map<string, { readonly world: World; readonly story: Story }>();
  for (const story of stories[command] ?? []) {
    const world = await story.make();
    const { exitCode, text, calls } = await runWith(world, allow(policy), story);
    expect(exitCode, `${story.args}\n${text}`).toBe(0);
    for (const operation of calls) if (!user.has(operation)) user.set(operation, { world, story });
    // Resources that are created with tags need it, too.
    if (calls.includes('StartDeployment') && !user.has('TagResource')) user.set('TagResource', { world, story });
  }
  user.delete('GetCallerIdentity');
  expect([...user.keys()].sort()).toEqual([...documented].sort());
  for (const [action, { world, story }] of user) {
    const fewer = policy.filter((each) => each !== `appconfig:${action}`);
    const { exitCode, text } = await runWith(world, allow(fewer), story);
    expect(exitCode, `${story.args} without ${action}\n${text}`).toBe(story.warnsWithout === action ? 0 : 6);
    expect(text).toContain(`allow the IAM action appconfig:${action}`);
  }
});

/** With a strategy of AWS. */
async function withStrategyOfAws(): Promise<World> {
  const world = await changed();
  world.write('appcfg.yml', settings('AppConfig.AllAtOnce', 1));
  return world;
}

/** What monitors need besides. */
const passRole = { Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' };

/** Stories of what has the project's tag. Adoption and strategies of others need more: docs/iam.md names it. */
const ownStories = (...commands: readonly string[]): readonly Story[] =>
  commands
    .flatMap((command) => stories[command] ?? [])
    .filter(({ make }) => ![withStrategyId, longAgoWithId, ofScripts].includes(make));

test.each([
  ['read', readPolicy, ownStories('diff', 'status', 'history')],
  ['write', writePolicy, [...ownStories('sync', 'rollback', 'cleanup'), { make: withStrategyOfAws, args: 'sync' }]],
] as const)(
  'the policy of the role to %s that init writes is enough for its commands, and without any of its actions one of them fails',
  { timeout: 120_000 },
  async (_, policyOf, itsStories) => {
    const policy = policyOf('acme/config');
    const ran: { readonly world: World; readonly story: Story; readonly calls: readonly string[] }[] = [];
    for (const story of itsStories) {
      const world = await story.make();
      const { exitCode, text, calls } = await runWith(world, { Statement: [...policy.Statement, passRole] }, story);
      expect(exitCode, `${story.args}\n${text}`).toBe(0);
      ran.push({ world, story, calls });
    }
    const unneeded: string[] = [];
    for (const [index, statement] of policy.Statement.entries()) {
      const { Sid, Effect, Action } = statement;
      if (Effect !== 'Allow') continue;
      for (const action of Action) {
        const without = { ...statement, Action: Action.filter((each) => each !== action) } as const;
        const Statement = [...policy.Statement.with(index, without), passRole];
        const operation = action.replace('appconfig:', '');
        let isNeeded = false;
        for (const { world, story, calls } of ran) {
          // Resources that are created with tags need it, too.
          if (isNeeded || !(operation === 'TagResource' || calls.includes(operation))) continue;
          const { exitCode, text } = await runWith(world, { Statement }, story);
          isNeeded = exitCode !== 0 || (story.warnsWithout === operation && text.includes('allow the IAM action'));
        }
        if (!isNeeded) unneeded.push(`${Sid}: ${action}`);
      }
    }
    expect(unneeded).toEqual([]);
  },
);

test('the documented policy for adoption, beside that of the role to write, lets a project adopt, and without it none', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/iam.md'), 'utf8');
  const [, text = ''] = /## For adoption[\s\S]*?```json\n([\s\S]*?)```/.exec(page) ?? [];
  const { Statement: own } = writePolicy('acme/config');
  const adoption = JSON.parse(text).Statement;
  const story = { make: ofScripts, args: 'sync --adopt --allow-shrink' };
  const outcome = async (Statement: readonly object[]) => runWith(await ofScripts(), { Statement }, story);
  const { exitCode, text: shown } = await outcome([...own, ...adoption]);
  expect(exitCode, shown).toBe(0);
  expect((await outcome(own)).exitCode).toBe(6);
});

test('a policy narrowed by tags and resources holds for each call', async () => {
  const world = await deployed();
  const tagged = (key: string) => ({ StringEquals: { [key]: 'acme/config' } });
  const own = { Effect: 'Allow', Action: '*', Resource: '*', Condition: tagged('aws:ResourceTag/appcfg:project') };
  const lists = {
    Effect: 'Allow',
    Action: ['appconfig:ListApplications', 'appconfig:ListDeploymentStrategies'],
    Resource: '*',
  };
  const outcome = async (statements: readonly object[], args: string) => {
    const state = restore(structuredClone(world.emulator.snapshot()));
    const policy = parsePolicy({ Statement: statements });
    const requestHandler = createEmulator({ now: world.clock.now, state, policy }).requestHandler();
    return world.appcfgWith({ requestHandler }, ...args.split(' '));
  };
  expect((await outcome([own, lists], 'diff')).exitCode).toBe(0);
  await awsClient(world).send(new CreateApplicationCommand({ Name: 'other' }));
  world.write('tenants/other/dev/.gitkeep', '');
  const unmanaged = await outcome([own, lists], 'diff');
  expect(unmanaged.stderr).toMatch(
    /not authorized to perform: appconfig:\w+ on resource: arn:aws:appconfig:us-east-1:123456789012:application\//,
  );
  expect(unmanaged.exitCode).toBe(6);
  world.write('tenants/other', undefined);
  const strategies = {
    Effect: 'Deny',
    Action: 'appconfig:StartDeployment',
    Resource: 'arn:aws:appconfig:*:*:deploymentstrategy/*',
  };
  world.write('template/Limits.yml', 'rate: 7');
  const denied = await outcome([{ ...own, Condition: {} }, strategies], 'sync');
  expect(denied.stderr).toContain('with an explicit deny in an identity-based policy');
  expect(denied.exitCode).toBe(6);
});

test('the documented policy that tags narrow lets a project deploy, and touch nothing of another', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/iam.md'), 'utf8');
  const [, text = ''] = /## Narrow the roles by tags[\s\S]*?```json\n([\s\S]*?)```/.exec(page) ?? [];
  const policy = parsePolicy(JSON.parse(text));
  const world = createWorld({ ...tree, 'tenants/theirs/dev/.gitkeep': '' });
  world.write('appcfg.yml', settings('quick', 1).replace('acme/config', 'other/config'));
  await sync(world, '--tenant', 'theirs');
  world.write('tenants/theirs', undefined);
  const emulator = createEmulator({ now: world.clock.now, state: restore(world.emulator.snapshot()), policy });
  const requestHandler = emulator.requestHandler();
  const runs = async (...args: string[]) => {
    const { exitCode, stderr } = await world.appcfgWith({ requestHandler }, ...args);
    expect(exitCode, `${args}: ${stderr}`).toBe(0);
  };
  world.write('appcfg.yml', settings('quick', 1));
  await runs('sync');
  world.write('template/Limits.yml', 'rate: 2');
  world.write('appcfg.yml', settings('AppConfig.AllAtOnce', 2));
  await runs('diff');
  await runs('sync');
  await runs('rollback', 'acme/dev/Limits', '--yes');
  await runs('status');
  world.write('appcfg.yml', settings('AppConfig.AllAtOnce', 2, 'versions: { keep: 1 }'));
  for (const rate of [3, 4, 5]) {
    world.write('template/Limits.yml', `rate: ${rate}`);
    await runs('sync');
  }
  expect(emulator.stats()).toMatchObject({ DeleteHostedConfigurationVersion: expect.any(Number) });
  await runs('cleanup', '--versions', '--yes');
  await runs('cleanup', '--all', '--yes');
  // What the project of the tree may not do through appcfg, its role may not do either.
  const { aws: client } = new OtherClient(emulator);
  const { Items: [other] = [] } = await client.send(new ListApplicationsCommand({}));
  expect(other?.Name).toBe('theirs');
  const ApplicationId = other?.Id;
  const ResourceArn = `arn:aws:appconfig:us-east-1:123456789012:application/${ApplicationId}`;
  for (const command of [
    new ListConfigurationProfilesCommand({ ApplicationId }),
    new UpdateApplicationCommand({ ApplicationId, Description: 'ours' }),
    new TagResourceCommand({ ResourceArn, Tags: { 'appcfg:project': 'acme/config' } }),
    new UntagResourceCommand({ ResourceArn, TagKeys: ['appcfg:project'] }),
    new DeleteApplicationCommand({ ApplicationId }),
    new CreateApplicationCommand({ Name: 'no tag' }),
    new CreateApplicationCommand({ Name: 'another tag', Tags: { 'appcfg:project': 'other/config' } }),
  ]) {
    await expect(client.send(command as TagResourceCommand), command.constructor.name).rejects.toThrow(
      'not authorized',
    );
  }
});

test('the library and the command take a policy, and refuse one that they cannot evaluate', async () => {
  const emulator = await startEmulator({ policy: allow(['appconfig:List*']) });
  onTestFinished(() => emulator.close());
  const list = await fetch(`${emulator.url}/applications`);
  const create = await fetch(`${emulator.url}/applications`, { method: 'POST', body: '{"Name":"acme"}' });
  expect([list.status, create.status]).toEqual([200, 403]);
  expect(await create.json()).toEqual({
    Message:
      'User: arn:aws:iam::123456789012:user/local is not authorized to perform: appconfig:CreateApplication on resource: * because no identity-based policy allows the appconfig:CreateApplication action',
  });
  const world = createWorld({ 'text.json': 'no', 'empty.json': '{}', 'folder/a': '' });
  for (const file of ['text.json', 'empty.json', 'absent.json', 'folder']) {
    const { exitCode, stderr } = await world.appcfg('emulator', '--port', '0', '--policy', file);
    expect(stderr).toContain(`--policy "${file}" cannot be used`);
    expect(exitCode).toBe(3);
  }
});
