// What keeps a sync from an address because of another one.
import { expect, test } from 'vitest';
import { type JudgedStatus, withBlockedElsewhere } from '../../../src/core/rollout/blocked-statuses.ts';
import { defaultSettings, type WaveSettings } from '../../../src/core/settings/settings.ts';
import { rolledBackAt, statusAt } from '../../support/statuses.ts';

const change = { op: 'replace', path: '/a', before: '1', after: '2' } as const;

const rolledBack: JudgedStatus = {
  status: rolledBackAt('canary/dev'),
  verdict: { action: 'blocked', reason: 'x', changes: [change], changeGroup: 'same', rolledBack: 9 },
};

function outOfSync(address: string, changeGroup: string): JudgedStatus {
  return {
    status: statusAt(address, 'out-of-sync'),
    verdict: { action: 'update', reason: 'content differs', changes: [change], changeGroup, rolledBack: undefined },
  };
}

function settingsOf(maxFailures: number) {
  const wave = { environments: [], labels: new Map<string, string>(), soakMinutes: 0 };
  const waves: readonly WaveSettings[] = [
    { ...wave, name: 'canary', tenants: ['canary'], maxFailures: { count: maxFailures } },
    { ...wave, name: 'everyone', tenants: [], maxFailures: { count: 0 } },
  ];
  return { ...defaultSettings, waves };
}

function problemsOf(judged: readonly JudgedStatus[], settings: Parameters<typeof withBlockedElsewhere>[1]) {
  return withBlockedElsewhere(judged, settings).map(({ problem }) => problem?.message);
}

test('the same change elsewhere is blocked by the address where it was rolled back', () => {
  const [own, same, other] = problemsOf(
    [rolledBack, outOfSync('one/dev', 'same'), outOfSync('two/dev', 'other')],
    defaultSettings,
  );
  expect(own).toBe(rolledBack.status.problem?.message);
  expect(same).toBe('the same change was rolled back at canary/dev/Limits (deployment 9)');
  expect(other).toBeUndefined();
});

test('another change in a later wave is blocked by the wave', () => {
  const judged = [rolledBack, outOfSync('two/dev', 'other')];
  expect(problemsOf(judged, settingsOf(0))[1]).toBe(
    'wave "everyone" is blocked: wave "canary" allows 0 failed or blocked addresses and has 1 blocked',
  );
  expect(problemsOf(judged, settingsOf(1))[1]).toBeUndefined();
});

test('what is synced, and what has a problem of its own, stays as it is', () => {
  const synced: JudgedStatus = {
    status: statusAt('one/dev', 'synced'),
    verdict: { action: 'unchanged', reason: 'live', changes: undefined, changeGroup: undefined, rolledBack: undefined },
  };
  const judged = [rolledBack, synced];
  expect(withBlockedElsewhere(judged, settingsOf(0))).toEqual(judged.map(({ status }) => status));
});
