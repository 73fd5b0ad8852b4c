// Bad input is normal input: the right exit, one clear message with its position and what to do next, and no call to AWS.
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorld, type World } from '../support/world.ts';

const valid = { 'appcfg.yml': 'project: p\n', 'template/A.yml': 'a: 1\n', 'tenants/one/dev/.gitkeep': '' };

interface Case {
  readonly name: string;
  /** Added to a valid tree; undefined deletes a file. */
  readonly tree?: Record<string, string | undefined>;
  readonly prepare?: (world: World) => void;
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  readonly exit?: number;
  /** The problem: position and message, then the hint. */
  readonly message: RegExp;
  readonly hint?: RegExp;
}

const bomb = Array.from({ length: 9 }, (_, i) =>
  i === 0
    ? 'l0: &l0 [x, x, x, x, x, x, x, x, x]'
    : `l${i}: &l${i} [${Array(9)
        .fill(`*l${i - 1}`)
        .join(', ')}]`,
).join('\n');

const cases: readonly Case[] = [
  // Files
  {
    name: 'a duplicate key',
    tree: { 'template/A.yml': 'a: 1\nb: 2\na: 3\n' },
    message: /template\/A\.yml:3:1 {2}duplicate key "a"/,
  },
  {
    name: 'two documents',
    tree: { 'template/A.yml': 'a: 1\n---\nb: 2\n' },
    message: /template\/A\.yml:3:1 {2}the file contains 2 YAML documents/,
  },
  {
    name: 'a tab as indentation',
    tree: { 'template/A.yml': 'a:\n\tb: 1\n' },
    message: /template\/A\.yml:2:1 {2}invalid YAML/,
    hint: /spaces, not tabs/,
  },
  { name: 'a syntax error', tree: { 'template/A.yml': 'a: [1, 2\n' }, message: /template\/A\.yml:1:9 {2}invalid YAML/ },
  {
    name: 'an alias bomb',
    tree: { 'template/A.yml': bomb },
    message: /template\/A\.yml:7:\d+ {2}aliases expand to more than 1,000,000 values/,
  },
  {
    name: '10,000 levels',
    tree: { 'template/A.yml': `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}` },
    message: /template\/A\.yml:1:\d+ {2}nesting exceeds 100 levels/,
  },
  {
    name: '.nan',
    tree: { 'template/A.yml': 'a: .nan' },
    message: /template\/A\.yml:1:4 {2}JSON cannot represent the number "\.nan"/,
  },
  {
    name: 'a number beyond all clients',
    tree: { 'template/A.yml': 'a: 1e999' },
    message: /template\/A\.yml:1:4 {2}the number "1e999" is beyond the range of a 64-bit float/,
  },
  {
    name: 'binary data',
    tree: { 'template/A.yml': 'a: !!binary aGk=' },
    message: /template\/A\.yml:1:13 {2}the tag "binary"/,
  },
  {
    name: 'a cycle',
    tree: { 'template/A.yml': 'a: &x [*x]' },
    message: /template\/A\.yml:1:9 {2}the alias "\*x" contains itself/,
  },
  {
    name: 'an explicit null',
    tree: { 'template/A.yml': 'null\n' },
    message: /template\/A\.yml:1:1 {2}the whole document is null/,
  },
  {
    name: 'invalid UTF-8',
    prepare: (world) =>
      writeFileSync(join(world.directory, 'template/A.yml'), Buffer.from([0x61, 0x3a, 0x0a, 0xff, 0xfe])),
    message: /template\/A\.yml:2 {2}the file is not UTF-8/,
  },
  {
    name: 'a .json file that is YAML',
    tree: { 'template/A.yml': undefined, 'template/A.json': '{a: 1}' },
    message: /template\/A\.json.* {2}invalid JSON/,
    hint: /rename it to \.yml/,
  },
  {
    name: 'twins',
    tree: { 'template/A.yaml': 'a: 2\n' },
    message: /template\/A\.yml {2}"A\.yaml" and "A\.yml" are both for the configuration profile "A"/,
  },
  {
    name: 'only empty files',
    tree: { 'template/A.yml': '# nothing\n' },
    message: /template\/A\.yml {2}all files of "A" are empty/,
  },
  {
    name: 'a profile name over the limit',
    tree: { [`template/${'P'.repeat(129)}.yml`]: 'a: 1' },
    message: /has 129 characters, which exceeds the limit of 128/,
  },
  {
    name: 'a tenant name over the limit',
    tree: { [`tenants/${'t'.repeat(65)}/dev/.gitkeep`]: '' },
    message: /the application name .* has 65 characters, which exceeds the limit of 64/,
  },
  {
    name: 'an environment name over the limit',
    tree: { [`tenants/one/${'e'.repeat(65)}/.gitkeep`]: '' },
    message: /the environment name .* has 65 characters/,
  },
  {
    name: 'content over 2 MB',
    tree: { 'template/A.yml': `a: "${'x'.repeat(2_100_000)}"` },
    message:
      /template\/A\.yml {2}the content exceeds AppConfig's limit of 2,097,152 bytes: it has 2,100,\d+, in one\/dev\/A/,
    hint: /several profiles/,
  },
  {
    name: 'a link out of the tree',
    prepare: (world) => symlinkSync('/etc/hosts', join(world.directory, 'template/B.yml')),
    message: /template\/B\.yml {2}the symbolic link leads out of the tree/,
  },
  {
    name: 'a link to nowhere',
    prepare: (world) => symlinkSync('missing.yml', join(world.directory, 'template/B.yml')),
    message: /template\/B\.yml {2}cannot be read \(ENOENT\)/,
  },
  {
    name: 'a link to itself',
    prepare: (world) => symlinkSync('B.yml', join(world.directory, 'template/B.yml')),
    message: /template\/B\.yml {2}cannot be read \(ELOOP\)/,
  },
  {
    name: 'a tenant without environments',
    tree: { 'tenants/two/A.yml': 'a: 2' },
    message: /tenants\/two {2}the tenant "two" has no environment/,
    hint: /mkdir -p tenants\/two\/dev/,
  },
  {
    name: 'tenants that differ in case',
    tree: { 'tenants/ONE/dev/.gitkeep': '' },
    message: /the tenants "ONE" and "one" differ only in case/,
  },
  { name: 'no tenants folder', tree: { tenants: undefined }, message: /no folder "tenants"/, hint: /with -C/ },
  {
    name: 'an environment outside the closed list',
    tree: { 'appcfg.yml': 'project: p\nenvironments: { dev: {}, prod: {} }\n', 'tenants/one/pord/.gitkeep': '' },
    message: /tenants\/one\/pord {2}"pord" is not one of the environments/,
    hint: /did you mean "prod"\?/,
  },
  {
    name: 'a list strategy without a list',
    tree: {
      'appcfg.yml': 'project: p\nprofiles: { A: { lists: { /a: union } } }\n',
      'tenants/one/dev/A.yml': 'a: [1]',
    },
    message:
      /template\/A\.yml:1:1 {2}the settings combine lists at \/a, but the value in a less specific layer is not a list/,
  },
  {
    name: 'content against its schema',
    tree: {
      'appcfg.yml': 'project: p\nprofiles: { A: { schema: s.json } }\n',
      's.json': '{"properties":{"a":{"type":"string"}}}',
    },
    message: /template\/A\.yml:1:1 {2}\/a must be string/,
  },
  {
    name: 'a schema that is not there',
    tree: { 'appcfg.yml': 'project: p\nprofiles: { A: { schema: s.json } }\n' },
    message: /appcfg\.yml:2:18 {2}the schema of profile "A" is invalid: s\.json not found/,
  },
  {
    name: 'a schema that refers to the network',
    tree: {
      'appcfg.yml': 'project: p\nprofiles: { A: { schema: s.json } }\n',
      's.json': '{"$ref":"https://example.com/x.json"}',
    },
    message: /\$ref to https:\/\/example\.com\/x\.json, which is outside of the tree/,
  },
  {
    name: 'feature flags that are none',
    tree: { 'appcfg.yml': 'project: p\nprofiles: { A: { type: feature-flags } }\n' },
    message: /a feature-flag document needs version: "1"/,
  },
  // Settings
  {
    name: 'an unknown key in the settings',
    tree: { 'appcfg.yml': 'project: p\nredakt: []\n' },
    message: /appcfg\.yml:2:1 {2}unknown key "redakt"/,
    hint: /did you mean "redact"\?/,
  },
  {
    name: 'a near miss of a strategy',
    tree: { 'appcfg.yml': 'deploymentStrategy: AppConfig.Linear50PercentEvery30Second\n' },
    message: /appcfg\.yml:1:1 {2}"AppConfig\.Linear50PercentEvery30Second" is not a deployment strategy/,
    hint: /did you mean "AppConfig\.Linear50PercentEvery30Seconds"\?/,
  },
  {
    name: 'an account number without quotes',
    tree: { 'appcfg.yml': 'aws: { allowedAccounts: [111122223333] }\n' },
    message: /expected: number of an AWS account: twelve digits, in quotes/,
  },
  {
    name: 'settings that are no map',
    tree: { 'appcfg.yml': '- a\n' },
    message: /appcfg\.yml:1:1 {2}the file is \["a"\], expected: map of settings/,
  },
  {
    name: 'an application name without {tenant}',
    tree: { 'appcfg.yml': 'applicationName: same\n' },
    message: /without \{tenant\}/,
  },
  ...['tenants: []', 'environments: []', 'labels: {}'].map((empty) => ({
    name: `a wave with ${empty}`,
    tree: { 'appcfg.yml': `project: p\nwaves: [{ name: canary, ${empty}, soak: 5m }, { name: rest }]\n` },
    message: /appcfg\.yml:2:\d+ {2}"waves\.0\.\w+" is (\[\]|\{\}), expected: (list|map) of at least one/,
  })),
  {
    name: 'two waves of one name',
    tree: { 'appcfg.yml': 'project: p\nwaves: [{ name: canary, tenants: [one] }, { name: canary }]\n' },
    message: /appcfg\.yml:2:\d+ {2}duplicate wave "canary"/,
  },
  {
    name: 'a tag with a character that AWS refuses',
    tree: { 'appcfg.yml': 'project: p\ntags: { a: "ä" }\n' },
    message: /appcfg\.yml:2:9 {2}the tag "a" has invalid characters/,
  },
  {
    name: 'settings with a syntax error',
    tree: { 'appcfg.yml': 'project: [\n' },
    message: /appcfg\.yml:1:11 {2}invalid YAML/,
  },
  {
    name: 'both appcfg.yml and appcfg.yaml',
    tree: { 'appcfg.yaml': 'project: p\n' },
    message: /appcfg\.yml and appcfg\.yaml both exist/,
  },
  // Flags
  {
    name: 'a tenant glob that matches nothing',
    args: ['sync', '--tenant', 'onee'],
    message: /--tenant "onee" matches nothing/,
    hint: /did you mean "one"\?/,
  },
  {
    name: 'an environment glob that matches nothing',
    args: ['sync', '-e', 'prod*'],
    message: /--env "prod\*" matches nothing/,
  },
  {
    name: 'a profile glob that matches nothing',
    args: ['sync', '-p', 'Zzz'],
    message: /--config-profile "Zzz" matches nothing/,
  },
  { name: 'an unknown flag', args: ['sync', '--dryrun'], message: /unknown option '--dryrun'/, hint: /--dry-run/ },
  { name: 'an unknown command', args: ['snyc'], message: /unknown command 'snyc'/, hint: /sync/ },
  { name: 'a wrong output format', args: ['diff', '-o', 'yaml'], message: /--output is "yaml", not one of text, json/ },
  {
    name: 'two outputs on stdout',
    args: ['diff', '-o', 'text', '-o', 'json'],
    message: /only one output can go to stdout/,
  },
  {
    name: 'an output file in a folder that is not there',
    args: ['diff', '-o', 'json=no/such.json'],
    message: /"no\/such\.json" cannot be written/,
  },
  { name: 'a wrong duration', args: ['sync', '--timeout', 'soon'], message: /--timeout is "soon", not a duration/ },
  {
    name: 'a wrong number',
    args: ['sync', '--concurrency', '0'],
    message: /--concurrency is "0", not a number from 1/,
  },
  {
    name: 'a folder that is not there',
    args: ['-C', 'nowhere', 'validate'],
    message: /--chdir "nowhere" is not a folder/,
  },
  { name: 'an address that is none', args: ['explain', 'one'], message: /"one" is not an address/ },
  {
    name: 'an empty address',
    args: ['render', ''],
    message: /"" is not an address/,
    hint: /tenant\/environment\/Profile/,
  },
  {
    name: 'a flag of another command',
    args: ['sync', '--to', '7'],
    message: /unknown option '--to'/,
    hint: /appcfg sync --help lists its flags/,
  },
  {
    name: 'an address that the tree does not have',
    args: ['explain', 'one/dev/AA'],
    message: /configuration profile "AA" not found/,
    hint: /did you mean "A"\?/,
  },
  { name: 'an argument too many', args: ['sync', 'one'], message: /too many arguments/ },
  { name: 'cleanup of two kinds', args: ['cleanup', '--all', '--orphans'], message: /cleanup needs only one of/ },
  {
    name: 'a URL that is none',
    args: ['diff', '--endpoint-url', 'localhost:1'],
    message: /--endpoint-url is "localhost:1", not a URL/,
  },
];

test.each(cases)(
  '$name is refused before anything is asked or written',
  async ({ tree, prepare, args, env, exit, message, hint }) => {
    const world = createWorld(valid);
    for (const [path, text] of Object.entries(tree ?? {})) world.write(path, text);
    prepare?.(world);
    const outcome = await world.appcfgWith({ env: env ?? {} }, ...(args ?? ['sync']));
    expect(outcome.exitCode, outcome.stderr).toBe(exit ?? 3);
    expect(outcome.stderr).toMatch(message);
    if (hint !== undefined) expect(outcome.stderr).toMatch(hint);
    expect(outcome.stderr).not.toMatch(/^ {4}at /m);
    expect(outcome.stdout).toBe('');
    expect(world.takeCalls()).toEqual({});
  },
);

test('a file that may not be read is reported', async ({ skip }) => {
  if (process.getuid?.() === 0) skip('root may read everything');
  const world = createWorld(valid);
  chmodSync(join(world.directory, 'template/A.yml'), 0);
  const outcome = await world.appcfg('validate');
  expect(outcome.exitCode).toBe(3);
  expect(outcome.stderr).toMatch(/template\/A\.yml {2}cannot be read \(EACCES\)/);
});

test('a folder instead of a file is reported', async () => {
  const world = createWorld(valid);
  world.write('template/dev/B.yml/inner.yml', 'a: 1');
  const outcome = await world.appcfg('validate');
  expect(outcome.stderr).toMatch(/template\/dev\/B\.yml {2}ignored: environments contain files only/);
});

test('keys that mean something to JavaScript are ordinary keys', async () => {
  const world = createWorld(valid);
  world.write('template/A.yml', '__proto__: {polluted: 1}\nconstructor: {prototype: {x: 1}}\n');
  world.write('tenants/one/dev/A.yml', '__proto__: {more: 2}\n');
  const outcome = await world.appcfg('render', 'one/dev/A');
  expect(outcome.exitCode).toBe(0);
  expect(outcome.stdout).toBe(
    '{\n  "__proto__": {\n    "polluted": 1,\n    "more": 2\n  },\n  "constructor": {\n    "prototype": {\n      "x": 1\n    }\n  }\n}\n',
  );
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('all problems of all files are reported at once', async () => {
  const world = createWorld(valid);
  world.write('template/A.yml', 'a: 1\na: 2\nb: .inf\n');
  world.write('tenants/one/dev/A.yml', 'x: [\n');
  world.write('tenants/two/A.yml', '');
  const outcome = await world.appcfg('validate', '-o', 'json');
  expect(outcome.exitCode).toBe(3);
  expect(outcome.json.problems.map((problem: { code: string }) => problem.code).sort()).toEqual([
    'key-duplicate',
    'syntax-invalid',
    'tenant-empty',
    'value-unsupported',
  ]);
});

test('a file that cannot be read is one problem, not also what would follow from its absence', async () => {
  const world = createWorld(valid);
  world.write('appcfg.yml', 'project: p\nprofiles: { B: { schema: b.schema.json } }\n');
  world.write('b.schema.json', '{"required": ["b"]}');
  world.write('template/B.yml', 'b: [1\n');
  world.write('tenants/one/dev/B.yml', 'c: null\n');
  world.write('tenants/one/dev/C.yml', 'c: [1\n');
  const outcome = await world.appcfg('validate', '-o', 'json');
  expect(
    outcome.json.problems.map(({ code, source }: { code: string; source: string }) => `${code} ${source}`),
  ).toEqual(['syntax-invalid template/B.yml:1:6', 'syntax-invalid tenants/one/dev/C.yml:1:6']);
});
