import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

/** Validates `a: 1` and reads what is wrong with it. */
async function problemsWith(files: Record<string, string>, content = 'a: 1\n'): Promise<string[]> {
  const world = createWorld({
    'appcfg.yml': 'project: p\nprofiles:\n  A: { schema: s.json }\n',
    'template/A.yml': content,
    'tenants/one/dev/.gitkeep': '',
    ...files,
  });
  const { json } = await world.appcfg('validate', '-o', 'json');
  return json.problems.map(({ source, message }: { source: string; message: string }) => `${source} ${message}`);
}

const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 1\n';

test.each([
  ['a schema', { 's.json': pointer }, 's.json:1:1'],
  ['what a schema refers to', { 's.json': '{"$ref": "other.json"}', 'other.json': pointer }, 'other.json:1:1'],
  ['the template', { 's.json': '{}', 'template/A.yml': pointer }, 'template/A.yml:1:1'],
  ['an override', { 's.json': '{}', 'tenants/one/dev/A.json': pointer }, 'tenants/one/dev/A.json:1:1'],
  ['the settings', { 's.json': '{}', 'appcfg.yml': pointer }, 'appcfg.yml:1:1'],
])('a pointer of Git LFS instead of %s is the one problem', async (_what, files, source) => {
  expect(await problemsWith(files)).toEqual([
    `${source} the file is a pointer of Git LFS: its content was not fetched`,
  ]);
});

test.each([
  ['without a dialect', '{"properties": {"a": {"minimum": 2}}}'],
  ['draft-04', '{"$schema": "http://json-schema.org/draft-04/schema#", "properties": {"a": {"minimum": 2}}}'],
  ['draft-07', '{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"minimum": 2}}}'],
  ['2019-09', '{"$schema": "https://json-schema.org/draft/2019-09/schema", "properties": {"a": {"minimum": 2}}}'],
  ['2020-12', '{"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"a": {"minimum": 2}}}'],
])('a schema %s is applied', async (_dialect, schema) => {
  expect(await problemsWith({ 's.json': schema })).toEqual(['template/A.yml:1:1 /a must be >= 2 (s.json)']);
});

test('a schema may use what only draft-04 has', async () => {
  const schema = {
    $schema: 'http://json-schema.org/draft-04/schema#',
    id: 'https://schemas.example/s.json',
    definitions: { more: { minimum: 1, exclusiveMinimum: true } },
    properties: { a: { $ref: 'https://schemas.example/s.json#/definitions/more' } },
  };
  expect(await problemsWith({ 's.json': JSON.stringify(schema) })).toEqual([
    'template/A.yml:1:1 /a must be > 1 (s.json)',
  ]);
});

test.each([
  ['a neighbour', { $ref: 'other.json#/definitions/text' }],
  ['itself by its $id', { $ref: 'https://schemas.example/s.json#/definitions/text' }],
  ['a part of itself', { $ref: '#/definitions/text' }],
])('a schema may refer to %s', async (_what, a) => {
  const definitions = { text: { type: 'string' } };
  const problems = await problemsWith({
    's.json': JSON.stringify({ $id: 'https://schemas.example/s.json', definitions, properties: { a } }),
    'other.json': JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', definitions }),
  });
  expect(problems).toEqual(['template/A.yml:1:1 /a must be string (s.json)']);
});

test.each([
  ['true', []],
  ['false', ['template/A.yml:1:1 the content must NOT be valid (s.json)']],
])('the schema %s is valid', async (schema, expected) => {
  expect(await problemsWith({ 's.json': schema })).toEqual(expected);
});

test.each([
  ['a string', { 's.json': '"hello"' }, 's.json is not a schema: a schema is a map, true or false'],
  ['a list', { 's.json': '[{}]' }, 's.json is not a schema: a schema is a map, true or false'],
  ['missing', {}, 's.json not found'],
  ['not JSON', { 's.json': '{' }, /^s\.json:1:2: invalid YAML/],
  [
    'dependent on the network',
    { 's.json': '{"$ref": "https://x.example/y"}' },
    '$ref to https://x.example/y, which is outside of the tree',
  ],
  ['dependent on a missing file', { 's.json': '{"$ref": "no.json"}' }, 'no.json not found'],
])('a schema that is %s is reported at its position in the settings', async (_what, files, message) => {
  const [problem = ''] = await problemsWith(files as Record<string, string>);
  const start = 'appcfg.yml:3:8 the schema of profile "A" is invalid: ';
  expect(problem.slice(0, start.length)).toBe(start);
  expect(problem.slice(start.length)).toMatch(message);
});

test.each([
  ['.git/config'],
  ['.GIT/config'],
  ['sub/.git/config'],
  ['.appcfg/local.json'],
  ['link-to-file.json'],
  ['link-to-folder/config'],
])('the schema %s is not read: folders of Git and of appcfg hold credentials and local state', async (path) => {
  const config = 'url: https://token:4711@gitlab.example.com';
  const world = createWorld({
    'template/A.yml': 'a: 1\n',
    'tenants/one/dev/.gitkeep': '',
    '.git/config': config,
    '.GIT/config': config,
    'sub/.git/config': config,
    '.appcfg/local.json': config,
  });
  symlinkSync('.git/config', join(world.directory, 'link-to-file.json'));
  symlinkSync('.git', join(world.directory, 'link-to-folder'));
  for (const schema of [path, 's.json']) {
    world.write('appcfg.yml', `project: p\nprofiles:\n  A: { schema: ${schema} }\n`);
    world.write('s.json', JSON.stringify({ $ref: path }));
    const { exitCode, stdout, stderr } = await world.appcfg('validate');
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/the schema of profile "A" is invalid: .* is in a folder of Git or of appcfg/);
    expect(stdout + stderr).not.toMatch(/token|4711/);
  }
});
