import { expect, test } from 'vitest';
import { exitCodeOf, type Problem } from '../../../src/core/problem/problem.ts';
import { adjustableCodes } from '../../../src/core/problem/problem-codes.ts';
import { adjusted, type SeveritySetting } from '../../../src/core/problem/severities.ts';
import { parseSettings } from '../../../src/core/settings-file/parse-settings.ts';

const problem = (severity: Problem['severity']): Problem => ({
  code: 'kind-changed',
  severity,
  message: 'x',
  hint: { text: 'h' },
});
const severities = (setting: SeveritySetting) => new Map([['kind-changed', setting]] as const);

test('a warning is silenced, kept, or raised to an error; an error stays one', () => {
  const warning = problem('warning');
  expect(adjusted(warning, severities('off'))).toBeUndefined();
  expect(adjusted(warning, severities('warn'))).toBe(warning);
  expect(adjusted(warning, severities('error'))).toEqual(problem('error'));
  expect(adjusted(warning, new Map())).toBe(warning);
  for (const setting of ['off', 'warn', 'error'] as const) {
    const error = problem('error');
    expect(adjusted(error, severities(setting))).toBe(error);
  }
});

test.each(adjustableCodes)('%s as an error makes the input invalid', (code) => {
  expect(exitCodeOf([{ code, severity: 'error', message: 'x', hint: { text: 'h' } }])).toBe(3);
});

test('a warning of validate about flags can be raised, one about AppConfig names what else there is', async () => {
  const { problems } = await parseSettings(
    'severities: { flags-rewritten: error, address-drifted: error }\n',
    'appcfg.yml',
  );
  expect(problems.map(({ message, hint }) => [message, hint?.text.split(';')[0]])).toEqual([
    ['the severity of "address-drifted" cannot be changed', 'status --fail-on drifted ends with exit 2 for it'],
  ]);
});
