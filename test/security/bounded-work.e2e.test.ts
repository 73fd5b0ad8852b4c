// Files of other people cannot hold a run: whatever is in them, it ends soon, reports what is wrong, and can be interrupted.
import { expect, test } from 'vitest';
import { budgetsOf } from '../../src/engine/work-budget.ts';
import type { StartBudget } from '../../src/tree/bounded-worker.ts';
import { createWorld, type World } from '../support/world.ts';

const startBudget = budgetsOf(() => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
});

/** A fifth of the time that users have. */
const sooner: StartBudget = (ms, onExceeded) => startBudget(ms / 5, onExceeded);

interface Found {
  readonly code: string;
  readonly message: string;
  readonly source: string;
}

async function validated(
  files: Record<string, string>,
): Promise<{ exitCode: number; problems: Found[]; stderr: string }> {
  const world = createWorld({ 'tenants/one/dev/.gitkeep': '', ...files });
  return problemsOf(world);
}

async function problemsOf(world: World, ...args: string[]) {
  const { exitCode, json, stderr } = await world.appcfgWith({ startBudget: sooner }, 'validate', '-o', 'json', ...args);
  return { exitCode, problems: json.problems as Found[], stderr };
}

const codes = (problems: readonly Found[]) => problems.map(({ code }) => code);

const withSchema = (schema: unknown, content: string, others: Record<string, string> = {}) => ({
  'appcfg.yml': 'project: p\nprofiles:\n  A: { schema: s.json }\n',
  's.json': JSON.stringify(schema),
  'template/A.yml': content,
  ...others,
});

const hostile = `${'a'.repeat(40)}!`;

/** Each part is the whole next one, twice. */
const doubling = (keyword: string) => ({
  ...Object.fromEntries(
    Array.from({ length: 40 }, (_, level) => [
      `d${level}`,
      { [keyword]: [{ $ref: `#/definitions/d${level + 1}` }, { $ref: `#/definitions/d${level + 1}` }] },
    ]),
  ),
  d40: { type: 'object' },
});

test.each([
  ['a pattern that backtracks', { properties: { a: { pattern: '^(a+)+$' } } }, `a: ${hostile}\n`],
  ['the same for keys', { patternProperties: { '^(a+)+$': { type: 'string' } } }, `${hostile}: 1\n`],
  ['the same for names of properties', { propertyNames: { pattern: '^(a|a)*$' } }, `${hostile}: 1\n`],
  ['a pattern with many stars', { properties: { a: { pattern: `^${'.*a'.repeat(30)}$` } } }, `a: ${'a'.repeat(60)}!\n`],
  ['references that double', { $ref: '#/definitions/d0', definitions: doubling('allOf') }, 'a: 1\n'],
  ['alternatives that double', { $ref: '#/definitions/d0', definitions: doubling('oneOf') }, 'a: 1\n'],
])('%s in a schema ends the check, not the run', async (_what, schema, content) => {
  const { exitCode, problems } = await validated({
    ...withSchema(schema, content),
    'tenants/two/dev/A.yml': 'b: 1\n',
  });
  expect(codes(problems)).toEqual(['check-timeout']);
  expect(problems[0]?.message).toMatch(/more than (2 s of CPU time|256 MB of memory) \(s\.json\)$/);
  expect(exitCode).toBe(3);
});

test.each([
  ['to itself', { $ref: '#' }],
  ['in a circle', { $ref: '#/definitions/a', definitions: { a: { allOf: [{ $ref: '#/definitions/a' }] } } }],
  [
    'dynamically',
    { $schema: 'https://json-schema.org/draft/2020-12/schema', $dynamicAnchor: 'x', allOf: [{ $dynamicRef: '#x' }] },
  ],
  ['recursively', { $schema: 'https://json-schema.org/draft/2019-09/schema', allOf: [{ $recursiveRef: '#' }] }],
])('a schema that refers %s is a problem of the schema', async (_how, schema) => {
  const { problems, exitCode } = await validated(withSchema(schema, 'a: 1\n', { 'tenants/two/dev/A.yml': 'b: 1\n' }));
  expect(codes(problems)).toEqual(['schema-invalid']);
  expect(exitCode).toBe(3);
});

test.each([
  ['unique items', { uniqueItems: true }, '[{ k: 1 }, { k: 1 }]', '/a must NOT have duplicate items'],
  [
    'unique items, whose keys are in another order',
    { uniqueItems: true },
    '[{ a: 1, b: 2 }, { b: 2, a: 1 }]',
    '/a must NOT',
  ],
  ['allowed maps', { enum: [{ k: 1 }] }, '{ k: 2 }', '/a must be equal to one of the allowed values: [{"k":1}]'],
  ['a constant map', { const: { k: [1] } }, '{ k: [2] }', '/a must be equal to constant'],
  ['maps with names of methods', { enum: [{ valueOf: 1, toString: 2 }] }, '{ valueOf: 1, toString: 3 }', '/a must be'],
  [
    'required names of methods',
    { required: ['constructor'] },
    '{ k: 1 }',
    "/a must have required property 'constructor'",
  ],
])('a schema compares %s', async (_what, a, value, message) => {
  const { problems } = await validated(withSchema({ properties: { a } }, `a: ${value}\n`));
  expect(problems.map((problem) => problem.message.slice(0, message.length))).toEqual([message]);
});

test.each([
  ['unique items', { uniqueItems: true }, '[{ constructor: 1 }, { constructor: 2 }, {}]'],
  ['an allowed map', { enum: [{ constructor: { k: 1 }, valueOf: 2 }] }, '{ valueOf: 2, constructor: { k: 1 } }'],
  ['a constant', { const: { __proto__: 1, a: 0 } }, '{ a: 0 }'],
  ['many items', { uniqueItems: true }, JSON.stringify(Array.from({ length: 20_000 }, (_, n) => ({ n })))],
])('a schema accepts %s', async (_what, a, value) => {
  expect((await validated(withSchema({ properties: { a } }, `a: ${value}\n`))).problems).toEqual([]);
});

test('a run is interrupted while a schema is applied', async () => {
  const world = createWorld({
    ...withSchema({ properties: { a: { pattern: '^(a+)+$' } } }, `a: ${hostile}\n`),
    'tenants/one/dev/.gitkeep': '',
  });
  let signalledAt = Number.NaN;
  const { exitCode } = await world.appcfgWith(
    {
      onStart: (signal) =>
        setTimeout(() => {
          signalledAt = performance.now();
          signal('SIGINT');
        }, 300),
    },
    'validate',
  );
  expect(performance.now() - signalledAt).toBeLessThan(1000);
  expect(exitCode).toBe(130);
});

test.each([
  ['tenants', '--tenant'],
  ['environments', '--env'],
  ['profiles', '--config-profile'],
])('a hostile glob of %s is refused or matched in time', async (_what, flag) => {
  const world = createWorld({
    'template/A.yml': 'a: 1\n',
    [`tenants/${'a'.repeat(60)}/${'a'.repeat(60)}/.gitkeep`]: '',
  });
  for (const glob of [`${'*a'.repeat(250)}`, '{a,aa}'.repeat(80)]) {
    const { exitCode, json } = await world.appcfg('validate', flag, glob, '-o', 'json');
    expect([exitCode, ...codes(json.problems)]).toEqual([3, 'selection-empty']);
  }
  for (const glob of ['a'.repeat(513), '{1..1000000}', '!(a)', `${'+('.repeat(120)}a${')'.repeat(120)}b`]) {
    const { exitCode, json } = await world.appcfg('validate', flag, glob, '-o', 'json');
    expect([exitCode, ...codes(json.problems)]).toEqual([3, 'usage-invalid']);
  }
});

test.each([
  ['tenants', "tenants: [{ match: '{1..1000000}' }]"],
  ['excluded profiles', "tenants: [{ match: a, excludeProfiles: ['!(!(a))'] }]"],
  ['adopted applications', `adopt: ['${'*a'.repeat(300)}']`],
  ['waves', "waves: [{ name: w, tenants: ['{1..99999}'] }]"],
  ['redacted values', `redact: ['/${'*a'.repeat(300)}']`],
  ['many redacted values', `redact: [${'/a, '.repeat(1001)}]`],
  ['many globs', `adopt: [${'a, '.repeat(1001)}]`],
])('appcfg.yml may not have hostile patterns of %s', async (_what, settings) => {
  const { exitCode, problems } = await validated({
    'appcfg.yml': `project: p\n${settings}\n`,
    'template/A.yml': 'a: 1\n',
  });
  expect(codes(problems)).toContain('settings-invalid');
  expect(exitCode).toBe(3);
});

test('hostile patterns of redacted values are matched in time', async () => {
  const patterns = [
    `/${'*a'.repeat(200)}`,
    `${'/**'.repeat(150)}/x`,
    `${'/**/*'.repeat(90)}`,
    `/**/${'*ab'.repeat(150)}`,
  ];
  const world = createWorld({
    'appcfg.yml': `project: p\nredact: ${JSON.stringify(patterns)}\n`,
    'template/A.yml': `${'a'.repeat(500)}!: { b: 1, deep: [[[[[[[[1]]]]]]]] }\n`,
    'tenants/one/dev/.gitkeep': '',
  });
  const start = process.cpuUsage().user;
  const { exitCode } = await world.appcfg('render');
  expect(exitCode).toBe(0);
  expect(process.cpuUsage().user - start).toBeLessThan(1_500_000);
});

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...[...'bcdefghi'].map((name, index) => {
    const inner = `*${'abcdefghi'[index]}`;
    return `${name}: &${name} [${Array.from({ length: 9 }, () => inner).join(', ')}]`;
  }),
].join('\n');

test.each([
  ['larger than 8 MB', 'file-too-large', () => ' '.repeat(8_388_609)],
  ['nested too deep', 'nesting-too-deep', () => '['.repeat(200_000)],
  ['nested too deep in blocks', 'nesting-too-deep', () => '- '.repeat(5000)],
  ['of aliases of aliases', 'expansion-too-large', () => `${bomb}\n`],
  ['of merge keys of merge keys', 'expansion-too-large', () => `${bomb}\nz: { <<: { y: *i } }\n`],
  [
    'of aliases of a long string',
    'expansion-too-large',
    () => `a: &a ${'x'.repeat(200_000)}\nb: [${'*a, '.repeat(50)}]\n`,
  ],
  [
    'with content that aliases make large',
    'content-too-large',
    () => `a: &a ${'x'.repeat(200_000)}\nb: [${'*a, '.repeat(12)}]\n`,
  ],
  [
    'with content that indentation makes large',
    'content-too-large',
    () => `${'['.repeat(98)}${'1, '.repeat(12_000)}${']'.repeat(98)}\n`,
  ],
])('a file %s is refused', async (_what, code, text) => {
  const { exitCode, problems } = await validated({ 'template/A.yml': text() });
  expect(codes(problems)).toEqual([code]);
  expect(exitCode).toBe(3);
});

test('content in YAML is bounded by its indentation, too', async () => {
  const deep = `${'['.repeat(98)}${'1, '.repeat(12_000)}${']'.repeat(98)}\n`;
  const { problems } = await validated({
    'appcfg.yml': 'project: p\nprofiles: { A: { format: yaml } }\n',
    'template/A.yml': deep,
  });
  expect(codes(problems)).toEqual(['content-too-large']);
});

test('a file with 200,000 warnings is read, and reports how many there are', async () => {
  const world = createWorld({ 'template/A.yml': '- yes\n'.repeat(200_000), 'tenants/one/dev/.gitkeep': '' });
  const { exitCode, stderr, json } = await world.appcfg('validate', '-o', 'json');
  expect(exitCode).toBe(0);
  expect(stderr.match(/^warning: /gm)).toHaveLength(20);
  expect(stderr).toContain('9,981 more scalar-ambiguous problems');
  expect(json.problems).toHaveLength(10_000);
  expect(json.omittedProblems).toBe(1);
});

test('a run notices a signal while a large file is read', async () => {
  const world = createWorld({ 'template/A.yml': `[${'[], '.repeat(900_000)}]\n`, 'tenants/one/dev/.gitkeep': '' });
  let signalledAt = Number.NaN;
  const { exitCode } = await world.appcfgWith(
    {
      onStart: (signal) =>
        setTimeout(() => {
          signalledAt = performance.now();
          signal('SIGTERM');
        }, 300),
    },
    'validate',
  );
  expect(performance.now() - signalledAt).toBeLessThan(1000);
  expect(exitCode).toBe(143);
});

const longList = (from: number, item: (index: number) => string) =>
  `networks:\n${Array.from({ length: 60_000 }, (_, index) => `- ${item(from + index)}\n`).join('')}`;

test.each([
  ['strings by their union', 'union', (index: number) => `item-${index}`],
  ['maps by a key', '{ by: id }', (index: number) => `{ id: ${index}, v: ${index % 7} }`],
])('a run can be interrupted while long lists are merged: %s', async (_what, strategy, item) => {
  const environments = ['dev', 'qa'];
  const world = createWorld({
    'appcfg.yml': `project: p\nprofiles: { Limits: { lists: { /networks: ${strategy} } } }\n`,
    'template/Limits.yml': longList(0, item),
    ...Object.fromEntries(
      environments.flatMap((environment) => [
        [`template/${environment}/Limits.yml`, longList(30_000, item)],
        [`tenants/one/${environment}/Limits.yml`, 'networks: [{ id: x }]\n'],
      ]),
    ),
  });
  let busiest = 0;
  let turnedAt = process.cpuUsage();
  const turns = setInterval(() => {
    const { user } = process.cpuUsage(turnedAt);
    turnedAt = process.cpuUsage();
    busiest = Math.max(busiest, user / 1e6);
  }, 10);
  await world.appcfg('validate');
  clearInterval(turns);
  expect(busiest).toBeLessThan(1.5);
});

test('a large file is read as a small one: exact numbers, shared parts, problems with lines', async () => {
  const filler = `filler: "${'x'.repeat(300_000)}"\n`;
  const world = createWorld({
    'template/A.yml': `${filler}n: 1.10\nlist: &l [12345678901234567890]\nagain: *l\nwarn: yes\n`,
    'tenants/one/dev/A.yml': 'filler: null\n',
  });
  const { stdout, stderr } = await world.appcfg('render');
  expect(stdout.replaceAll(/\s/g, '')).toContain(
    '{"n":1.10,"list":[12345678901234567890],"again":[12345678901234567890],"warn":"yes"}',
  );
  expect(stderr).toContain('template/A.yml:5:7');
});
