// Random feature-flag documents, valid and not: what validation accepts, the emulator, whose rules were written independently,
// creates; and what it stores is equal to what was sent.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equalByValue } from '../../src/core/document/equality.ts';
import { parseDocument } from '../../src/core/document/parse-yaml.ts';
import { checkFlags, expressionOf } from '../../src/core/flags/check-flags.ts';
import { normalizeFlags } from '../../src/core/flags/normalize-flags.ts';
import { normalizeFlags as stored } from '../../src/emulator/rules/normalize-flags.ts';
import { TimeLimit } from '../../src/emulator/wire/time-limit.ts';
import { holds } from '../support/properties.ts';

const key = fc.constantFrom('a', 'b', 'limit', 'color', 'A', '_x', 'x'.repeat(65));
const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    'true',
    'F',
    'yes',
    '',
    'red',
    'blue',
    'x'.repeat(1025),
    null,
    true,
    false,
    0,
    1,
    2.5,
    -3,
    7,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const anything = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(key, scalar, { maxKeys: 2 }) },
);
/** Mostly of the right kind, sometimes of any other, sometimes missing. */
const mostly = <T>(right: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 12, arbitrary: right as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: anything });
const record = (members: Record<string, fc.Arbitrary<unknown>>, requiredKeys: string[] = []) =>
  fc.record(members, { requiredKeys });
const entries = (value: fc.Arbitrary<unknown>) =>
  mostly(
    fc
      .uniqueArray(
        fc.tuple(fc.oneof({ weight: 9, arbitrary: fc.constantFrom('a', 'b', 'limit', 'color') }, key), value),
        {
          selector: ([name]) => name,
          maxLength: 3,
        },
      )
      .map((list) => Object.fromEntries(list)),
  );
const words = fc.constantFrom('red', 'blue', 'green');
const constraints = record(
  {
    type: mostly(fc.constantFrom('string', 'number', 'boolean', 'array')),
    required: fc.boolean(),
    minimum: mostly(fc.integer({ min: -5, max: 5 })),
    maximum: mostly(fc.integer({ min: 0, max: 9 })),
    pattern: mostly(fc.constantFrom('^[a-z]+$', '(', '(?i)RED', 'e')),
    enum: mostly(fc.array(words, { maxLength: 3 })),
    elements: mostly(
      record({ type: mostly(fc.constantFrom('string', 'number')), pattern: fc.constant('^b') }, ['type']),
    ),
    unknown: scalar,
  },
  ['type'],
);
const time = mostly(fc.constantFrom('2026-03-01T12:00:00Z', '2026-03-01', '2026-03-01T12:00:00.5+01:00'));
const flag = record({
  name: mostly(fc.string({ maxLength: 70 })),
  description: mostly(words),
  _deprecation: mostly(
    fc.constantFrom({ status: 'planned' }, { status: 'planned', date: '2026-01-01' }, { status: 'done' }),
  ),
  attributes: entries(record({ description: mostly(words), constraints: mostly(constraints), unknown: scalar })),
  owner: scalar,
  _createdAt: time,
});
const attributeValues = entries(fc.oneof(words, scalar, fc.array(fc.oneof(words, scalar), { maxLength: 3 })));
const rule = fc.constantFrom(
  '(eq $tier "premium")',
  '',
  'no',
  '(and true (not false))',
  '(eq $tier)',
  '(split pct::10 by::$id)',
);
const variant = record(
  {
    name: mostly(fc.constantFrom('one', 'two', 'three')),
    enabled: mostly(fc.constantFrom<unknown>(true, 'false', 'T')),
    rule: mostly(rule),
    attributeValues,
    unknown: scalar,
  },
  ['name', 'enabled'],
);
const plainValue = fc
  .tuple(
    record({ enabled: mostly(fc.constantFrom<unknown>(true, false, 'TRUE', 'f', null)), _updatedAt: time }),
    attributeValues,
  )
  .map(([own, attributes]) => ({
    ...(typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes) ? attributes : {}),
    ...own,
  }));
const value = fc.oneof(
  { weight: 3, arbitrary: plainValue },
  {
    weight: 2,
    arbitrary: record({ _variants: mostly(fc.array(variant, { maxLength: 3 })), enabled: fc.boolean() }, ['_variants']),
  },
);
const documents = record(
  { version: mostly(fc.constant('1')), flags: entries(flag), values: entries(value), unknown: scalar },
  ['version'],
);

/** What AppConfig's double does with a document: what it stores, or undefined. */
function create(text: string): string | undefined {
  try {
    const timeLimit = new TimeLimit();
    return stored(Buffer.from(text), undefined, { now: 0, timeLimit }).toString();
  } catch {
    return undefined;
  }
}

test('validation accepts what AppConfig creates, and what it stores is equal to what was sent', async () => {
  let [accepted, refused] = [0, 0];
  await holds(
    fc.property(documents, (document) => {
      const text = JSON.stringify(document);
      const sent = parseDocument(text, { path: '', format: 'json' }).value ?? null;
      const { errors, patterns } = checkFlags(sent);
      const mismatches = patterns.filter(({ pattern, text: each }) => expressionOf(pattern)?.test(each) === false);
      const made = create(text);
      expect(made === undefined, `${text} ${JSON.stringify(errors)}`).toBe(errors.length + mismatches.length > 0);
      if (made === undefined) {
        refused += 1;
        return;
      }
      accepted += 1;
      const read = parseDocument(made, { path: '', format: 'json' }).value ?? null;
      expect(equalByValue(normalizeFlags(read), normalizeFlags(sent)), text).toBe(true);
      // What is sent is what AppConfig keeps: it changes nothing more.
      expect(checkFlags(normalizeFlags(sent)).rewritten, text).toEqual([]);
    }),
    500,
  );
  expect(Math.min(accepted, refused)).toBeGreaterThan(50);
});
