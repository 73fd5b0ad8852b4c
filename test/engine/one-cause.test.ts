// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of configurations.
// One cause is one problem, with its addresses, in every format.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorld, inPipeline, type World } from '../support/world.ts';

const tenants = ['acme', 'globex', 'initech'];
const environments = ['dev', 'qa', 'prod'];

const folders = Object.fromEntries(
  tenants.flatMap((tenant) => environments.map((environment) => [`tenants/${tenant}/${environment}/.gitkeep`, ''])),
);

const schema = { type: 'object', properties: { requests: { type: 'integer' } } };

const tree = {
  'appcfg.yml': 'project: p\nprofiles: { Limits: { schema: schemas/Limits.json } }\n',
  'schemas/Limits.json': JSON.stringify(schema),
  'template/Limits.yml': 'requests: many\n',
  ...folders,
};

const ofCode = (json: { problems: { code: string }[] }, code: string) =>
  json.problems.filter((problem) => problem.code === code) as unknown as {
    source: string;
    addresses: string[];
    count?: number;
    message: string;
  }[];

test('a value that the schema refuses, for nine addresses', async () => {
  const world = createWorld(tree, inPipeline);
  const { exitCode, stderr, json } = await world.appcfg('validate', '-o', 'json', '-o', 'junit=junit.xml');
  expect(exitCode).toBe(3);
  expect(stderr).toContain('template/Limits.yml:1:1  /requests must be integer (schemas/Limits.json), in 9 addresses');
  expect(stderr.match(/error:/g)).toHaveLength(1);
  const [problem, ...others] = ofCode(json, 'content-invalid');
  expect(others).toEqual([]);
  expect(problem).toMatchObject({ source: 'template/Limits.yml:1:1', count: 9 });
  expect(problem?.addresses).toHaveLength(9);
  expect(problem?.addresses).toContain('globex/qa/Limits');
  expect(readFileSync(join(world.directory, 'junit.xml'), 'utf8').match(/<failure/g)).toHaveLength(1);
});

test('another cause is a problem of its own, at its own line', async () => {
  const world = createWorld({ ...tree, 'tenants/acme/Limits.yml': 'requests: some\n' }, inPipeline);
  const { json } = await world.appcfg('validate', '-o', 'json');
  expect(ofCode(json, 'content-invalid').map(({ source, count }) => [source, count])).toEqual([
    ['tenants/acme/Limits.yml:1:1', 3],
    ['template/Limits.yml:1:1', 6],
  ]);
});

test('of one address the address is named', async () => {
  const world = createWorld({
    ...tree,
    'template/Limits.yml': 'requests: 1\n',
    'tenants/acme/dev/Limits.yml': 'requests: x\n',
  });
  const { stderr, json } = await world.appcfg('validate', '-o', 'json');
  expect(stderr).toContain('/requests must be integer (schemas/Limits.json), in acme/dev/Limits');
  expect(ofCode(json, 'content-invalid')).toMatchObject([{ addresses: ['acme/dev/Limits'] }]);
});

test.each([
  ['a flags document', 'profiles: { Limits: { type: feature-flags } }\n', 'version: "2"\n', 'content-invalid'],
  [
    'a flag that is rewritten',
    'profiles: { Limits: { type: feature-flags } }\n',
    'version: "1"\nowner: me\n',
    'flags-rewritten',
  ],
  ['an unknown variable', 'profiles: { Limits: { variables: true } }\n', 'a: "${nope}"\n', 'variable-unknown'],
  ['an empty configuration', '', '# nothing\n', 'content-invalid'],
  ['a content that is too large', '', `a: ${'x'.repeat(2_200_000)}\n`, 'content-too-large'],
  [
    'a pattern',
    'profiles: { Limits: { type: feature-flags } }\n',
    JSON.stringify({
      version: '1',
      flags: { f: { attributes: { a: { constraints: { type: 'string', pattern: '^a' } } } } },
      values: { f: { enabled: true, a: 'b' } },
    }),
    'content-invalid',
  ],
])('%s is one problem', async (_name, profiles, content, code) => {
  const world = createWorld(
    { 'appcfg.yml': `project: p\n${profiles}`, 'template/Limits.yml': content, ...folders },
    inPipeline,
  );
  const { json } = await world.appcfg('validate', '-o', 'json');
  expect(ofCode(json, code)).toMatchObject([{ count: 9 }]);
});

test('of many addresses the first 20 are listed', async () => {
  const many = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`tenants/t${index}/dev/.gitkeep`, '']));
  const { json } = await createWorld({ ...tree, ...many }, inPipeline).appcfg('validate', '-o', 'json');
  const [problem] = ofCode(json, 'content-invalid');
  expect(problem?.addresses).toHaveLength(20);
  expect(problem?.count).toBe(34);
});

test('what a guard reports of several addresses is one problem, also in Markdown and JUnit', async () => {
  const world = createWorld(
    { ...folders, 'appcfg.yml': 'project: p\n', 'template/Limits.yml': 'a: 1\nb: 22222222\n' },
    inPipeline,
  );
  await world.appcfg('sync');
  world.write('template/Limits.yml', 'a: 1\n');
  const { exitCode, stderr, json } = await world.appcfg(
    'sync',
    '-o',
    'json',
    '-o',
    'markdown=plan.md',
    '-o',
    'junit=junit.xml',
  );
  expect(exitCode).toBe(5);
  expect(ofCode(json, 'guard-shrink')).toMatchObject([{ count: 9, source: null }]);
  expect(stderr).toContain('in 9 addresses (acme/dev/Limits, ');
  expect(readFileSync(join(world.directory, 'plan.md'), 'utf8').match(/the content shrinks/g)?.length).toBeLessThan(11);
  // A case for the change group, and the reason once.
  const junit = readFileSync(join(world.directory, 'junit.xml'), 'utf8');
  expect(junit.match(/<testcase/g)).toHaveLength(1);
  expect(junit.match(/the content shrinks/g)).toHaveLength(1);
});

test('equal values at different lines are different problems', async () => {
  const world = createWorld(
    { ...tree, 'tenants/acme/dev/Limits.yml': 'requests: [1]\n', 'tenants/acme/qa/Limits.yml': 'requests: [1]\n' },
    inPipeline,
  );
  const { json } = await world.appcfg('validate', '-o', 'json');
  expect(
    ofCode(json, 'content-invalid')
      .map(({ source }) => source)
      .sort(),
  ).toEqual(['template/Limits.yml:1:1', 'tenants/acme/dev/Limits.yml:1:1', 'tenants/acme/qa/Limits.yml:1:1']);
});

const six = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Six tenants with contents of their own, deployed; then the template changes. */
async function changedFleet(): Promise<World> {
  const world = createWorld(
    {
      'appcfg.yml': 'project: p\nwaves: [{ name: all, maxFailures: 100% }]\n',
      'template/Limits.yml': 'rps: 100\n',
      ...Object.fromEntries(six.map((tenant) => [`tenants/${tenant}/dev/.gitkeep`, ''])),
      ...Object.fromEntries(six.map((tenant) => [`tenants/${tenant}/Limits.yml`, `name: ${tenant}\n`])),
    },
    inPipeline,
  );
  await world.appcfg('sync');
  world.write('template/Limits.yml', 'rps: 200\n');
  return world;
}

const outputs = ['-o', 'json', '-o', 'markdown=note.md', '-o', 'junit=junit.xml'];
const written = (world: World, file: string) => readFileSync(join(world.directory, file), 'utf8');

test('deployments that AppConfig rolls back are one problem; the next run reports once what is quarantined, and what to do', async () => {
  const world = await changedFleet();
  world.emulator.onCall = ({ operation }) => {
    if (operation !== 'StartDeployment') return;
    for (const application of six) world.emulator.setAlarm({ application, environment: 'dev', state: 'ALARM' });
  };
  const failed = await world.appcfg('sync', ...outputs);
  expect(failed.exitCode).toBe(4);
  expect(ofCode(failed.json, 'deployment-rolled-back')).toMatchObject([
    { message: 'rolled back by a CloudWatch alarm', count: 6 },
  ]);
  expect(failed.stderr.match(/^error:/gm)).toHaveLength(2);
  expect(failed.stderr).toContain(', also at 5 more addresses: ');
  expect(written(world, 'note.md').match(/AppConfig rolled back/g)).toHaveLength(1);
  expect(written(world, 'junit.xml').match(/rolled back by a CloudWatch alarm/g)).toHaveLength(1);
  world.emulator.onCall = () => undefined;

  const next = await world.appcfg('sync', ...outputs);
  expect(next.exitCode).toBe(5);
  const [problem, ...others] = ofCode(next.json, 'guard-rolled-back');
  expect(others).toEqual([]);
  expect(problem).toMatchObject({
    message: 'content of commit cccccccccccc is quarantined: AppConfig rolled it back',
    hint: {
      text: 'change the content, or undo its commit with git revert cccccccccccc; to deploy it again',
      command: ['appcfg', 'sync', '--retry-rolled-back', '--env', 'dev', '--config-profile', 'Limits'],
    },
    count: 6,
  });
  expect(next.stderr.match(/quarantined/g)).toHaveLength(1);
  expect(written(world, 'note.md').match(/quarantined/g)).toHaveLength(1);
  expect(written(world, 'junit.xml').match(/is quarantined/g)).toHaveLength(1);
  const status = await world.appcfg('status');
  expect(status.stderr.match(/^warning:/gm) ?? []).not.toHaveLength(6);
  for (const application of six) world.emulator.setAlarm({ application, environment: 'dev', state: 'OK' });
  const retried = await world.appcfg('sync', '--retry-rolled-back');
  expect(retried.exitCode, retried.stderr).toBe(0);
});

test.each([
  ['deny', 'StartDeployment', 'permission-denied'],
  ['throttle', 'StartDeployment', 'throttled'],
  ['error', 'CreateHostedConfigurationVersion', 'response-unexpected'],
  ['deny', 'CreateHostedConfigurationVersion', 'permission-denied'],
] as const)('calls that fail for one reason (%s, %s) are one problem', async (kind, operation, code) => {
  const world = await changedFleet();
  world.emulator.injectFault({ operation, kind, times: 100_000 });
  const { json, stderr } = await world.appcfg('sync', ...outputs);
  expect(json.problems.filter(({ severity }: { severity: string }) => severity === 'error')).toHaveLength(1);
  expect(json.problems[0]).toMatchObject({ count: 6, message: expect.not.stringContaining('a/dev') });
  expect([code, 'endpoint-unreachable']).toContain(json.problems[0].code);
  expect(stderr.match(/^error:/gm)).toHaveLength(2);
  expect(written(world, 'junit.xml').match(/<failure/g)?.length).toBeLessThan(4);
});

test('with -v each problem is printed', async () => {
  const world = await changedFleet();
  world.emulator.injectFault({ operation: 'StartDeployment', kind: 'deny', times: 100 });
  const { stderr } = await world.appcfg('sync', '-v');
  expect(stderr.match(/^error:/gm)).toHaveLength(6);
});

test('tenants that left the tree are one warning that names them, as are environments', async () => {
  const world = createWorld({ ...tree, 'template/Limits.yml': 'requests: 1\n' }, inPipeline);
  await world.appcfg('sync');
  for (const tenant of ['globex', 'initech']) world.write(`tenants/${tenant}`, undefined);
  for (const environment of ['dev', 'qa']) world.write(`tenants/acme/${environment}`, undefined);
  for (const command of ['diff', 'status']) {
    const { stderr, json } = await world.appcfg(command, '-o', 'json');
    expect(stderr.match(/warning: .* that the tree does not name .*/g), command).toEqual([
      'warning: environments that the tree does not name are kept in AppConfig, in 2 environments (acme/dev, acme/qa)',
      'warning: applications that the tree does not name are kept in AppConfig, in 2 tenants (globex, initech)',
    ]);
    expect(ofCode(json, 'environment-orphaned').map(({ addresses, count }) => [addresses, count])).toEqual([
      [['acme/dev', 'acme/qa'], 2],
      [['globex', 'initech'], 2],
    ]);
  }
});
