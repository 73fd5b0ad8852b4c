// `appcfg doctor` finds each planted fault, and no other.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readPolicy, writePolicy } from '../../src/core/init/iam-policies.ts';
import { createEmulator } from '../../src/emulator/host/emulator.ts';
import { parsePolicy } from '../../src/emulator/rules/iam-policy.ts';
import { restore } from '../../src/emulator/state/restore.ts';
import { SnapshotWriter } from '../../src/emulator/state/snapshot-writer.ts';
import { createWorld, inPipeline, type RunOptions } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: acme/config\naws: { allowedAccounts: ["123456789012"] }\n',
  'template/Limits.yml': 'rate: 1\n',
  'tenants/acme/dev/.gitkeep': '',
};

const token = (claims: object) =>
  [{ alg: 'none' }, claims, {}].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
const claims = { aud: 'appcfg', sub: 'project_path:acme/config:ref_type:branch:ref:main', ref_protected: 'true' };
const withToken = (more: object) => ({
  ...inPipeline,
  GITLAB_CI: 'true',
  APPCFG_ID_TOKEN: token({ ...claims, ...more }),
});
const allow = (...actions: string[]) => ({ Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });
const deny = (action: string) => ({
  Statement: [
    { Effect: 'Allow', Action: 'appconfig:*', Resource: '*' },
    { Effect: 'Deny', Action: `appconfig:${action}`, Resource: '*' },
  ],
});

/** A policy that does not allow an action. */
const without = (action: string, { Statement }: ReturnType<typeof readPolicy>) => ({
  Statement: Statement.map((each) => ({
    ...each,
    Action: each.Action.filter((name) => name !== `appconfig:${action}`),
  })),
});

interface Machine {
  readonly files?: Readonly<Record<string, string | undefined>>;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly policy?: object;
  /** Whether the tree was deployed. */
  readonly isLive?: true;
  readonly nodeVersion?: string;
  /** What Git knows of the tree. */
  readonly git?: 'none' | 'shallow';
  /** Milliseconds by which the service's clock is ahead. */
  readonly skew?: number;
}

async function doctorOn({ files = {}, args = [], env = {}, policy, isLive, nodeVersion, git, skew = 0 }: Machine) {
  const world = createWorld(
    Object.fromEntries(
      Object.entries({ ...tree, ...files }).flatMap(([path, text]) => (text === undefined ? [] : [[path, text]])),
    ),
  );
  if (git !== 'none') {
    const run = (...words: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {
        cwd: world.directory,
        stdio: 'ignore',
      });
    run('init', '-q');
    run('add', '-A');
    run('commit', '-q', '-m', 'first');
    if (git === 'shallow')
      world.write('.git/shallow', execFileSync('git', ['rev-parse', 'HEAD'], { cwd: world.directory }).toString());
  }
  const now = () => world.clock.now() + skew;
  const empty = createEmulator({ now });
  if (isLive) {
    const deployed = await world.appcfgWith({ requestHandler: empty.requestHandler() }, 'sync');
    expect(deployed.exitCode, deployed.stderr).toBe(0);
  }
  const emulator = createEmulator({
    now,
    state: restore(JSON.parse(new SnapshotWriter().text(empty.snapshot()))),
    ...(policy !== undefined && { policy: parsePolicy(policy) }),
  });
  const options: RunOptions = {
    env: { AWS_REGION: 'us-east-1', ...env },
    requestHandler: emulator.requestHandler(),
    ...(nodeVersion !== undefined && { nodeVersion }),
  };
  const { exitCode, json, stderr } = await world.appcfgWith(options, 'doctor', ...args, '-o', 'json');
  const checks = json.checks as { name: string; result: string; detail: string; hint: string | null }[];
  return {
    exitCode,
    stderr,
    checks,
    faults: checks.filter(({ result }) => result === 'fault').map(({ name }) => name),
    created: JSON.stringify(emulator.snapshot()).includes('"probe"'),
  };
}

test.each([
  ['everything is in order', {}],
  ['with the policy of init', { policy: writePolicy('acme/config') }],
  ['with the policy of init for reading', { policy: readPolicy('acme/config'), args: ['--for', 'diff'] }],
  ['for cleanup', { policy: writePolicy('acme/config'), args: ['--for', 'cleanup'] }],
  ['with the policy of init, and what it deployed', { policy: writePolicy('acme/config'), isLive: true }],
  ['for import', { policy: readPolicy('acme/config'), args: ['--for', 'import'], isLive: true }],
  [
    'for import, without a tree',
    { files: { 'template/Limits.yml': '', 'tenants/acme/dev/.gitkeep': undefined }, args: ['--for', 'import'] },
  ],
  ['for the end of a rename', { policy: readPolicy('acme/config'), args: ['--for', 'tenant rename'] }],
  ['in a job with a token', { env: withToken({ exp: 4_000_000_000 }) }],
  ['a clock that differs by a minute', { skew: 60_000 }],
] as readonly (readonly [string, Machine])[])('no fault: %s', async (_, machine) => {
  const { exitCode, faults, checks, stderr, created } = await doctorOn(machine);
  expect(faults, JSON.stringify(checks, undefined, 1)).toEqual([]);
  expect([exitCode, stderr, created]).toEqual([0, expect.not.stringContaining('error'), false]);
});

test.each([
  ['an old Node', { nodeVersion: 'v18.20.0' }, 'Node'],
  ['a Node that is a little too old', { nodeVersion: 'v20.18.3' }, 'Node'],
  ['no Git repository', { git: 'none' }, 'Git'],
  ['a shallow clone', { git: 'shallow' }, 'Git'],
  ['no Git', { env: { PATH: '/nonexistent' } }, 'Git'],
  ['a wrong key in the settings', { files: { 'appcfg.yml': `${tree['appcfg.yml']}wavez: []\n` } }, 'settings'],
  ['settings that are no YAML', { files: { 'appcfg.yml': 'project: [\n' } }, 'settings'],
  ['a file with an error', { files: { 'tenants/acme/dev/Limits.yml': 'rate: [1\n' } }, 'tree'],
  ['a tenant without environments', { files: { 'tenants/empty/Limits.yml': 'rate: 1\n' } }, 'tree'],
  [
    'another account',
    { files: { 'appcfg.yml': 'project: a\naws: { allowedAccounts: ["111122223333"] }\n' } },
    'account',
  ],
  ['a Region that is none', { env: { AWS_REGION: 'eu-west-1a' } }, 'Region'],
  ['a token that has expired', { env: withToken({ exp: 1 }) }, 'ID token'],
  ['a token without claims', { env: { ...inPipeline, APPCFG_ID_TOKEN: 'x' } }, 'ID token'],
  ['a token without an audience', { env: withToken({ exp: 4_000_000_000, aud: undefined }) }, 'ID token'],
  ['a branch that is not protected', { env: withToken({ exp: 4_000_000_000, ref_protected: 'false' }) }, 'ID token'],
  [
    'a quota that is too small',
    {
      files: {
        'appcfg.yml': `${tree['appcfg.yml'].replace('aws: {', 'aws: { quotas: { applications: 1 },')}`,
        'tenants/other/dev/.gitkeep': '',
      },
    },
    'quotas',
  ],
  ['a clock that is ten minutes behind', { skew: 600_000 }, 'clock'],
  ['a clock that is ten minutes ahead', { skew: -600_000 }, 'clock'],
  ['no permission to list applications', { policy: deny('ListApplications') }, 'ListApplications'],
  [
    'no permission to read contents',
    { policy: deny('GetHostedConfigurationVersion') },
    'GetHostedConfigurationVersion',
  ],
  [
    'no permission to read contents, for import',
    { policy: deny('GetHostedConfigurationVersion'), args: ['--for', 'import'] },
    'GetHostedConfigurationVersion',
  ],
  ...(['ListDeployments', 'ListConfigurationProfiles', 'GetHostedConfigurationVersion'] as const).map(
    (action): readonly [string, Machine, string] => [
      `no permission for ${action} in a policy that tags narrow`,
      { policy: without(action, readPolicy('acme/config')), args: ['--for', 'diff'], isLive: true },
      action,
    ],
  ),
  ['no permission to start deployments', { policy: deny('StartDeployment') }, 'StartDeployment'],
  ['no permission to tag', { policy: deny('TagResource') }, 'TagResource'],
  ['no permission to create applications', { policy: deny('CreateApplication') }, 'CreateApplication'],
  [
    'no permission to create versions',
    { policy: deny('CreateHostedConfigurationVersion') },
    'CreateHostedConfigurationVersion',
  ],
  [
    'no permission to delete, for cleanup',
    { policy: deny('DeleteEnvironment'), args: ['--for', 'cleanup'] },
    'DeleteEnvironment',
  ],
] as readonly (readonly [string, Machine, string])[])(
  '%s is the only fault, and has a fix',
  async (_, machine, name) => {
    const { exitCode, faults, checks, created } = await doctorOn(machine);
    expect(faults, JSON.stringify(checks, undefined, 1)).toEqual([name]);
    expect([exitCode, created]).toEqual([6, false]);
    expect(checks.find(({ result }) => result === 'fault')?.hint).toEqual(expect.any(String));
  },
);

test('with what is live, a policy that tags narrow leaves no read unchecked; without, reads cannot be checked', async () => {
  const reads = async (isLive: boolean) => {
    const args = ['--for', 'diff'];
    const machine = { policy: readPolicy('acme/config'), args, ...(isLive && { isLive: true as const }) };
    const { checks } = await doctorOn(machine);
    return checks
      .filter(({ name, result }) => /^(List|Get)/.test(name) && result === 'not-checkable')
      .map(({ name }) => name);
  };
  expect(await reads(true)).toEqual([]);
  expect(await reads(false)).toContain('ListEnvironments');
});

test('an application that something else deletes meanwhile does not end the search for what is live', async () => {
  const world = createWorld({ ...tree, 'tenants/beta/dev/.gitkeep': '' });
  const empty = createEmulator({ now: world.clock.now });
  expect((await world.appcfgWith({ requestHandler: empty.requestHandler() }, 'sync')).exitCode).toBe(0);
  const emulator = createEmulator({
    now: world.clock.now,
    state: restore(JSON.parse(new SnapshotWriter().text(empty.snapshot()))),
    policy: parsePolicy(readPolicy('acme/config')),
  });
  for (const isDeleted of [
    (path: string, earlier: number) => path.startsWith('/tags/') && earlier === 0,
    (path: string, earlier: number) => path.endsWith('/environments') && earlier === 0,
  ]) {
    let earlier = 0;
    const [found, gone] = [emulator, empty].map(
      (each) => each.requestHandler() as unknown as { handle(...args: unknown[]): Promise<unknown> },
    );
    const handle = (request: { path: string }, ...others: unknown[]) => {
      if (!isDeleted(decodeURIComponent(request.path), earlier)) return found?.handle(request, ...others);
      earlier += 1;
      return gone?.handle({ ...request, path: '/applications/zzzz' }, ...others);
    };
    const requestHandler = { handle } as unknown as NonNullable<RunOptions['requestHandler']>;
    const { json } = await world.appcfgWith({ requestHandler }, 'doctor', '--for', 'diff', '-o', 'json');
    const checks = json.checks as { name: string; result: string }[];
    expect([earlier, checks.find(({ name }) => name === 'ListEnvironments')?.result]).toEqual([1, 'ok']);
  }
});

test('a policy that allows to read alone: each action that writes is a fault or cannot be checked', async () => {
  const { faults, checks } = await doctorOn({ policy: allow('appconfig:List*', 'appconfig:Get*') });
  const of = (name: string) => checks.find((check) => check.name === name)?.result;
  expect(faults).toEqual(['CreateApplication', 'TagResource']);
  expect([of('StartDeployment'), of('ListEnvironments')]).toEqual(['not-checkable', 'ok']);
});

test('as text, permissions that are no fault are counted, and a fault has its fix', async () => {
  const world = createWorld(tree);
  const requestHandler = createEmulator({
    now: world.clock.now,
    policy: parsePolicy(deny('StartDeployment')),
  }).requestHandler();
  const { stdout, exitCode } = await world.appcfgWith({ requestHandler }, 'doctor');
  expect(stdout).toMatch(/^ok +permissions +\d+ allowed$/m);
  expect(stdout).toMatch(
    /^fault +StartDeployment +denied with an explicit deny [^\n]*\n +allow the IAM action appconfig:StartDeployment$/m,
  );
  expect(stdout).toMatch(/\n2 faults\.\n$/);
  expect(exitCode).toBe(6);
  const all = await world.appcfgWith({ requestHandler }, 'doctor', '-v');
  expect(all.stdout).toMatch(/^ok +ListApplications +allowed$/m);
});
