import { expect, test } from 'vitest';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { lineText } from '../../../src/core/document/write-json.ts';
import { factorProfile } from '../../../src/core/factor/factor-profile.ts';
import { finished } from '../../../src/core/factor/interruptible.ts';
import type { Value } from '../../../src/core/model/value.ts';

/** The files of the contents by `tenant/environment`, and how they merge; undefined: the tenant lacks the profile there. */
function factored(contents: Readonly<Record<string, string | undefined>>) {
  const tenants = new Map<string, Map<string, string | undefined>>();
  for (const [address, content] of Object.entries(contents)) {
    const [tenant = '', environment = ''] = address.split('/');
    tenants.set(tenant, (tenants.get(tenant) ?? new Map()).set(environment, content));
  }
  const found = finished(
    factorProfile(
      [...tenants].map(([tenant, environments]) => ({
        tenant,
        environments: [...environments.keys()],
        values: new Map(
          [...environments].flatMap(([name, text]) => (text === undefined ? [] : [[name, valueIn(text)] as const])),
        ),
      })),
    ),
  );
  const files: [string, Value | undefined][] = [
    ['template', found.template],
    ...[...found.environments].map(([name, value]): [string, Value] => [`template/${name}`, value]),
    ...[...found.tenants].flatMap(([tenant, { own, environments }]): [string, Value | undefined][] => [
      [tenant, own],
      ...[...environments].map(([name, value]): [string, Value] => [`${tenant}/${name}`, value]),
    ]),
  ];
  const texts = files.flatMap(([name, value]) => (value === undefined ? [] : [[name, lineText(value)]]));
  return { merging: found.merging, excluded: found.excluded, ...Object.fromEntries(texts) };
}

function valueIn(text: string): Value {
  return parseDocument(text, { path: '' }).value as Value;
}

const deleting = { merging: 'delete', excluded: [] };

test('what one tenant has is in the template: of two layers with as many values the less specific is taken', () => {
  expect(factored({ 'one/dev': '{a: 1, b: 1}', 'one/prod': '{a: 1, b: 2}' })).toEqual({
    ...deleting,
    template: '{ "a": 1, "b": 1 }',
    'template/prod': '{ "b": 2 }',
  });
});

test('what all have in one environment alone is in its file of the template', () => {
  expect(
    factored({ 'one/prod': '{host: a, b: x}', 'one/dev': '{b: x}', 'two/prod': '{host: a}', 'two/dev': '{n: 1}' }),
  ).toEqual({ ...deleting, 'template/prod': '{ "host": "a" }', one: '{ "b": "x" }', 'two/dev': '{ "n": 1 }' });
});

test('a tenant whose content is empty in some environments has an empty file for all', () => {
  const contents = {
    'one/dev': '{}',
    'one/prod': '{}',
    'one/qa': '{a: x, b: 1}',
    'two/qa': '{b: 1}',
    'three/qa': '{b: 1}',
  };
  expect(factored({ ...contents, 'four/dev': undefined, 'four/prod': undefined })).toEqual({
    ...deleting,
    'template/qa': '{ "b": 1 }',
    one: '{}',
    'one/qa': '{ "a": "x" }',
  });
});

test('where some tenants have a map and most a scalar, what most have in each of many environments is shared', () => {
  const environments = ['dev', 'prod', 'qa', 'stage', 'test'];
  const most = (tenant: string) =>
    environments.map((name) => [`${tenant}/${name}`, `{rate: ${name === 'qa' ? '{}' : 2}}`] as const);
  const found = factored({
    ...Object.fromEntries(['four', 'five', 'six'].flatMap(most)),
    ...Object.fromEntries(environments.map((name) => [`one/${name}`, '{rate: {a: 1, b: 2, c: 3}}'])),
    'two/qa': '{rate: {a: x}}',
    'three/qa': '{rate: {a: x}}',
    'three/stage': '{rate: 50}',
  });
  expect(found).toMatchObject({ template: '{ "rate": 2 }', 'template/qa': '{ "rate": {} }' });
});

test('what each of several tenants has for itself stays with them: a new tenant must not inherit it', () => {
  expect(
    factored({ 'one/dev': '{host: a, n: 1}', 'two/dev': '{host: b, n: 1}', 'three/dev': '{host: c, n: 2}' }),
  ).toEqual({
    ...deleting,
    template: '{ "n": 1 }',
    one: '{ "host": "a" }',
    two: '{ "host": "b" }',
    three: '{ "host": "c", "n": 2 }',
  });
  expect(factored({ 'one/dev': '{db: {host: a}}', 'two/dev': '{db: {host: b}}' })).toEqual({
    ...deleting,
    one: '{ "db": { "host": "a" } }',
    two: '{ "db": { "host": "b" } }',
  });
});

test('each value is in the layer where it costs least', () => {
  const contents = {
    'one/dev': '{all: 1, env: d, own: 0}',
    'one/prod': '{all: 1, env: p, own: 0}',
    'three/dev': '{all: 1, env: d, own: 0}',
    'three/prod': '{all: 1, env: x, own: 0}',
    'two/dev': '{all: 1, env: d, own: 2}',
    'two/prod': '{all: 1, env: p, own: 2}',
  };
  expect(factored(contents)).toEqual({
    ...deleting,
    template: '{ "all": 1, "env": "d", "own": 0 }',
    'template/prod': '{ "env": "p" }',
    'three/prod': '{ "env": "x" }',
    two: '{ "own": 2 }',
  });
});

test('a map that one tenant lacks is deleted there by one null', () => {
  const contents = { 'a/dev': '{m: {x: 1, y: 2}, k: 1}', 'b/dev': '{m: {x: 1, y: 2}, k: 1}', 'c/dev': '{k: 1}' };
  expect(factored(contents)).toEqual({
    ...deleting,
    template: '{ "m": { "x": 1, "y": 2 }, "k": 1 }',
    c: '{ "m": null }',
  });
});

test('a map whose members a tenant lacks stays, empty', () => {
  const contents = { 'a/dev': '{m: {x: 1}, k: 1}', 'b/dev': '{m: {x: 1}, k: 1}', 'c/dev': '{m: {}, k: 1}' };
  expect(factored(contents)).toEqual({
    ...deleting,
    template: '{ "m": { "x": 1 }, "k": 1 }',
    c: '{ "m": { "x": null } }',
  });
});

test('a null is a value: in the least specific file, or with null: keep', () => {
  expect(factored({ 'a/dev': '{x: null, y: 1}', 'b/dev': '{x: null, y: 1}' })).toEqual({
    ...deleting,
    template: '{ "x": null, "y": 1 }',
  });
  expect(factored({ 'a/dev': '{x: 1, y: 1, z: 1}', 'b/dev': '{x: null, y: 1, z: null}' })).toMatchObject({
    merging: 'keep',
  });
});

test('a profile that an environment of a tenant lacks is in no file that would give it one', () => {
  expect(factored({ 'a/dev': '{x: 1}', 'a/prod': '{x: 1}', 'b/dev': '{x: 1}', 'b/prod': undefined })).toEqual({
    ...deleting,
    'template/dev': '{ "x": 1 }',
    a: '{ "x": 1 }',
  });
});

test('tenants that lack a profile are excluded where the tree is smaller so', () => {
  const three = { 'a/dev': '{x: 1, y: 1}', 'b/dev': '{x: 1, y: 1}', 'c/dev': '{x: 1, y: 1}' };
  expect(factored({ ...three, 'd/dev': undefined })).toEqual({
    merging: 'delete',
    excluded: ['d'],
    template: '{ "x": 1, "y": 1 }',
  });
  expect(factored({ 'a/dev': '{x: 1}', 'b/dev': undefined, 'c/dev': undefined })).toEqual({
    ...deleting,
    a: '{ "x": 1 }',
  });
});

test('whole files replace each other where that takes fewer values', () => {
  const contents = { 'a/dev': '{a: 1, b: 2, c: 3}', 'b/dev': '{a: 1, b: 2, c: 3}', 'c/dev': '{z: 1}' };
  expect(factored(contents)).toEqual({
    merging: 'replace',
    excluded: [],
    template: '{ "a": 1, "b": 2, "c": 3 }',
    c: '{ "z": 1 }',
  });
});

test('documents of different kinds share no file', () => {
  expect(factored({ 'a/dev': '[1]', 'b/dev': '{x: 1}' })).toEqual({ ...deleting, a: '[1]', b: '{ "x": 1 }' });
});

test('numbers keep their digits: 1 and 1.0 are two values', () => {
  expect(factored({ 'a/dev': '{x: 1}', 'b/dev': '{x: 1.0}' })).toEqual({
    ...deleting,
    a: '{ "x": 1 }',
    b: '{ "x": 1.0 }',
  });
});
