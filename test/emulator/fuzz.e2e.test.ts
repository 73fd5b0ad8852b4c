// Malformed requests. They take three seconds here; `npm run fuzz` takes a minute.
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/emulator/host/emulator.ts';
import { listen, listenAsAgent } from '../../src/emulator/host/http-server.ts';
import { routes } from '../../src/emulator/operations/routes.ts';
import { restore } from '../../src/emulator/state/restore.ts';

const seconds = Number(process.env.FUZZ_SECONDS ?? '3');
// The test suite makes the same requests every time; `npm run fuzz` makes others.
const seed = Number(
  process.env.FUZZ_SEED ?? (process.env.FUZZ_SECONDS === undefined ? 20_260_301 : Date.now() % 1_000_000),
);

/** The random number generator mulberry32: the same seed makes the same requests. */
function createDice(start: number) {
  let state = start;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(next() * n);
  const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  return { below, pick, chance: (share: number) => next() < share };
}

type Dice = ReturnType<typeof createDice>;

const oddTexts = [
  '',
  ' ',
  '\u0000',
  '../..',
  '%',
  '%zz',
  '%00',
  '%ff%fe',
  '%E2%82',
  'ü€😀',
  '__proto__',
  'constructor',
  'null',
  '-1',
  '9'.repeat(30),
  'a'.repeat(3000),
  "'; DROP TABLE",
];
const oddValues: readonly unknown[] = [
  ...oddTexts,
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  [],
  {},
  [[]],
  [null],
  { a: { b: [] } },
  [{ AlarmArn: 1 }],
  [{ Type: 'LAMBDA' }],
  [{ Type: 'LAMBDA', Content: 'arn:aws:lambda:us-east-1:123456789012:function:ü€😀' }],
  [{ Type: 'JSON_SCHEMA', Content: `${'{"items":'.repeat(3000)}{}${'}'.repeat(3000)}` }],
  [{ Type: 'JSON_SCHEMA', Content: '{"allOf":[{"$ref":"#"}]}' }],
  { '\ud800': 'y' },
  { x: '\udc00' },
  { 'aws:x': 'y' },
  { __proto__: 1 },
];
const members = [
  'Name',
  'Description',
  'Tags',
  'Monitors',
  'Validators',
  'LocationUri',
  'Type',
  'KmsKeyIdentifier',
  'RetrievalRoleArn',
  'DeploymentStrategyId',
  'ConfigurationProfileId',
  'ConfigurationVersion',
  'LatestDeploymentNumber',
  'DeploymentDurationInMinutes',
  'GrowthFactor',
  'GrowthType',
  'FinalBakeTimeInMinutes',
  'ReplicateTo',
  'DeletionProtection',
  'VendedMetrics',
  'ApplicationIdentifier',
  'EnvironmentIdentifier',
  'ConfigurationProfileIdentifier',
  'RequiredMinimumPollIntervalInSeconds',
  'Actions',
  'ExtensionIdentifier',
  'ResourceIdentifier',
  'Parameters',
  'advanceMs',
  'application',
  'operation',
  'kind',
];
const rubbish = [
  '',
  '{',
  '[]',
  'null',
  '"x"',
  '{"Name":',
  '{"a":1}}',
  '\ufeff{}',
  '{"Name":"\\ud800"}',
  '[['.repeat(20_000),
  `{"Name":"x","Tags":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
  `{"version":"1","values":{"a":${'{"b":'.repeat(300)}1${'}'.repeat(300)}}}`,
];

interface Target {
  readonly method: string;
  readonly path: string;
}

interface Rough {
  readonly head: string;
  readonly body: Buffer;
}

/** @param known ids, names and tokens that the emulator returned @param there resources that exist from the start */
function roughRequest(dice: Dice, known: readonly string[], there: readonly Target[]): Rough {
  const { method, path } = dice.chance(0.05) ? dice.pick(there) : findTarget(dice, known);
  const body = bodyOf(dice, known);
  const headers = [`Host: ${dice.chance(0.98) ? '127.0.0.1' : dice.pick(['', 'example.com', '[', '127.0.0.1:x'])}`];
  if (dice.chance(0.5))
    headers.push(`Content-Type: ${dice.pick(['application/json', 'text/plain', '', 'a'.repeat(300)])}`);
  const odd = ['Latest-Version-Number', 'VersionLabel', 'Description', 'Allow-Revert', 'Authorization', 'X-Amz-Date'];
  if (dice.chance(0.3))
    headers.push(`${dice.pick(odd)}: ${dice.pick(['x', '1', 'é', '\t', 'true', 'a'.repeat(5000)])}`);
  const scope = () =>
    `Credential=AKIA/20260101/${dice.pick(['us-east-1', 'eu-west-1', `r${dice.below(10_000)}`])}/appconfig`;
  if (dice.chance(0.1)) headers.push(`Authorization: AWS4-HMAC-SHA256 ${scope()}/aws4_request, SignedHeaders=a`);
  if (dice.chance(0.02)) headers.push(`X-Huge: ${'h'.repeat(40_000)}`);
  if (dice.chance(0.02)) headers.push('Broken header line');
  if (dice.chance(0.02)) headers.push('Content-Encoding: gzip');
  if (dice.chance(0.02)) headers.push('Expect: 100-continue');
  if (dice.chance(0.05)) headers.push(`Transfer-Encoding: ${dice.pick(['chunked', 'gzip', 'chunked, chunked'])}`);
  else
    headers.push(`Content-Length: ${dice.chance(0.95) ? body.length : dice.pick(['-1', 'x', '99', body.length + 5])}`);
  headers.push('Connection: close');
  const version = dice.chance(0.99) ? 'HTTP/1.1' : dice.pick(['HTTP/1.0', 'HTTP/9', '']);
  return { head: `${method} ${path} ${version}\r\n${headers.join('\r\n')}\r\n\r\n`, body };
}

function findTarget(dice: Dice, known: readonly string[]): Target {
  if (dice.chance(0.05))
    return { method: dice.pick(['PUT', 'HEAD', 'TRACE', 'get', 'G\u0001T']), path: '/applications' };
  const administrative = ['stats', 'clock', 'alarms', 'faults', 'none'].map((name) => `/_emulator/${name}`);
  // No valid faults, because they would cause errors on purpose.
  if (dice.chance(0.05)) return { method: dice.pick(['GET', 'POST']), path: dice.pick(administrative) };
  if (dice.chance(0.03)) return { method: 'POST', path: '/' };
  const { method, path } = dice.pick(routes);
  const filled = path.replace(/:\w+|\*/g, () => {
    const part = dice.chance(0.8) && known.length > 0 ? dice.pick(known) : dice.pick(['1', '0', ...oddTexts]);
    return dice.chance(0.9) ? encodeURIComponent(part) : part.replace(/[\s\u0000]/g, '%20');
  });
  const names = [
    'max_results',
    'next_token',
    'configuration_token',
    'version_label',
    'type',
    'tagKeys',
    'version_number',
    'flag',
  ];
  const value = () => encodeURIComponent(dice.chance(0.5) && known.length > 0 ? dice.pick(known) : dice.pick(oddTexts));
  const query = dice.chance(0.4) ? `?${dice.pick([...names, 'configuration_version'])}=${value()}` : '';
  return { method, path: `${filled}${query}` };
}

function bodyOf(dice: Dice, known: readonly string[]): Buffer {
  if (dice.chance(0.1)) return Buffer.from(dice.pick(rubbish));
  if (dice.chance(0.05)) return Buffer.from([0xff, 0xfe, 0xc3, 0x28, dice.below(256)]);
  if (dice.chance(0.01)) return Buffer.alloc(3 * 1024 * 1024, 'a');
  if (dice.chance(0.05)) return Buffer.from(JSON.stringify({ version: '1', values: { a: dice.pick(oddValues) } }));
  const value: Record<string, unknown> = { Name: `n${dice.below(50)}`, LocationUri: 'hosted' };
  Object.assign(value, { DeploymentDurationInMinutes: 0, GrowthFactor: 100, ConfigurationVersion: '1' });
  for (const name of members) {
    if (!dice.chance(0.12)) continue;
    value[name] = dice.chance(0.3) && known.length > 0 ? dice.pick(known) : dice.pick(oddValues);
  }
  return Buffer.from(JSON.stringify(value));
}

/** The response, or nothing if the connection was broken. */
function exchange(port: number, { head, body }: Rough, cut: 'never' | 'head' | 'body'): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => {
      const whole = Buffer.concat([Buffer.from(head, 'latin1'), body]);
      const kept = { never: whole.length, head: head.length / 2, body: head.length + body.length / 2 }[cut];
      socket.write(whole.subarray(0, kept));
      if (cut !== 'never') setImmediate(() => socket.destroy());
    });
    // A request with a wrong length never gets a response.
    socket.setTimeout(150, () => socket.destroy());
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
}

/** A profile with a deployed content and a validator, both deeply nested, and the requests that read them. */
async function deepConfiguration(url: string): Promise<Target[]> {
  const post = async (path: string, body: unknown) => {
    const init = { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, { ...init, headers: { 'content-type': 'application/json' } });
    expect(response.status).toBe(201);
    return String(((await response.json()) as { Id?: string }).Id);
  };
  const application = `/applications/${await post('/applications', { Name: 'deep' })}`;
  const environment = `${application}/environments/${await post(`${application}/environments`, { Name: 'dev' })}`;
  const profiles = `${application}/configurationprofiles`;
  const Validators = [{ Type: 'JSON_SCHEMA', Content: '{"additionalProperties":{"$ref":"#"},"items":{"$ref":"#"}}' }];
  const profile = await post(profiles, { Name: 'free', LocationUri: 'hosted' });
  const checked = await post(profiles, { Name: 'checked', LocationUri: 'hosted', Validators });
  const content = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
  for (const id of [profile, checked]) await post(`${profiles}/${id}/hostedconfigurationversions`, content);
  const strategy = { Name: 's', DeploymentDurationInMinutes: 0, GrowthFactor: 100 };
  await post(`${environment}/deployments`, {
    ConfigurationProfileId: profile,
    ConfigurationVersion: '1',
    DeploymentStrategyId: await post('/deploymentstrategies', strategy),
  });
  return [
    { method: 'POST', path: `${profiles}/${checked}/validators?configuration_version=1` },
    { method: 'POST', path: `${profiles}/${checked}/hostedconfigurationversions` },
    { method: 'PATCH', path: `${profiles}/${checked}` },
    { method: 'GET', path: '/applications/deep/environments/dev/configurations/free?flag=a&client_id=c' },
    { method: 'GET', path: '/applications/deep/environments/dev/configurations/free?flag=__proto__' },
  ];
}

/** The stored state, without what changes by itself: the time, unused accounts and Regions, and the times of reads. */
function stored(emulator: Emulator): string {
  const { created, accountRegions } = emulator.snapshot();
  const used = accountRegions.filter((each) => partsOf(each) !== unused);
  return JSON.stringify([created, used], (name, value) => (name === 'lastRead' ? undefined : value));
}

/** The resources and settings of an account in a Region. */
function partsOf({ account: _account, region: _region, ...parts }: Record<string, unknown>): string {
  return JSON.stringify(parts);
}

const unused = partsOf({
  settings: { deletionProtection: { enabled: true, minutes: 60 } },
  applications: [],
  strategies: [],
  extensions: [],
  associations: [],
});

test(`${seconds} seconds of malformed requests do no harm (seed ${seed})`, {
  timeout: seconds * 1000 + 60_000,
}, async () => {
  const dice = createDice(seed);
  const emulator = createEmulator({
    now: Date.now,
    quotas: { applications: 4, environments: 3, profiles: 4, strategies: 4 },
  });
  const server = await listen(emulator, { port: 0 });
  const agent = await listenAsAgent(emulator, { port: 0 });
  const ports = [server, server, server, agent].map(({ url }) => Number(new URL(url).port));
  const there = await deepConfiguration(server.url);
  const known: string[] = [];
  const statuses = new Map<string, number>();
  try {
    const end = Date.now() + seconds * 1000;
    while (Date.now() < end) {
      const request = roughRequest(dice, known, there);
      const cut = dice.chance(0.04) ? dice.pick(['head', 'body'] as const) : 'never';
      const before = stored(emulator);
      const response = await exchange(dice.pick(ports), request, cut);
      const status = /^HTTP\/1\.1 (\d{3})/.exec(response)?.[1] ?? 'none';
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const shown = `${request.head.slice(0, 600)}${request.body.toString('utf8').slice(0, 600)}\n→ ${response.slice(0, 600)}`;
      // AWS also responds to an invalid time in a feature flag with 500 and no message.
      if (status.startsWith('5') && status !== '505') expect(response, shown).toMatch(/"Message":""/);
      // What Node's parser refuses may be the rest of a request that was carried out.
      if (/^[45]/.test(status) && response.includes('server: appcfg-emulator'))
        expect(stored(emulator) === before, `changed something: ${shown}`).toBe(true);
      for (const [, id] of response.matchAll(/"(?:Id|InitialConfigurationToken)":"([^"]+)"/g)) known.push(id ?? '');
      if (known.length > 60) known.splice(dice.below(30), 20);
    }
    expect((await fetch(`${server.url}/applications`)).status).toBe(200);
    expect(emulator.violations()).toEqual([]);
    const state: unknown = JSON.parse(JSON.stringify(emulator.snapshot()));
    expect(createEmulator({ now: Date.now, state: restore(state) }).snapshot()).toMatchObject({
      accountRegions: expect.anything(),
    });
    expect(emulator.snapshot().accountRegions.length).toBeLessThan(1000);
    expect(Object.keys(emulator.stats()).length).toBeLessThan(routes.length + 10);
    expect([...statuses.keys()]).toEqual(expect.arrayContaining(['200', '201', '400', '404']));
  } finally {
    await Promise.all([server.close(), agent.close()]);
  }
  if (seconds > 3) process.stdout.write(`responses: ${JSON.stringify(Object.fromEntries(statuses))}\n`);
});
