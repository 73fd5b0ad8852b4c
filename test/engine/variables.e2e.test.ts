// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of configurations.
// Variables in strings of a profile that allows them.
import { expect, test } from 'vitest';
import { createWorld, inPipeline } from '../support/world.ts';

const instant = 'deploymentStrategies: { now: { durationMinutes: 0, growthFactor: 100 } }\ndeploymentStrategy: now\n';

const settings = `project: acme/config
${instant}aws: { region: us-east-1 }
environments: { dev: {}, prod: { region: eu-west-1, roleArn: "arn:aws:iam::444455556666:role/appcfg" } }
tenants:
  - { match: "*", labels: { tier: silver }, account: "444455556666" }
  - { match: one, labels: { tier: gold } }
profiles: { Limits: { variables: true }, Plain: {} }
`;

function worldWith(content: string, more: Record<string, string> = {}) {
  return createWorld(
    {
      'appcfg.yml': settings,
      'template/Limits.yml': content,
      'tenants/one/dev/.gitkeep': '',
      'tenants/one/prod/.gitkeep': '',
      'tenants/two/dev/.gitkeep': '',
      ...more,
    },
    inPipeline,
  );
}

test('every address gets its own values, and other profiles keep the text', async () => {
  const text =
    'url: "https://${tenant}.${environment}.example.com"\nwhere: ["${account}/${region}", "${label.tier}"]\n';
  const world = worldWith(text, { 'template/Plain.yml': text });
  const rendered = async (address: string) => JSON.parse((await world.appcfg('render', address)).stdout);
  expect(await rendered('one/dev/Limits')).toEqual({
    url: 'https://one.dev.example.com',
    where: ['444455556666/us-east-1', 'gold'],
  });
  expect(await rendered('one/prod/Limits')).toEqual({
    url: 'https://one.prod.example.com',
    where: ['444455556666/eu-west-1', 'gold'],
  });
  expect((await rendered('two/dev/Limits')).where).toEqual(['444455556666/us-east-1', 'silver']);
  expect((await rendered('two/dev/Plain')).url).toBe('https://${tenant}.${environment}.example.com');
});

test('variables are replaced after merging, so an override may have some, too, and is compared as it is written', async () => {
  const world = worldWith('url: "${tenant}"\nname: one\n', {
    'tenants/one/Limits.yml': 'url: "${tenant}-own"\n',
    'tenants/two/Limits.yml': 'url: "${tenant}"\n',
  });
  expect((await world.appcfg('render', 'one/dev/Limits')).stdout).toContain('"url": "one-own"');
  const { stderr } = await world.appcfg('validate', '-v');
  expect(stderr).toContain('tenants/two/Limits.yml:1');
  expect(stderr).not.toContain('tenants/one/Limits.yml:1');
});

test.each([
  ['a: 1\nurl: "${tennant}"\n', '/url has the unknown variable "${tennant}"', 'did you mean "tenant"?'],
  ['a: 1\nurl: "${tenant"\n', '/url has "${" without "}"', 'add the }'],
  ['a: 1\nurl: "${label.}"\n', '/url has "${label.}": the name of the label is missing', 'available: tier'],
  ['a: 1\nurl: "${label.tire}"\n', 'but tenant "one" has no label "tire"', 'did you mean "label.tier"?'],
  ['a: 1\nurl: "${}"\n', '/url has the unknown variable "${}"', 'write $${'],
])('%j is a problem with its line', async (text, message, hint) => {
  const world = worldWith(text);
  const { exitCode, stderr } = await world.appcfg('sync');
  expect(stderr).toContain('template/Limits.yml:2');
  expect(stderr).toContain(message);
  expect(stderr).toContain(hint);
  expect(exitCode).toBe(3);
  expect(world.takeCalls()).toEqual({});
});

test('an unknown variable is reported where the layer has it that counts', async () => {
  const world = worldWith('url: "${nope}"\n', { 'tenants/one/dev/Limits.yml': 'b: 1\nurl: "${nope2}"\n' });
  const { json } = await world.appcfg('validate', '-o', 'json');
  const sources = json.problems.map(({ code, source }: { code: string; source: string }) => `${code} ${source}`);
  expect(sources).toContain('variable-unknown tenants/one/dev/Limits.yml:2:1');
  expect(sources).toContain('variable-unknown template/Limits.yml:1:1');
});

test('account and Region are those of the settings, not of the run', async () => {
  const world = worldWith('a: "${account}"\nb: "${region}"\n', {
    'appcfg.yml': `project: acme/config\n${instant}profiles: { Limits: { variables: true } }\n`,
  });
  const { stderr } = await world.appcfgWith({ env: { AWS_REGION: 'eu-west-1' } }, 'validate');
  expect(stderr).toContain('/a has "${account}", but appcfg.yml gives one/dev no account');
  expect(stderr).toContain('/b has "${region}", but appcfg.yml gives one/dev no Region');
});

test('a redacted string is not quoted in the problem', async () => {
  const world = worldWith('password: "hunter2${nope-hunter2}"\n', {
    'appcfg.yml': `${settings}redact: [/password]\n`,
  });
  const { stdout, stderr } = await world.appcfg('validate');
  expect(stderr).toContain('/password has an unknown variable');
  expect(stdout + stderr).not.toContain('hunter2');
});

test('explain shows what was replaced, and where the text came from', async () => {
  const world = worldWith(
    'url: "https://${tenant}.example.com/${label.tier}/${region}/${account}"\nplain: $${tenant}\n',
  );
  const { stdout } = await world.appcfg('explain', 'one/prod/Limits');
  expect(stdout).toContain('"https://one.example.com/gold/eu-west-1/444455556666"');
  expect(stdout).toContain('${tenant} is one  tenants/one');
  expect(stdout).toContain('${label.tier} is gold  appcfg.yml:8:');
  expect(stdout).toContain('${region} is eu-west-1  appcfg.yml:5:');
  expect(stdout).toContain('${account} is 444455556666  appcfg.yml:7:');
  expect(stdout).toContain('/plain');
  expect(stdout).toContain('"${tenant}"');
  const { json } = await world.appcfg('explain', 'two/dev/Limits', '/url', '-o', 'json');
  expect(json.values).toMatchObject([
    {
      path: '/url',
      value: '"https://two.example.com/silver/us-east-1/444455556666"',
      source: 'template/Limits.yml:1:1',
      variables: [
        { name: 'tenant', value: 'two', source: 'tenants/two' },
        { name: 'label.tier', value: 'silver', source: expect.stringMatching(/^appcfg.yml:7:/) },
        { name: 'region', value: 'us-east-1', source: expect.stringMatching(/^appcfg.yml:4:/) },
        { name: 'account', value: '444455556666', source: expect.stringMatching(/^appcfg.yml:7:/) },
      ],
    },
  ]);
});

test('a changed string with variables is one change group over all tenants; the next sync has nothing to do', async () => {
  const world = createWorld(
    {
      'appcfg.yml': `project: acme/config\n${instant}profiles: { Limits: { variables: true } }\n`,
      'template/Limits.yml': 'url: "https://${tenant}/v1"\n',
      ...Object.fromEntries(['a', 'b', 'c'].map((tenant) => [`tenants/${tenant}/dev/.gitkeep`, ''])),
    },
    inPipeline,
  );
  const first = await world.appcfg('diff', '-o', 'json');
  expect(first.json.changeGroups).toHaveLength(1);
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
  world.write('template/Limits.yml', 'url: "https://${tenant}/v2"\n');
  const { json } = await world.appcfg('diff', '-o', 'json');
  expect(json.changeGroups).toMatchObject([
    {
      addresses: ['a/dev/Limits', 'b/dev/Limits', 'c/dev/Limits'],
      changes: [{ op: 'replace', path: '/url', before: null, after: 'https://${tenant}/v2' }],
    },
  ]);
  expect((await world.appcfg('diff')).stdout).toContain('~ /url   "https://${tenant}/v2"');
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  expect((await world.appcfg('render', 'b/dev/Limits')).stdout).toContain('https://b/v2');
});

test.each([
  ['in a list', 'hosts: ["a.${tenant}"]\n', 'hosts: ["b.${tenant}"]\n', 1],
  ['in a list that grows', 'hosts: []\n', 'hosts: ["b.${tenant}"]\n', 1],
  ['in a map that is added', 'a: 1\n', 'a: 1\nmap: { url: "${tenant}" }\n', 1],
  ['taken out of a string', 'url: "${tenant}"\n', 'url: plain\n', 3],
  ['and a literal', 'url: "$${a}"\n', 'url: "$${b}"\n', 1],
  ['removed with its key', 'url: "${tenant}"\na: 1\n', 'a: 1\n', 3],
])('change groups with variables: %s', async (_name, before, after, groups) => {
  const world = createWorld(
    {
      'appcfg.yml': `project: acme/config\n${instant}profiles: { Limits: { variables: true } }\n`,
      'template/Limits.yml': before,
      ...Object.fromEntries(['a', 'b', 'c'].map((tenant) => [`tenants/${tenant}/dev/.gitkeep`, ''])),
    },
    inPipeline,
  );
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.write('template/Limits.yml', after);
  const { json } = await world.appcfg('diff', '-o', 'json');
  expect(json.changeGroups).toHaveLength(groups);
});

test('a redacted string with variables is one change group, and shows nothing', async () => {
  const world = createWorld(
    {
      'appcfg.yml': `project: acme/config\n${instant}redact: [/password]\nprofiles: { Limits: { variables: true } }\n`,
      'template/Limits.yml': 'password: "old-${tenant}"\n',
      ...Object.fromEntries(['a', 'b'].map((tenant) => [`tenants/${tenant}/dev/.gitkeep`, ''])),
    },
    inPipeline,
  );
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.write('template/Limits.yml', 'password: "hunter2-${tenant}"\n');
  const { stdout, json } = await world.appcfg('diff', '-o', 'json');
  expect(json.changeGroups).toHaveLength(1);
  expect(stdout).not.toContain('hunter2');
  expect(stdout).not.toContain('old-');
});
