import { expect, test } from 'vitest';
import type { ProfileSettings } from '../../../src/core/settings/settings.ts';
import { profileTreeFrom, tidied } from '../../support/tidied-trees.ts';

const tenants = ['one', 'two', 'three'];
const tidy = (texts: Readonly<Record<string, string>>, settings: Partial<ProfileSettings> = {}) =>
  tidied(profileTreeFrom(texts, { tenants, settings }));

test('what repeats an inherited value is removed, and a file without any is empty', () => {
  expect(tidy({ template: 'a: 1\nb: 2', one: 'a: 1\nb: 3', 'one/dev': 'b: 3' })).toEqual({
    one: '{ "b": 3 }',
    'one/dev': null,
  });
});

test('an override of a tenant is redundant only if it is in each environment', () => {
  expect(tidy({ template: 'a: 1', 'template/dev': 'a: 2', one: 'a: 2' })).toEqual({});
});

test('a null that deletes nothing is removed; the map that is made by it stays', () => {
  expect(tidy({ template: 'a: 1', one: 'b: ~\nm: { c: ~ }' })).toEqual({ one: '{ "m": {} }' });
});

test('what most repeat is moved into the least specific layer where fewer leaves are left', () => {
  const repeated = 'a: 2';
  expect(tidy({ template: 'a: 1', one: repeated, two: repeated, three: repeated })).toEqual({
    template: '{ "a": 2 }',
    one: null,
    two: null,
    three: null,
  });
  expect(tidy({ template: 'a: 1', 'one/dev': repeated, 'two/dev': repeated, 'three/dev': repeated })).toEqual({
    'template/dev': '{ "a": 2 }',
    'one/dev': null,
    'two/dev': null,
    'three/dev': null,
  });
  expect(tidy({ template: 'a: 1', 'one/dev': repeated, 'one/prod': repeated })).toEqual({
    one: '{ "a": 2 }',
    'one/dev': null,
    'one/prod': null,
  });
});

test('nothing is moved where as many leaves would be left, or a minority has the value', () => {
  expect(tidy({ template: 'a: 1', one: 'a: 2', two: 'a: 3' })).toEqual({});
  expect(tidy({ template: 'a: 1', 'one/dev': 'a: 2' })).toEqual({});
});

test('a tenant that has none of it keeps the inherited value', () => {
  expect(tidy({ template: 'a: 1', one: 'a: 2', two: 'a: 2' })).toMatchObject({
    template: '{ "a": 2 }',
    three: '{ "a": 1 }',
  });
  const many = { template: 'a: 1\nb: 0', 'one/dev': 'a: 2', 'one/prod': 'a: 2', two: 'a: 2', 'three/dev': 'a: 2' };
  expect(tidy(many)).toMatchObject({ template: '{ "a": 2, "b": 0 }', 'three/prod': '{ "a": 1 }' });
});

test('what all delete is deleted where it is set', () => {
  expect(tidy({ template: 'a: 1\nb: 2', one: 'a: ~', two: 'a: ~', three: 'a: ~' })).toEqual({
    template: '{ "b": 2 }',
    one: null,
    two: null,
    three: null,
  });
});

test('a key is not moved where the order of keys would change', () => {
  const own = 'z: 1\nb: 2';
  expect(tidy({ template: 'a: 1', one: own, two: own, three: 'b: 2' })).toEqual({});
  expect(tidy({ template: 'a: 1', one: own, two: own, three: own })).toEqual({
    template: '{ "a": 1, "z": 1, "b": 2 }',
    one: null,
    two: null,
    three: null,
  });
});

test('a profile comes to no address that has none of it', () => {
  expect(tidy({ one: 'a: 1', two: 'a: 1' })).toEqual({});
  expect(tidy({ one: 'a: 1', two: 'a: 1', three: 'a: 1' })).toEqual({
    template: '{ "a": 1 }',
    one: null,
    two: null,
    three: null,
  });
});

test('lists with a rule, and what has the comment that keeps it, are not moved', () => {
  const lists = new Map([['/l', 'append' as const]]);
  expect(tidy({ template: 'l: [1]', one: 'l: [2]', two: 'l: [2]', three: 'l: [2]' }, { lists })).toEqual({});
  const kept = 'a: 2 # appcfg: keep';
  expect(tidy({ template: 'a: 1', one: kept, two: kept, three: 'a: 2' })).toEqual({});
});

test('with `merge: replace` whole files are moved, and with `null: keep` nulls are values', () => {
  const own = 'b: 2';
  expect(tidy({ template: 'a: 1', one: own, two: own, three: own }, { merge: 'replace' })).toEqual({
    template: '{ "b": 2 }',
    one: null,
    two: null,
    three: null,
  });
  const nulls = 'a: ~';
  expect(tidy({ template: 'a: 1', one: nulls, two: nulls, three: nulls }, { null: 'keep' })).toMatchObject({
    template: '{ "a": null }',
  });
});
