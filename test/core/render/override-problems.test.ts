// What an override does that its author may not have meant, from the files of an address to the problems.
import { expect, test } from 'vitest';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { everything } from '../../../src/core/model/selection.ts';
import { formatSource } from '../../../src/core/model/source-position.ts';
import { type Layers, SourceDocument } from '../../../src/core/render/layers.ts';
import { RenderCache } from '../../../src/core/render/render-cache.ts';
import { TenantResolver } from '../../../src/core/render/resolve-tenant.ts';
import { defaultProfileSettings, defaultSettings, type ProfileSettings } from '../../../src/core/settings/settings.ts';

type Files = Readonly<Record<string, string>>;

/** Texts by path; those of a folder below `root` are of an environment. */
function layersIn(root: string, files: Files, environments: readonly string[] = ['dev']): Layers {
  const document = (path: string) => {
    const text = files[path];
    return text === undefined ? [] : [['A', new SourceDocument(path, text, parseDocument(text, { path }))] as const];
  };
  return {
    everywhere: new Map(document(`${root}/A.yml`)),
    environments: new Map(environments.map((name) => [name, new Map(document(`${root}/${name}/A.yml`))])),
  };
}

async function resolved(files: Files, settings: Partial<ProfileSettings> = {}) {
  const resolver = new TenantResolver(layersIn('template', files), {
    settings: { ...defaultSettings, profiles: new Map([['A', { ...defaultProfileSettings, ...settings }]]) },
    selection: everything,
    schemas: new Map(),
    matchPatterns: async () => [],
    listsRedundant: true,
    cache: new RenderCache(),
    breathe: async () => {},
  });
  const tenant = await resolver.resolve({ name: 'one', ...layersIn('tenants/one', files, ['dev', 'qa']) });
  const problems = [...(await resolver.templateProblems()), ...tenant.problems].map(
    ({ code, severity, source, message, hint }) =>
      `${severity} ${code} ${source && formatSource(source)} ${message} | ${hint?.text}`,
  );
  return {
    problems,
    texts: tenant.application.environments.map(({ configurations }) => configurations[0]?.content.text),
  };
}

const one = 'tenants/one/A.yml';

/** The problems of a tenant's file with a template's. */
async function problemsOf(template: string, override: string, settings?: Partial<ProfileSettings>) {
  return (await resolved({ 'template/A.yml': template, [one]: override }, settings)).problems;
}

const bareHint = 'delete the line to keep the inherited value, or write null or ~ to delete it';

test.each([
  [
    'api:\n  rps: 1\n',
    'api:\n  # rps: 2\n',
    '1:1 /api has no value, and would delete the inherited value of template/A.yml:1:1',
  ],
  [
    'd:\n  host: x\n  pw: y\n',
    'd:\n  host: z\n  pw:\n',
    '3:3 /d/pw has no value, and would delete the inherited value of template/A.yml:3:3',
  ],
  ['a: 1\nb: 2', '{a, b: 3}', '1:2 /a has no value, and would delete the inherited value of template/A.yml:1:1'],
  [
    'a: {x: 1}',
    'z: &z {x: }\na: *z',
    '2:1 /a/x has no value, and would delete the inherited value of template/A.yml:1:5',
  ],
  [
    'a: {x: 1}',
    'z: &z {x: }\na: {<<: *z}',
    '2:5 /a/x has no value, and would delete the inherited value of template/A.yml:1:5',
  ],
  ['a: null\nb: 1', 'a:\nb: 2', '1:1 /a has no value, and would delete the inherited value of template/A.yml:1:1'],
])('of %j the override %j would delete a value by a bare key', async (template, override, expected) => {
  const { problems, texts } = await resolved({ 'template/A.yml': template, [one]: override });
  expect(problems.filter((problem) => problem.startsWith('error'))).toEqual([
    `error null-implicit ${one}:${expected} | ${bareHint}`,
  ]);
  expect(texts).toEqual([undefined, undefined]);
});

test.each([
  ['api: {rps: 1}', 'api: null', {}],
  ['api: {rps: 1}', 'api: ~', {}],
  ['api: {rps: 1}', 'api: !!null', {}],
  ['api: {rps: 1}', 'api:', { null: 'keep' }],
  ['api: {rps: 1}', 'api:', { merge: 'replace' }],
  ['l: [{id: 1}]', 'l: [{id: 1, x: }]', {}],
  ['a: 1', 'new:', {}],
] as const)('of %j the override %j with %j has no bare key that deletes', async (template, override, settings) => {
  const problems = await problemsOf(template, override, settings);
  expect(problems.filter((problem) => problem.includes('null-implicit'))).toEqual([]);
});

test('the least specific file may have keys without a value; an item that the settings merge may not', async () => {
  expect((await resolved({ 'template/A.yml': 'a:\nb: 1\n' })).problems).toEqual([]);
  expect(
    await problemsOf('l: [{id: 1, x: 2}]', 'l:\n  - id: 1\n    x:\n', { lists: new Map([['/l', { by: 'id' }]]) }),
  ).toEqual([
    `error null-implicit ${one}:3:5 /l/0/x has no value, and would delete the inherited value of template/A.yml:1:1 | ${bareHint}`,
  ]);
});

test.each([
  [
    'a: 1',
    'a:2',
    'error',
    '1:1 the whole configuration is a map in template/A.yml:1:1, and becomes a string | write a space after the colon: without it the line is a string, not a key with a value',
  ],
  [
    'a: 1',
    '- a: 2',
    'error',
    '1:1 the whole configuration is a map in template/A.yml:1:1, and becomes a list | delete the dash before the key: with it the line is an item of a list',
  ],
  [
    '[1]',
    'a: 2',
    'error',
    '1:1 the whole configuration is a list in template/A.yml:1:1, and becomes a map | write a list',
  ],
  [
    'api: {a: 1}',
    'api:\n  a:2',
    'warning',
    '1:1 /api is a map in template/A.yml:1:1, and becomes a string | write a space after the colon: without it the line is a string, not a key with a value',
  ],
  [
    'hosts: [a]',
    'hosts: b',
    'warning',
    '1:1 /hosts is a list in template/A.yml:1:1, and becomes a string | write a list, or make sure that all clients accept a string',
  ],
  [
    'hosts: [a]',
    'hosts: {b: 1}',
    'warning',
    '1:1 /hosts is a list in template/A.yml:1:1, and becomes a map | write a list, or make sure that all clients accept a map',
  ],
  [
    'a: true',
    'a: [true]',
    'warning',
    '1:1 /a is a boolean in template/A.yml:1:1, and becomes a list | write a boolean, or make sure that all clients accept a list',
  ],
  [
    'a: {rps: 200}',
    'a: {rps: "200"}',
    'warning',
    '1:5 /a/rps is a number in template/A.yml:1:5, and becomes a string | delete the quotes to make it a number',
  ],
  [
    'a: 1.0',
    "a: '-2.50'",
    'warning',
    '1:1 /a is a number in template/A.yml:1:1, and becomes a string | delete the quotes to make it a number',
  ],
])('of %j the override %j changes the kind', async (template, override, severity, expected) => {
  expect(await problemsOf(template, override)).toEqual([`${severity} kind-changed ${one}:${expected}`]);
});

test.each([
  ['a: 1', 'a: two'],
  ['a: x', 'a: true'],
  ['a: x', 'a: 5'],
  ['a: null', 'a: {b: 1}'],
  ['a: {b: 1}', 'a: null'],
  ['a: [1]', 'a: []'],
])('of %j the override %j changes no kind', async (template, override) => {
  expect(await problemsOf(template, override)).toEqual([]);
});

test('with merge: replace only the whole configuration can change its kind', async () => {
  expect(await problemsOf('a: [1]', 'a: 1', { merge: 'replace' })).toEqual([]);
  expect(await problemsOf('a: 1', '[1]', { merge: 'replace' })).toEqual([expect.stringMatching(/^error kind-changed/)]);
});

test('a change of kind is reported at the layer that makes it, once for all environments', async () => {
  const files = {
    'template/A.yml': 'a: {b: 1}',
    'template/dev/A.yml': 'a: [1]',
    [one]: 'a: {c: 1}',
    'tenants/one/dev/A.yml': 'a: {d: 1}',
    'tenants/one/qa/A.yml': 'a: x',
  };
  expect((await resolved(files)).problems.map((problem) => problem.split(', and')[0])).toEqual([
    'warning kind-changed template/dev/A.yml:1:1 /a is a map in template/A.yml:1:1',
    `warning kind-changed ${one}:1:1 /a is a list in template/dev/A.yml:1:1`,
    `warning kind-changed tenants/one/qa/A.yml:1:1 /a is a map in ${one}:1:1`,
  ]);
});

test('an error of the template is reported once, and nothing that follows from it', async () => {
  const files = { 'template/A.yml': 'a: 1', 'template/dev/A.yml': 'a:2', 'tenants/one/dev/A.yml': 'a: 3' };
  const { problems, texts } = await resolved(files);
  expect(problems).toEqual([expect.stringMatching(/^error kind-changed template\/dev/)]);
  expect(texts).toEqual([undefined, '{\n  "a": 1\n}\n']);
});

test.each([
  [
    'api:\n  requestsPerSecond: 1',
    'api:\n  requestPerSecond: 2',
    '2:3 /api/requestPerSecond is a new key, similar to "requestsPerSecond" in template/A.yml:2:3 | did you mean "requestsPerSecond"?',
  ],
  [
    'max_rps: 1',
    'maxRps: 2',
    '1:1 /maxRps is a new key, similar to "max_rps" in template/A.yml:1:1 | did you mean "max_rps"?',
  ],
  ['Url: 1', 'url: {x: 1}', '1:1 /url is a new key, similar to "Url" in template/A.yml:1:1 | did you mean "Url"?'],
])('of %j the override %j adds a key that is similar to another', async (template, override, expected) => {
  expect(await problemsOf(template, override)).toEqual([`warning key-suspicious ${one}:${expected}`]);
});

test.each([
  ['requests: 1', 'colour: red'],
  ['host1: 1', 'host2: 2'],
  ['a: {timeout: 1}', 'b: {timeuot: 1}'],
  ['timeout: 1', 'timeuot: null'],
])('of %j the override %j adds no similar key', async (template, override) => {
  expect((await problemsOf(template, override)).filter((problem) => problem.includes('key-suspicious'))).toEqual([]);
});

test('a key that a less specific layer has, and another one deletes, is no typo', async () => {
  const files = {
    'template/A.yml': 'timeout: 1\ntimeouts: 2',
    [one]: 'timeouts: null',
    'tenants/one/dev/A.yml': 'timeouts: 3',
  };
  expect((await resolved(files)).problems).toEqual([]);
});

test.each([
  [
    'a: 1',
    'fresh: {gpu: null}\nb: 2',
    '1:9 null at /fresh/gpu has no effect: the key is not inherited | check the key for typos; for an empty map write {}',
  ],
  [
    'a: 1',
    'fresh:\n  x: null\n  y: 1',
    '2:3 null at /fresh/x has no effect: the key is not inherited | check the key for typos, or delete this line',
  ],
  [
    'api: {x: 1}\nb: 1',
    'api:\n  y: null\nb: 2',
    '2:3 null at /api/y has no effect: the key is not inherited | check the key for typos, or delete all of /api',
  ],
  [
    'keep: 1',
    'keep: 1\nown: 2',
    '1:1 /keep repeats the inherited value | delete these lines: the result stays the same',
  ],
])('of %j the override %j gets advice that is true', async (template, override, expected) => {
  expect(await problemsOf(template, override)).toEqual([`warning override-redundant ${one}:${expected}`]);
});

test.each([
  ['limits: {cpu: 1, memory: 2}', 'other: &o {cpu: null, memory: 3}\nlimits: *o'],
  ['a: {x: 1}\nb: [0]', 'a: &a {x: 1}\nb: [*a]'],
  ['a: 1\nb: 0', 'a: &a 1\nb: *a'],
  ['a: {x: 1}\nb: 0', 'd: &d {x: 1}\na: {<<: *d}\nb: 2'],
  ['l: [{a: 1, b: 2}]', 'l: [{b: 2, a: 1}]'],
  ['keep: 1', 'keep: 1 # appcfg: keep\nown: 2'],
  ['keep: 1', 'keep: 1 # appcfg: keep, until 2027'],
  ['m: {a: 1}', 'm: # appcfg: keep\n  a: 1'],
])('of %j the override %j gets no advice', async (template, override) => {
  expect(await problemsOf(template, override)).toEqual([]);
});

test('a line that is to be kept does not keep others out', async () => {
  expect(await problemsOf('a: 1\nb: 2\nc: 3', 'a: 1\nb: 2 # appcfg: keep\nc: 3')).toEqual([
    `warning override-redundant ${one}:1:1 /a repeats the inherited value | delete these lines: the result stays the same`,
    `warning override-redundant ${one}:3:1 /c repeats the inherited value | delete these lines: the result stays the same`,
  ]);
});

test('a file that repeats all it inherits can be emptied, whatever anchors it has', async () => {
  expect(await problemsOf('a: {x: 1}\nb: {x: 1}', 'a: &a {x: 1}\nb: *a')).toEqual([
    `warning override-redundant ${one}:1:1 the whole file repeats inherited values | delete these lines: the result stays the same`,
  ]);
});

test('a value that repeats in one environment only is not redundant', async () => {
  const files = { 'template/A.yml': 'a: 1', 'template/dev/A.yml': 'a: 2', [one]: 'a: 2\nb: 1' };
  expect((await resolved(files)).problems).toEqual([]);
});
