import { CreateHostedConfigurationVersionCommand } from '@aws-sdk/client-appconfig';
import { describe, expect } from 'vitest';
import { fact, localFact, type Subject, startOf } from './subject.ts';

async function setUp(subject: Subject) {
  const ids = await subject.profile(await subject.application(), { Type: 'AWS.AppConfig.FeatureFlags' });
  const create = (document: unknown) =>
    new CreateHostedConfigurationVersionCommand({
      ...ids,
      ContentType: 'application/json',
      Content: Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)),
    });
  return { ids, create };
}

const text = { constraints: { type: 'string' } };
const feature = {
  name: 'Feature',
  attributes: {
    color: { constraints: { type: 'string', required: true, enum: ['blue', 'green'] } },
    limit: { constraints: { type: 'number', minimum: 1, maximum: 5 } },
    tags: { constraints: { type: 'array', elements: { type: 'string', pattern: '^[a-z]+$' } } },
  },
};
const disabled = { name: 'Disabled', attributes: { color: text } };
const good = { enabled: true, color: 'blue', limit: 2, tags: ['ok'] };

/** Two flags, the first of which has the given value. */
const withValue = (value: unknown) => ({
  version: '1',
  flags: { feature, disabled },
  values: { feature: value, disabled: { enabled: false, color: 'hidden' } },
});

const withVariants = (variants: unknown) => ({
  version: '1',
  flags: { checkout: { name: 'Checkout', attributes: { color: text } } },
  values: { checkout: { _variants: variants } },
});

const rule = '(eq $tier "premium")';
const attributesPrinted =
  '{"color":{"Constraints":{"Type":"string","Required":true,"Maximum":null,"Enum":["blue","green"]},"Description":""},"limit":{"Constraints":{"Type":"number","Minimum":1,"Maximum":5},"Description":""},"tags":{"Constraints":{"Type":"array","Maximum":null,"Elements":{"Type":"string","Maximum":null,"Pattern":"^[a-z]+$"}},"Description":""}}';
const required = [
  ['Not(IsZero([]))', 'values.feature.attributes', attributesPrinted],
  [
    'Entries',
    'values.feature.attributes.color',
    '{"Key":"color","Value":{"Constraints":{"Type":"string","Required":true,"Maximum":null,"Enum":["blue","green"]},"Description":""}}',
  ],
];

const recorded: Record<string, { document: unknown; problems: readonly (readonly string[])[] }> = {
  'have a version (N)': { document: {}, problems: [['Required', 'version', '']] },
  'have version 1 (N)': { document: { version: '2' }, problems: [['OneOf(1)', 'version', '2']] },
  'have values for attributes that are required (N)': {
    document: withValue({ enabled: true, limit: 2, tags: ['ok'] }),
    problems: required,
  },
  'have values for attributes that are required, also when they are disabled (N)': {
    document: withValue({ enabled: false }),
    problems: required,
  },
  'are refused with every problem, in this order (N)': {
    document: withValue({ enabled: false, limit: 9 }),
    problems: [['FloatLTE(5)', 'values.feature.limit', '9'], ...required],
  },
  'have attributes from their enum (N)': {
    document: withValue({ ...good, color: 'red' }),
    problems: [['OneOf(blue, green)', 'values.feature.color', 'red']],
  },
  'have numbers that are not above the maximum (N)': {
    document: withValue({ ...good, limit: 6 }),
    problems: [['FloatLTE(5)', 'values.feature.limit', '6']],
  },
  'have numbers for attributes of type number (N)': {
    document: withValue({ ...good, limit: '2' }),
    problems: [['AttributeType(number)', 'values.feature.limit', '2']],
  },
  'have elements that match the pattern (N)': {
    document: withValue({ ...good, tags: ['BAD'] }),
    problems: [['Regexp(^[a-z]+$)', 'values.feature.tags.0', 'BAD']],
  },
  'have elements of one type (N)': {
    document: withValue({ ...good, tags: ['ok', 3] }),
    problems: [['ElementType(string)', 'values.feature.tags.1', '3']],
  },
  'have a last variant without a rule (N)': {
    document: withVariants([{ name: 'blue', enabled: true, rule, attributeValues: { color: 'blue' } }]),
    problems: [['Empty', 'values.checkout._variants.variants.blue.rule', rule]],
  },
  'have variants of different names (N)': {
    document: withVariants([
      { name: 'default', enabled: true, rule },
      { name: 'default', enabled: false },
    ]),
    problems: [
      [
        'UniqueVariantNames',
        'values.checkout._variants.variants.variants',
        '[{"Enabled":true,"Name":"default","AttributeValues":null,"Rule":"(eq $tier \\"premium\\")","Attributes":{"color":{"Constraints":{"Type":"string","Maximum":null},"Description":""}}},{"Enabled":false,"Name":"default","AttributeValues":null,"Rule":"","Attributes":{"color":{"Constraints":{"Type":"string","Maximum":null},"Description":""}}}]',
      ],
    ],
  },
};

describe('feature flags', () => {
  for (const [name, { document, problems }] of Object.entries(recorded)) {
    fact(name, async (subject) => {
      const { create } = await setUp(subject);
      const { status, json } = await subject.wire(create(document));
      expect(status).toBe(400);
      expect(json).toEqual({
        Message: "Error invoking extension AppConfig Feature Flags Helper: Invalid 'Content' data",
        Reason: 'InvalidConfiguration',
        Details: {
          InvalidConfiguration: problems.map(([Constraint, Location, Value]) => ({
            Constraint,
            Location,
            Type: 'NotSatisfied',
            Value,
          })),
        },
      });
    });
  }

  fact('have rules that are expressions (N)', async (subject) => {
    const { create } = await setUp(subject);
    const variants = [
      { name: 'bad', enabled: true, rule: 'not-a-rule' },
      { name: 'default', enabled: false },
    ];
    const { json } = await subject.wire(create(withVariants(variants)));
    const where = { Location: 'values.checkout._variants.0.rule', Type: 'NotSatisfied', Value: 'not-a-rule' };
    expect(json.Details.InvalidConfiguration).toEqual([
      { Constraint: 'Empty', ...where },
      { Constraint: 'RuleIsValid', Reason: 'NotAnExpression', ...where },
    ]);
  });

  fact('have no attributes that are not defined (N)', async (subject) => {
    const { create } = await setUp(subject);
    const { json } = await subject.wire(create(withValue({ ...good, extra: 'x' })));
    expect(json.Details.InvalidConfiguration).toMatchObject([
      { Location: 'values.feature.extra', Type: 'NotSatisfied', Value: '{"Key":"extra","Value":"x"}' },
    ]);
  });

  const wrong: Record<string, unknown> = {
    'are JSON (M)': 'x',
    'are an object (M)': [],
    'have keys that begin with a lower-case letter (G)': { version: '1', flags: { A: { name: 'x' } } },
    'have keys of up to 64 characters (G)': { version: '1', flags: { ['x'.repeat(65)]: { name: 'x' } } },
    'have names of up to 64 characters (G)': { version: '1', flags: { x: { name: 'x'.repeat(65) } } },
    'have descriptions of up to 1024 characters (G)': { version: '1', flags: { x: { description: 'x'.repeat(1025) } } },
    'have attributes of four types (G)': {
      version: '1',
      flags: { x: { attributes: { a: { constraints: { type: 'date' } } } } },
    },
    'have a pattern or an enum, not both (G)': {
      version: '1',
      flags: { x: { attributes: { a: { constraints: { type: 'string', pattern: 'a', enum: ['a'] } } } } },
    },
    'have integers as bounds (G)': {
      version: '1',
      flags: { x: { attributes: { a: { constraints: { type: 'number', minimum: 0.5 } } } } },
    },
    'have numbers that are not below the minimum (N)': withValue({ ...good, limit: 0 }),
    'have strings of up to 1024 characters (G)': {
      version: '1',
      flags: { x: { attributes: { a: text } } },
      values: { x: { enabled: true, a: 'x'.repeat(1025) } },
    },
    'have a boolean in "enabled" (N)': { version: '1', values: { x: { enabled: 'maybe' } } },
    'have "enabled" or variants, not both (N)': {
      version: '1',
      values: { x: { enabled: true, _variants: [{ name: 'a', enabled: true }] } },
    },
    'have rules for all variants but the last (G)': withVariants([
      { name: 'a', enabled: true },
      { name: 'b', enabled: true },
    ]),
    'have variants with names (G)': withVariants([{ enabled: true }]),
    'have only the deprecation status "planned" (G)': {
      version: '1',
      flags: { x: { _deprecation: { status: 'done' } } },
    },
  };
  for (const [name, document] of Object.entries(wrong)) {
    fact(name, async (subject) => {
      const { create } = await setUp(subject);
      const { status, json } = await subject.wire(create(document));
      expect([status, json.Reason]).toEqual([400, 'InvalidConfiguration']);
    });
  }

  const accepted: Record<string, { document: unknown; stored: unknown }> = {
    'drop members that they do not know (R)': {
      document: { version: '1', more: {}, flags: { x: { name: 'X', owner: 'a' } } },
      stored: { version: '1', flags: { x: { name: 'X' } } },
    },
    'take 33 variants (R)': {
      document: {
        version: '1',
        values: {
          x: {
            _variants: Array.from({ length: 33 }, (_, n) => ({
              name: `v${n}`,
              enabled: true,
              ...(n < 32 ? { rule } : {}),
            })),
          },
        },
      },
      stored: {},
    },
    'are disabled where they have no truth value (R)': {
      document: { version: '1', values: { x: { enabled: null } } },
      stored: { version: '1', values: { x: { enabled: false } } },
    },
    'keep nothing of an empty list of variants (R)': {
      document: { version: '1', values: { x: { _variants: [] } } },
      stored: { version: '1', values: { x: {} } },
    },
  };
  for (const [name, { document, stored }] of Object.entries(accepted)) {
    fact(name, async (subject) => {
      const { create } = await setUp(subject);
      const { status, text } = await subject.wire(create(document));
      expect(status).toBe(201);
      const withoutTimes = JSON.parse(text, (key, value) => (/^_(?:created|updated)At$/.test(key) ? undefined : value));
      expect(withoutTimes).toMatchObject(stored as object);
      if (name.includes('empty')) expect(withoutTimes.values.x).toEqual({});
      if (name.includes('know')) expect(withoutTimes).toEqual(stored);
    });
  }

  const refusedRules: Record<string, readonly (readonly string[])[]> = {
    true: [['', 'NotAnExpression']],
    $tier: [['', 'NotAnExpression']],
    '(nope $tier "premium")': [['', 'UnknownSymbol']],
    '(and true premium)': [['.and.2', 'UnknownSymbol']],
    '(eq $tier)': [['.eq', 'TooFewOperands']],
    '(gt $date 2024-01)': [['.gt', 'TooFewOperands']],
  };
  for (const [refused, problems] of Object.entries(refusedRules)) {
    fact(`have no rule ${refused} (R)`, async (subject) => {
      const { create } = await setUp(subject);
      const variants = [
        { name: 'a', enabled: true, rule: refused },
        { name: 'b', enabled: false },
      ];
      const { json } = await subject.wire(create(withVariants(variants)));
      expect(json.Details.InvalidConfiguration).toMatchObject([
        { Constraint: 'Empty', Location: 'values.checkout._variants.0.rule', Value: refused },
        ...problems.map(([path, Reason]) => ({
          ...{ Constraint: 'RuleIsValid', Location: `values.checkout._variants.0.rule${path}`, Reason },
        })),
      ]);
    });
  }

  fact('have enabled or variants, not both, and truth values as enabled (R)', async (subject) => {
    const { create } = await setUp(subject);
    const both = await subject.wire(create({ version: '1', values: { x: { enabled: true, _variants: [] } } }));
    expect(both.json.Details.InvalidConfiguration).toEqual([
      {
        ...{ Constraint: 'StrictVariants', Location: 'values.x', Type: 'NotSatisfied' },
        Value: '{"enabled":true,"_variants":[]}',
      },
    ]);
    const wrong = await subject.wire(create({ version: '1', values: { x: { enabled: 1 } } }));
    expect(wrong.json.Details.InvalidConfiguration).toEqual([
      { Constraint: 'AttributeType(boolean)', Location: 'values.x.enabled', Type: 'Invalid', Value: '1' },
    ]);
  });

  localFact('are stored compact and sorted, with times and escapes (N)', 'clock', async (local) => {
    const { create } = await setUp(local);
    const document = { version: '1', values: { one: { enabled: 'TRUE' } }, flags: { one: { name: 'a <b> & c' } } };
    const time = '"_createdAt":"2026-03-01T12:00:00Z","_updatedAt":"2026-03-01T12:00:00Z"';
    expect((await local.wire(create(document))).text).toBe(
      `{"flags":{"one":{${time},"name":"a \\u003cb\\u003e \\u0026 c"}},"values":{"one":{${time},"enabled":true}},"version":"1"}`,
    );
  });

  for (const [given, read] of Object.entries({ true: true, '1': true, t: true, FALSE: false, '0': false, f: false })) {
    fact(`are read as ${read} where they are enabled "${given}" (N)`, async (subject) => {
      const { create } = await setUp(subject);
      const { json } = await subject.wire(create({ version: '1', values: { one: { enabled: given } } }));
      expect(json.values.one.enabled).toBe(read);
    });
  }

  fact('drop what is empty (N)', async (subject) => {
    const { create } = await setUp(subject);
    expect((await subject.wire(create({ version: '1', flags: {}, values: {} }))).text).toBe('{"version":"1"}');
  });

  fact('are disabled by default (N)', async (subject) => {
    const { create } = await setUp(subject);
    const document = { version: '1', flags: { one: { name: 'One' } }, values: { one: {} } };
    expect((await subject.wire(create(document))).json.values.one.enabled).toBe(false);
  });

  fact('may have a value without a definition, and a definition without a value (N)', async (subject) => {
    const { create } = await setUp(subject);
    const value = await subject.wire(create({ version: '1', values: { other: { enabled: true } } }));
    expect([value.status, Object.keys(value.json)]).toEqual([201, ['values', 'version']]);
    const flag = await subject.wire(create({ version: '1', flags: { other: { name: 'Other' } } }));
    expect([flag.status, Object.keys(flag.json)]).toEqual([201, ['flags', 'version']]);
  });

  fact('that equal the latest version create no new version and return the latest one (N)', async (subject) => {
    const { create } = await setUp(subject);
    const first = await subject.wire(create(withValue(good)));
    const again = await subject.wire(create(first.text));
    expect([again.status, again.headers['version-number']]).toEqual([201, '1']);
    expect(again.text).toBe(first.text);
  });

  localFact(
    'keep their time of creation, and get a new time of update only if they changed (N)',
    'clock',
    async (local) => {
      const { create } = await setUp(local);
      const document = (enabled: boolean) => ({
        version: '1',
        flags: { one: { name: 'x' } },
        values: { one: { enabled } },
      });
      await local.send(create(document(true)));
      local.emulator.advance(1_500);
      const { headers, json } = await local.wire(create(document(false)));
      expect(headers['version-number']).toBe('2');
      expect(json.flags.one._updatedAt).toBe('2026-03-01T12:00:00Z');
      expect(json.values.one._createdAt).toBe('2026-03-01T12:00:00Z');
      expect(json.values.one._updatedAt).toBe('2026-03-01T12:00:01.5Z');
    },
  );

  fact('with an invalid time of creation cause an internal error (N)', async (subject) => {
    const { create } = await setUp(subject);
    const { status } = await subject.wire(create({ version: '1', flags: { one: { name: 'x', _createdAt: 'today' } } }));
    expect(status).toBe(500);
  });

  fact('keep their variants in order, with sorted members (N)', async (subject) => {
    const { create } = await setUp(subject);
    const variants = [
      { rule, name: 'blue', enabled: true, attributeValues: { color: 'blue' } },
      { name: 'default', enabled: false, attributeValues: { color: 'red' } },
    ];
    const { text: stored } = await subject.wire(create(withVariants(variants)));
    expect(stored).toContain(
      '"_variants":[{"attributeValues":{"color":"blue"},"enabled":true,"name":"blue","rule":"(eq $tier \\"premium\\")"},{"attributeValues":{"color":"red"},"enabled":false,"name":"default"}]',
    );
  });

  fact('have deployments that list the extension that checks them (N)', async (subject) => {
    const { ids, create } = await setUp(subject);
    await subject.send(create({ version: '1' }));
    const environment = await subject.environment(ids.ApplicationId);
    const DeploymentStrategyId = await subject.strategy();
    const started = await startOf(subject, { ...ids, ...environment, DeploymentStrategyId });
    expect(started.AppliedExtensions).toMatchObject([
      { ExtensionId: 'AWS.AppConfig.FeatureFlags', VersionNumber: 1, Parameters: {} },
    ]);
  });
});
