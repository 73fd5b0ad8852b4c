// Responses that AWS does not send: of a proxy, of a login page, of another service, or forged.
import { execFile } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { intercepted } from '../support/request-handlers.ts';
import { createWorld, type Outcome, type World } from '../support/world.ts';

const tree = {
  'appcfg.yml': `project: acme/config
deploymentStrategy: quick
deploymentStrategies: { quick: { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100 } }
`,
  'template/Limits.yml': 'rate: 1',
  'tenants/acme/dev/.gitkeep': '',
};

/** A world whose one address is deployed, and changed in the tree. */
async function changedWorld(): Promise<World> {
  const world = createWorld(tree);
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.write('template/Limits.yml', 'rate: 2');
  return world;
}

/** Method and path of a call. */
type Call = readonly [method: string, path: RegExp];

interface Lie {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

/** Runs a command with an AppConfig that responds to these calls with a lie. */
async function lied(world: World, [method, path]: Call, lie: Lie, ...args: string[]): Promise<Outcome> {
  let lies = 0;
  const requestHandler = intercepted(world, async (call) => {
    if (call.method !== method || !path.test(call.path)) return call.answer();
    lies += 1;
    const { status = 200, headers = { 'content-type': 'application/json' } } = lie;
    const body = typeof lie.body === 'string' ? Buffer.from(lie.body) : lie.body;
    return { response: { statusCode: status, headers, body } };
  });
  const outcome = await world.appcfgWith({ requestHandler }, ...args);
  expect(lies, `${args.join(' ')} does not call ${path}`).toBeGreaterThan(0);
  return outcome;
}

function expectUnexpected(outcome: Outcome, lie: string): void {
  const { exitCode, stdout, stderr } = outcome;
  expect(stderr, lie).toMatch(new RegExp(`the response to ${lie.split(':')[0]}[^\n]* is not`));
  expect(stderr, lie).not.toMatch(/internal error|^\s+at /m);
  expect(stdout, lie).not.toMatch(/Nothing to do|no changes/i);
  expect(exitCode, `${lie}\n${stderr}`).toBe(1);
}

const login = '<!doctype html><html><body>Please sign in.</body></html>';
const error = '{"Message":"Something went wrong","__type":"InternalServerException"}';
const json = 'application/json';

const applications: Call = ['GET', /^\/applications$/];
const environments: Call = ['GET', /\/environments$/];
const deployments: Call = ['GET', /\/deployments$/];
const deployment: Call = ['GET', /\/deployments\/\d+$/];
const versions: Call = ['GET', /\/hostedconfigurationversions$/];
const version: Call = ['GET', /\/hostedconfigurationversions\/\d+$/];
const strategies: Call = ['GET', /^\/deploymentstrategies$/];
const tags: Call = ['GET', /^\/tags\//];
const sts: Call = ['POST', /^\/$/];
const otherVersion = { 'application-id': 'abc', 'configuration-profile-id': 'abc', 'version-number': '7' };

/** Operation and what is wrong, the calls, the lie, and the command; `diff` if none is given. */
const readings: readonly (readonly [lie: string, Call, Lie, string?])[] = [
  ['ListApplications: an empty object', applications, { body: '{}' }],
  ['ListApplications: a list with null', applications, { body: '{"Items":[null]}' }],
  ['ListApplications: the page of a proxy', applications, { body: login, headers: { 'content-type': 'text/html' } }],
  ['ListApplications: an error with status 200', applications, { body: error }],
  ['ListApplications: null', applications, { body: 'null' }],
  ['ListApplications: an item without a name', applications, { body: '{"Items":[{"Id":"abc1234"}]}' }],
  ['ListApplications: a redirect', applications, { status: 302, headers: { location: '/sso' }, body: '' }],
  ['ListApplications: 404 of another server', applications, { status: 404, body: '{"error":"not found"}' }],
  ['ListApplications: an empty object for status', applications, { body: '{}' }, 'status'],
  ['ListApplications: an empty object for cleanup', applications, { body: '{}' }, 'cleanup --orphans --yes'],
  ['ListApplications: an empty object for rollback', applications, { body: '{}' }, 'rollback acme/dev/Limits --yes'],
  ['ListApplications: an empty object for sync', applications, { body: '{}' }, 'sync'],
  ['ListEnvironments: an empty object', environments, { body: '{}' }],
  [
    'ListEnvironments: those of another application',
    environments,
    { body: '{"Items":[{"ApplicationId":"zzzzzzz","Id":"abc1234","Name":"dev"}]}' },
  ],
  ['ListDeployments: an empty object', deployments, { body: '{}' }],
  ['ListDeployments: a time', deployments, { body: '{"Items":[{"DeploymentNumber":1,"StartedAt":"now"}]}' }],
  ['ListDeploymentStrategies: an empty object', strategies, { body: '{}' }],
  ['ListHostedConfigurationVersions: null', versions, { body: '{"Items":[null]}' }, 'cleanup --tenant acme --yes'],
  ['ListTagsForResource: an error with status 200', tags, { body: error }],
  ['ListTagsForResource: a tag that is null', tags, { body: '{"Tags":{"appcfg:project":null}}' }],
  ['GetHostedConfigurationVersion: the page of a proxy', version, { body: login }],
  ['GetHostedConfigurationVersion: an error with status 200', version, { body: error }],
  ['GetHostedConfigurationVersion: another version', version, { body: '{}', headers: otherVersion }],
  [
    'GetDeployment: another one',
    deployment,
    { body: '{"DeploymentNumber":99,"State":"COMPLETE"}' },
    'history acme/dev/Limits',
  ],
  ['GetCallerIdentity: the page of a proxy', sts, { body: login }],
  ['GetCallerIdentity: an empty body', sts, { body: '' }],
  ['GetCallerIdentity: an error with status 200', sts, { body: '<ErrorResponse><Error/></ErrorResponse>' }],
  [
    'GetCallerIdentity: an account of one digit',
    sts,
    { body: '<R><GetCallerIdentityResult><Account>1</Account><Arn>arn:aws:x</Arn></GetCallerIdentityResult></R>' },
  ],
];

test('whatever is read: what AWS does not send is response-unexpected, and never an empty list or other content', async () => {
  const world = await changedWorld();
  for (const [lie, call, response, args = 'diff'] of readings) {
    expectUnexpected(await lied(world, call, response, ...args.split(' ')), lie);
  }
  const report = JSON.parse((await lied(world, applications, { body: '{}' }, 'diff', '-o', 'json')).stdout);
  expect(report.problems).toMatchObject([{ code: 'response-unexpected' }]);
});

test('a resource without tags, which AWS may send as an empty object, is unmanaged: nothing of it is read or changed', async () => {
  const world = await changedWorld();
  world.takeCalls();
  for (const command of ['diff', 'status', 'sync', 'history acme/dev/Limits', 'rollback acme/dev/Limits --yes']) {
    const { stdout, stderr } = await lied(world, tags, { body: '{}' }, ...command.split(' '));
    expect(stdout + stderr, command).not.toMatch(/rate/);
  }
  const calls = world.takeCalls();
  expect(Object.keys(calls).filter((name) => !/^(List|GetCallerIdentity)/.test(name))).toEqual([]);
});

test('whatever is written: a step whose response is not one of AWS fails, and nothing is built on it', async () => {
  const writes: readonly (readonly [lie: string, Call, Lie])[] = [
    ['CreateApplication: an empty object', ['POST', /^\/applications$/], { body: '{}' }],
    ['CreateApplication: another name', ['POST', /^\/applications$/], { body: '{"Id":"abc1234","Name":"other"}' }],
    ['CreateEnvironment: the page of a proxy', ['POST', /\/environments$/], { body: login }],
    ['CreateHostedConfigurationVersion: the page of a proxy', ['POST', /versions$/], { body: login }],
    ['StartDeployment: an empty object', ['POST', /\/deployments$/], { body: '{}' }],
    ['StartDeployment: no state', ['POST', /\/deployments$/], { body: '{"DeploymentNumber":1}' }],
  ];
  for (const [lie, call, response] of writes) {
    const world = createWorld(tree);
    expectUnexpected(await lied(world, call, response, 'sync'), lie);
  }
  const world = await changedWorld();
  world.write('tenants/acme', undefined);
  world.write('tenants/zeta/dev/.gitkeep', '');
  const deletions: readonly (readonly [lie: string, Call, Lie])[] = [
    ['DeleteEnvironment: the page of a proxy', ['DELETE', /\/environments\/\w+$/], { body: login }],
    ['DeleteEnvironment: an error with status 200', ['DELETE', /\/environments\/\w+$/], { body: error }],
  ];
  for (const [lie, call, response] of deletions) {
    expectUnexpected(await lied(world, call, response, 'cleanup', '--orphans', '--yes'), lie);
  }
});

test('the same page token twice ends the reading', async () => {
  const world = await changedWorld();
  const item = '{"Id":"abc1234","Name":"other"}';
  const calls = async (tokenOf: (page: number) => string, ...args: string[]) => {
    let pages = 0;
    const requestHandler = intercepted(world, async (call) => {
      if (!applications[1].test(call.path)) return call.answer();
      pages += 1;
      const body = Buffer.from(`{"Items":[${item}],"NextToken":"${tokenOf(pages)}"}`);
      return { response: { statusCode: 200, headers: {}, body } };
    });
    return { outcome: await world.appcfgWith({ requestHandler }, ...args), pages: () => pages };
  };
  for (const command of [
    'diff',
    'status',
    'history acme/dev/Limits',
    'cleanup --orphans --yes',
    'rollback acme/dev/Limits --yes',
  ]) {
    const same = await calls(() => 'again', ...command.split(' '));
    expectUnexpected(same.outcome, `ListApplications: the same token in ${command}`);
    expect(same.pages()).toBe(2);
  }
  const inTurn = await calls((page) => `token${page % 3}`, 'diff');
  expectUnexpected(inTurn.outcome, 'ListApplications: tokens in turn');
  expect(inTurn.pages()).toBe(4);
  expect((await calls(() => '', 'diff')).outcome.stderr).not.toContain('the response to');
});

test('a response of hundreds of megabytes is not read: not its content, an error, or that of STS', async () => {
  const world = await changedWorld();
  const chunk = Buffer.alloc(1024 * 1024, ' ');
  const endless = () => {
    let read = 0;
    const body = (async function* () {
      for (; read < 500; read += 1) yield chunk;
    })();
    return { body, read: () => read };
  };
  const cases: readonly (readonly [string, Call, Omit<Lie, 'body'>])[] = [
    ['ListApplications: endless', applications, {}],
    ['ListTagsForResource: an endless error', tags, { status: 400 }],
    ['GetHostedConfigurationVersion: endless', version, { headers: { 'content-type': json } }],
    ['GetCallerIdentity: endless', sts, {}],
  ];
  for (const [lie, call, response] of cases) {
    const { body, read } = endless();
    expectUnexpected(await lied(world, call, { ...response, body }, 'diff'), lie);
    expect(read(), lie).toBeLessThan(10);
  }
  const announced = endless();
  const headers = { 'content-length': String(500 * 1024 * 1024) };
  expectUnexpected(
    await lied(world, applications, { headers, body: announced.body }, 'diff'),
    'ListApplications: long',
  );
  expect(announced.read()).toBe(0);
  const whole = { body: Buffer.alloc(9 * 1024 * 1024, ' ') };
  expectUnexpected(await lied(world, applications, whole, 'diff'), 'ListApplications: 9 MB at once');
});

/** Runs the program in a process of its own, with an endpoint that responds as given. */
async function overHttp(respond: (response: ServerResponse) => void, ...args: string[]): Promise<Outcome> {
  const server = createServer((_request, response) => respond(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { directory } = createWorld({ ...tree, 'appcfg.yml': 'project: acme/config\n' });
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [
        '--max-old-space-size=64',
        join(import.meta.dirname, '../../bin/appcfg.js'),
        ...args,
        '--endpoint-url',
        endpoint,
      ],
      {
        cwd: directory,
        env: {
          PATH: process.env.PATH,
          HOME: directory,
          AWS_ACCESS_KEY_ID: 'local',
          AWS_SECRET_ACCESS_KEY: 'local',
          AWS_REGION: 'eu-west-1',
          AWS_EC2_METADATA_DISABLED: 'true',
        },
      },
      (failed, stdout, stderr) =>
        resolve({ exitCode: typeof failed?.code === 'number' ? failed.code : 0, stdout, stderr, json: undefined }),
    );
  });
}

test('over HTTP the connection of an endless response is closed', async () => {
  const chunk = Buffer.alloc(1024 * 1024, ' ');
  let sent = 0;
  const outcome = await overHttp((response) => {
    const send = () => {
      while (!response.destroyed && sent < 500) {
        sent += 1;
        if (!response.write(chunk)) {
          response.once('drain', send);
          return;
        }
      }
      response.end();
    };
    response.writeHead(200, { 'content-type': json });
    send();
  }, 'diff');
  expectUnexpected(outcome, 'ListApplications: endless over HTTP');
  expect(sent).toBeLessThan(50);
});
