import { expect, test } from 'vitest';
import { parseAddress } from '../../../src/core/model/address.ts';
import {
  parseAddressArgument,
  parseChoice,
  parseDuration,
  parseLabelSelector,
  parseLimit,
  parseOutputs,
  parseQuotas,
  parseRegion,
} from '../../../src/core/settings-file/parse-values.ts';

const toFiles = { flag: '--output', isSent: () => false };
const sent = { flag: '--output', isSent: (format: string) => format === 'note' };

test('valid values', () => {
  expect(parseDuration('1h30m', '--timeout')).toBe(5_400_000);
  expect(parseLabelSelector('tier!=gold', '--selector')).toEqual({ key: 'tier', value: 'gold', negated: true });
  expect(parseLimit('10%', '--max-deletes')).toEqual({ percent: 10 });
  expect(parseOutputs(['text', 'json=a=b.json'], ['text', 'json'], toFiles)).toEqual([
    { format: 'text' },
    { format: 'json', file: 'a=b.json' },
  ]);
  expect(parseOutputs(['text', 'note', 'note=prod=eu'], ['text', 'note'], sent)).toEqual([
    { format: 'text' },
    { format: 'note', scope: '' },
    { format: 'note', scope: 'prod=eu' },
  ]);
  expect(parseQuotas(['applications=5'], ['applications'], '--quota')).toEqual({ applications: 5 });
  expect(parseAddressArgument('one/dev/a/b', parseAddress)).toEqual({
    tenant: 'one',
    environment: 'dev',
    configurationProfile: 'a/b',
  });
});

test.each([
  [() => parseDuration('soon', '--timeout'), '--timeout is "soon", not a duration such as 3h, 90m, 1h30m or 45s'],
  [() => parseDuration('', '--timeout'), '--timeout is "", not a duration'],
  [() => parseChoice('jsn', '--output', ['text', 'json']), '--output is "jsn", not one of text, json'],
  [() => parseLabelSelector('tier', '--selector'), '--selector is "tier", not a label and a value'],
  [() => parseLimit('-1', '--max-deletes'), '--max-deletes is "-1", not a number or a percentage'],
  [() => parseOutputs(['json='], ['json'], toFiles), '--output is "json=", not FORMAT or FORMAT=FILE'],
  [() => parseOutputs(['text', 'json'], ['text', 'json'], toFiles), 'only one output can go to stdout'],
  [() => parseOutputs(['note='], ['note'], sent), '--output is "note=", not FORMAT or FORMAT=FILE'],
  [() => parseOutputs(['note= a'], ['note'], sent), '--output is " a", not a scope of at most 200 visible'],
  [() => parseOutputs(['note=a\nb'], ['note'], sent), 'not a scope of at most 200 visible'],
  [() => parseOutputs(['note=a\u202eb'], ['note'], sent), 'not a scope of at most 200 visible'],
  [() => parseOutputs([`note=${'a'.repeat(201)}`], ['note'], sent), 'not a scope of at most 200 visible'],
  [() => parseQuotas(['x=1'], ['applications'], '--quota'), '--quota is "x=1", not NAME=N with applications'],
  [() => parseAddressArgument('one/dev', parseAddress), '"one/dev" is not an address'],
])('an invalid value: %#', (parse, message) => {
  expect(parse).toThrow(message);
});

test.each([
  ['eu-west-1a', 'did you mean "eu-west-1"?'],
  ['us-east1', 'did you mean "us-east-1"?'],
  ['eu_west_1', 'did you mean "eu-west-1"?'],
  ['EU-WEST-1', 'did you mean "eu-west-1"?'],
  ['eu-west', 'did you mean "eu-west-1"?'],
  ['eu-wset-1', 'did you mean "eu-west-1"?'],
  ['ireland', 'for example: --region eu-west-1'],
])('%s has not the form of a Region', (text, hint) => {
  expect(() => parseRegion(text, '--region')).toThrow(
    expect.objectContaining({ problems: [expect.objectContaining({ code: 'usage-invalid', hint: { text: hint } })] }),
  );
});

test.each(['eu-west-1', 'xy-central-7', 'us-isob-east-1'])('%s has the form of a Region', (text) => {
  expect(parseRegion(text, '--region')).toBe(text);
});
