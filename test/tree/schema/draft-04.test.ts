import { expect, test } from 'vitest';
import { draft04Mismatch } from '../../../src/tree/schema/draft-04.ts';

const draft04 = 'http://json-schema.org/draft-04/schema#';

test.each([
  [{}],
  [{ $schema: 'http://json-schema.org/draft-07/schema#', $id: 'https://example.com/s.json', title: 'Limits' }],
  [{ type: 'object', required: ['a'], properties: { a: { minimum: 1 } }, additionalProperties: false }],
  [{ properties: { const: { type: 'string' }, if: {}, $ref: { type: 'string' }, id: { type: 'string' } } }],
  [{ $ref: '#/definitions/a', definitions: { a: { $comment: 'x', examples: [1], type: 'string' } } }],
  [{ $defs: { a: { type: 'string' } }, properties: { a: { $ref: '#/$defs/a', description: 'an a' } } }],
  [{ $schema: draft04, id: 'https://example.com/s', properties: { a: { minimum: 1, exclusiveMinimum: true } } }],
  [{ items: [{ type: 'string' }], additionalItems: false, dependencies: { a: ['b'], c: { required: ['d'] } } }],
  [{ enum: [{ const: 1 }, { $ref: 'x' }], default: { if: 1 } }],
])('%j means the same in draft-04', (schema) => {
  expect(draft04Mismatch(schema)).toBeUndefined();
});

test.each([
  [true, 'draft-04 has no schema true; a schema is a map'],
  [false, 'draft-04 has no schema false; a schema is a map'],
  [{ properties: { a: { const: 1 } } }, '/properties/a has "const", which draft-04 does not know'],
  [{ $schema: draft04, properties: { a: { const: 1 } } }, '/properties/a has "const"'],
  [{ if: {}, else: {} }, 'the schema has "if"'],
  [{ allOf: [{ contains: {} }] }, '/allOf/0 has "contains"'],
  [{ definitions: { a: { propertyNames: {} } } }, '/definitions/a has "propertyNames"'],
  [{ dependencies: { a: { dependentRequired: {} } } }, '/dependencies/a has "dependentRequired"'],
  [{ items: { not: { nullable: true } } }, '/items/not has "nullable"'],
  [{ items: [{ prefixItems: [] }] }, '/items/0 has "prefixItems"'],
  [{ patternProperties: { '^a/b': { unevaluatedProperties: false } } }, '/patternProperties/^a~1b has'],
  [{ properties: { a: { exclusiveMinimum: 1 } } }, '/properties/a must have property minimum'],
  [{ properties: { a: true } }, '/properties/a must be object in draft-04'],
  [{ items: false }, '/items must'],
  [{ required: [] }, '/required must NOT have fewer than 1 items in draft-04'],
  [{ properties: { a: { $ref: 'other.json' } } }, '/properties/a refers to "other.json"'],
  [{ not: { $ref: '#a' }, definitions: { a: { $id: '#a' } } }, '/not refers to "#a"'],
  [{ $id: 'https://e.com/s', not: { $ref: 'https://e.com/s#/definitions/a' } }, '/not refers to "https://e.com'],
  [{ not: { $ref: '#/definitions/a', minimum: 1 } }, '/not has "minimum" beside "$ref"'],
  [{ properties: { a: { $id: 'b', $ref: '#/definitions/a' } } }, '/properties/a has "$id"'],
  [{ definitions: { a: { id: 'b' } } }, '/definitions/a has "id"'],
  [{ id: 'b' }, 'the schema has "id"'],
])('%j means something else in draft-04', (schema, message) => {
  expect(draft04Mismatch(schema)).toContain(message);
});
