// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of configurations.
import { expect, test } from 'vitest';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { toPlain, type Value } from '../../../src/core/model/value.ts';
import { replaceVariables, type UnknownVariable, variablesIn } from '../../../src/core/render/variables.ts';

const parsed = (yaml: string): Value => parseDocument(yaml, { path: 'a.yml' }).value ?? null;

const known = new Map([
  ['tenant', 'acme'],
  ['region', 'eu-west-1'],
  ['label.tier', 'gold ${region}'],
]);

function replaced(text: string) {
  const unknown: UnknownVariable[] = [];
  const value = replaceVariables(text, (name) => known.get(name), { unknown: (each) => unknown.push(each) });
  return { value, unknown: unknown.map(({ name }) => name) };
}

test.each([
  ['https://${tenant}.example.com/${region}', 'https://acme.example.com/eu-west-1'],
  ['$${tenant}', '${tenant}'],
  ['$$${tenant}', '$${tenant}'],
  ['$${${tenant}}', '${acme}'],
  ['$tenant {tenant} $', '$tenant {tenant} $'],
  ['$$', '$$'],
  ['$${', '${'],
  ['${label.tier}', 'gold ${region}'],
  ['a\n${tenant}\n', 'a\nacme\n'],
])('%j becomes %j', (text, expected) => {
  expect(replaced(text)).toEqual({ value: expected, unknown: [] });
});

test.each([
  ['${tennant}', ['tennant']],
  ['${}', ['']],
  ['${ tenant }', [' tenant ']],
  ['${Tenant} ${account}', ['Tenant', 'account']],
  ['${tenant', [undefined]],
  ['${tenant} and ${', [undefined]],
  ['${label.}', ['label.']],
  ['${toString}', ['toString']],
])('%j has variables that cannot be replaced', (text, names) => {
  expect(replaced(text).unknown).toEqual(names);
});

test('strings are replaced at any depth; keys, numbers and truth values are not', () => {
  const value = parsed('"${tenant}": { a: ["${tenant}", 1.0, true, null], "b/c": "${nope}" }');
  const unknown: UnknownVariable[] = [];
  const result = replaceVariables(value, (name) => known.get(name), { unknown: (each) => unknown.push(each) });
  expect(toPlain(result)).toEqual({ '${tenant}': { a: ['acme', 1, true, null], 'b/c': '${nope}' } });
  expect(unknown).toEqual([{ name: 'nope', pointer: '/${tenant}/b~1c' }]);
});

test('what has no variables stays the same object, and so do its parts', () => {
  const value = parsed('a: { b: [1, "$"] }\nc: "${tenant}"\n') as Record<string, Value>;
  const result = replaceVariables(value, (name) => known.get(name)) as Record<string, Value>;
  expect(result).not.toBe(value);
  expect(Object.values(result)[0]).toBe(Object.values(value)[0]);
  expect(replaceVariables(Object.values(value)[0] as Value, () => 'x')).toBe(Object.values(value)[0]);
});

test('parts that are known to have none are not looked at', () => {
  const value = parsed('a: ["${tenant}"]\nb: { c: ["${region}"] }\n') as Record<string, Value>;
  const [known] = Object.values(value);
  const isPlain = (part: object) => part === known;
  expect(variablesIn(value, isPlain)).toEqual(['region']);
  const result = replaceVariables(value, () => 'x', { isPlain });
  expect(toPlain(result)).toEqual({ a: ['${tenant}'], b: { c: ['x'] } });
});

test('the names in a value are found, each once', () => {
  expect(variablesIn(parsed('a: ["${tenant} ${region}", "${tenant}"]\n"${account}": 1'))).toEqual(['tenant', 'region']);
  expect(variablesIn(parsed('a: $${tenant}'))).toEqual([]);
  expect(variablesIn(parsed('a: $tenant'))).toBeUndefined();
});
