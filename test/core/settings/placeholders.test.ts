import { expect, test } from 'vitest';
import {
  fillPlaceholders,
  replacedPlaceholders,
  unknownPlaceholders,
} from '../../../src/core/settings/placeholders.ts';

test('a placeholder without a value stays, and a value is not searched for placeholders', () => {
  expect(fillPlaceholders('{region}-{tenant}-{other}', { region: 'eu', tenant: '{region}' })).toBe(
    'eu-{region}-{other}',
  );
});

test('which placeholders are known depends on what the text is about', () => {
  const text = '{tenant} {environment} {commit} {user} {}';
  expect(unknownPlaceholders(text, 'deployment')).toEqual(['{user}', '{}']);
  expect(unknownPlaceholders(text, 'environment')).toEqual(['{commit}', '{user}', '{}']);
  expect(unknownPlaceholders(text, 'profile')).toEqual(['{environment}', '{commit}', '{user}', '{}']);
  expect(replacedPlaceholders('profile')).toBe('only {tenant}, {account} and {region} are replaced');
  expect(replacedPlaceholders('applicationName')).toBe('only {tenant} is replaced');
});
