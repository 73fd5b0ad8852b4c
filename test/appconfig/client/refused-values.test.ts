// What a refusal of AppConfig names, from the texts that it was recorded to send.
import { expect, test } from 'vitest';
import { isOfValidator, refusedValuesOf, withoutSchema } from '../../../src/appconfig/client/refused-values.ts';

const schema = '{\n  "type": "object",\n  "title": "Original error message: no"\n}';
const refusal = (...lines: string[]) =>
  `Could not build JSON schema from invalid input:\n ${schema}.\n Original error message:\n${lines.join('\n')}`;

test.each([
  [
    'a line of the validator',
    ['[message: "numeric instance is lower than the required minimum (minimum: 1, found: 0)" - parent node: /count]'],
    [['/count', '/count: numeric instance is lower than the required minimum (minimum: 1, found: 0)']],
  ],
  [
    'several lines',
    ['[message: "a" - parent node: /x]', '', '[message: "b "c" [d]" - parent node: /y/0]'],
    [
      ['/x', '/x: a'],
      ['/y/0', '/y/0: b "c" [d]'],
    ],
  ],
  ['the whole content', ['[message: "a" - parent node: /]'], [['', 'the content: a']]],
  ['no pointer', ['[message: "a" - parent node: ]'], [['', 'the content: a']]],
  ['a line of the emulator', ['#/rate: must be >= 1'], [['/rate', '/rate: must be >= 1']]],
  ['the whole content in the emulator', ['#: must be object'], [['', 'the content: must be object']]],
  ['another text', ['External schema references are not supported.'], []],
  ['a line of another form', ['#/rate: must be >= 1', 'and more'], []],
])('%s', (_name, lines, values) => {
  const error = { message: refusal(...lines) };
  expect(isOfValidator(error)).toBe(true);
  expect(refusedValuesOf({ cause: error }).map(({ pointer, message }) => [pointer, message])).toEqual(values);
  expect(withoutSchema(error.message)).toBe(lines.join('\n'));
});

test('the details of a feature-flag document', () => {
  const details = { Constraint: 'FloatLTE(5)', Location: 'values.f.limit', Value: '9' };
  const error = { message: "Invalid 'Content' data", Details: { InvalidConfiguration: [details] } };
  expect(isOfValidator(error)).toBe(false);
  expect(refusedValuesOf({ cause: error })).toEqual([
    { pointer: '/values/f/limit', message: 'values.f.limit: FloatLTE(5), value 9' },
  ]);
});
