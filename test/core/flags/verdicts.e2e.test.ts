// validate and the emulator, which were written independently, have the same verdict of a document.
import { expect, test } from 'vitest';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { checkFlags } from '../../../src/core/flags/check-flags.ts';
import { findFlagProblems } from '../../../src/emulator/rules/find-flag-problems.ts';

const document = {
  version: '1',
  flags: {
    a: {
      name: 'A',
      description: 'of a',
      _deprecation: { status: 'planned' },
      attributes: {
        color: { description: 'c', constraints: { type: 'string', enum: ['red', 'blue'], required: true } },
        size: { constraints: { type: 'number', minimum: 1, maximum: 5 } },
        code: { constraints: { type: 'string', pattern: '^[a-z]+$' } },
        tags: { constraints: { type: 'array', elements: { type: 'string', enum: ['x', 'y'] } } },
      },
    },
    b: { name: 'B', attributes: { tier: { constraints: { type: 'string' } } } },
  },
  values: {
    a: { enabled: true, color: 'red', size: 2, code: 'abc', tags: ['x'] },
    b: {
      _variants: [
        { name: 'one', enabled: true, rule: '(eq $tier "gold")', attributeValues: { tier: 'gold' } },
        { name: 'two', enabled: false },
      ],
    },
  },
};

const others: readonly unknown[] = [
  ...[null, '', 'abc', 'true', '(nope)', 0, 1.5, -1, 100, true, false],
  ...[[], ['a', 1], [null], ['red'], [{}], {}, { x: 1 }, { type: 'string' }],
];

type Node = Record<string, unknown>;

/** A copy with something else, or nothing, at the end of the path. */
function changed(path: readonly string[], value: unknown): Node {
  const copy = structuredClone(document) as Node;
  const last = path.at(-1) ?? '';
  const parent = path.slice(0, -1).reduce<Node>((node, key) => node[key] as Node, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

function pathsOf(node: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof node !== 'object' || node === null) return [path];
  const inside = Object.entries(node).flatMap(([key, each]) => pathsOf(each, [...path, key]));
  return path.length === 0 ? inside : [path, ...inside];
}

function verdicts(each: Node) {
  const text = JSON.stringify(each);
  const { value } = parseDocument(text, { path: 'f.json', format: 'json' });
  if (value === undefined) throw new Error(text);
  const { errors, patterns } = checkFlags(value);
  const isMismatch = patterns.some(({ pattern, text: string }) => !new RegExp(pattern).test(string));
  return { validate: errors.length === 0 && !isMismatch, emulator: findFlagProblems(JSON.parse(text)).length === 0 };
}

test('the document is valid', () => {
  expect(verdicts(document)).toEqual({ validate: true, emulator: true });
});

test.each(pathsOf(document).map((path) => [path.join('.'), path] as const))('whatever is at %s', (_name, path) => {
  const isItem = Number.isInteger(Number(path.at(-1)));
  for (const other of isItem ? others : [...others, undefined]) {
    const { validate, emulator } = verdicts(changed(path, other));
    expect(`${JSON.stringify(other)} ${emulator}`).toBe(`${JSON.stringify(other)} ${validate}`);
  }
});

test.each(pathsOf(document).map((path) => [path.join('.'), path] as const))('a member beside %s', (_name, path) => {
  const parent = path.slice(0, -1);
  for (const other of others) {
    for (const member of ['enum', 'elements', 'pattern', 'minimum', 'required', 'enabled', 'rule', 'more']) {
      const at = [...parent, member];
      if (Number.isInteger(Number(path.at(-1)))) continue;
      const { validate, emulator } = verdicts(changed(at, other));
      expect(`${at.join('.')} ${JSON.stringify(other)} ${emulator}`).toBe(
        `${at.join('.')} ${JSON.stringify(other)} ${validate}`,
      );
    }
  }
});
