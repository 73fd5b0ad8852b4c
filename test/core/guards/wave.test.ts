import { expect, test } from 'vitest';
import { wave } from '../../../src/core/guards/wave.ts';
import type { PlannedWave } from '../../../src/core/plan/plan.ts';
import { planned, planOf } from '../../support/guard-inputs.ts';

const waves = ['canary', 'all'].map(
  (name): PlannedWave => ({
    name,
    soakMinutes: 0,
    maxFailures: 0,
    addresses: 1,
    live: 0,
    environments: 1,
    blocked: 0,
    liveSince: undefined,
  }),
);

test('a wave is refused while an earlier one has something to deploy', () => {
  const plan = planOf([planned('one', { wave: 'canary' }), planned('two', { wave: 'all' })], { waves });
  expect(wave.check({ wave: 'all', plan, isRestricted: false })).toMatchObject({
    message: 'wave "all" comes after wave "canary", in which one/dev/Limits is not deployed',
    hint: { command: { run: 'sync', args: ['--wave', 'canary'] } },
  });
  expect(wave.check({ wave: 'canary', plan, isRestricted: false })).toBeUndefined();
});

test('where accounts and Regions are selected, the command names those of what is outstanding', () => {
  const there = ['444455556666/eu-west-1', '777788889999/us-east-1'] as const;
  const addresses = there.map((accountRegion, index) => planned(`t${index}`, { wave: 'canary', accountRegion }));
  const plan = planOf([...addresses, planned('own', { wave: 'canary', action: 'unchanged' })], { waves });
  expect(wave.check({ wave: 'all', plan, isRestricted: true })?.hint.command).toEqual({
    run: 'sync',
    args: ['--wave', 'canary', ...there.flatMap((id) => ['--account-region', id])],
  });
});

test('live and blocked addresses of earlier waves do not count', () => {
  for (const action of ['unchanged', 'adopt', 'blocked'] as const) {
    const plan = planOf([planned('one', { wave: 'canary', action })], { waves });
    expect(wave.check({ wave: 'all', plan, isRestricted: false })).toBeUndefined();
  }
});
