// Every environment has a wave, and every wave an environment.
import { expect, test } from 'vitest';
import { defaultSettings, type WaveSettings } from '../../../src/core/settings/settings.ts';
import { WaveChecks } from '../../../src/core/settings-file/wave-checks.ts';
import { desiredApplication } from '../../support/desired.ts';

function wave(name: string, rules: Partial<WaveSettings>): WaveSettings {
  const everything = { tenants: ['*'], environments: ['*'], labels: new Map() };
  return { name, ...everything, soakMinutes: 0, maxFailures: { count: 0 }, ...rules };
}

const waves = [
  wave('canary', { tenants: ['a'] }),
  wave('prod', { environments: ['prod'] }),
  wave('rest', { environments: ['dev'] }),
];

test('each environment without a wave is reported once, and each wave without an environment with its reason', () => {
  const checks = new WaveChecks({ ...defaultSettings, waves: [...waves, wave('late', { environments: ['dev'] })] });
  checks.add(desiredApplication('b', 'dev', 'qa'));
  checks.add({ tenant: 'b', name: 'b', environments: [{ name: 'empty', configurations: [] }] });
  expect(checks.missing().map(({ code, message }) => `${code} ${message}`)).toEqual([
    'wave-missing b/qa is in no wave: it would never be deployed',
  ]);
  expect(checks.emptyWaves().map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
    'error: nothing is in wave "canary": no environment of a tenant matches its globs',
    'error: nothing is in wave "prod": no environment of a tenant matches its globs',
    'warning: nothing is in wave "late": everything that it matches is in earlier waves',
  ]);
});

test('of many environments without a wave the first ten are named', () => {
  const checks = new WaveChecks({ ...defaultSettings, waves });
  for (let n = 0; n < 12; n += 1) checks.add(desiredApplication(`b${n}`, 'qa'));
  expect(checks.missing().map(({ message }) => message)).toEqual([
    '12 environments are in no wave and would never be deployed: b0/qa, b1/qa, b2/qa, b3/qa, b4/qa, b5/qa, b6/qa, b7/qa, b8/qa, b9/qa, …',
  ]);
});
