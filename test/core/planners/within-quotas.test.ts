import { expect, test } from 'vitest';
import type { ResourceCounts } from '../../../src/core/model/service-limits.ts';
import { StepList } from '../../../src/core/plan/step-list.ts';
import { withinQuotas } from '../../../src/core/planners/within-quotas.ts';
import { defaultSettings } from '../../../src/core/settings/settings.ts';
import { planOf, policy } from '../../support/guard-inputs.ts';

/** A plan that creates environments, by the application that they are created in. */
function creating(environments: Readonly<Record<string, readonly string[]>>) {
  const steps = new StepList(policy.accountRegion.id);
  for (const [application, names] of Object.entries(environments)) {
    for (const environment of names) {
      steps.add({
        subject: { tenant: application, environment },
        reason: 'not in AppConfig yet',
        operation: 'CreateEnvironment',
        application,
        environment,
        description: '',
        monitors: [],
        tags: {},
      });
    }
  }
  return planOf([], { steps: steps.steps });
}

const counts = new Map<typeof policy.accountRegion.id, ResourceCounts>([
  [
    policy.accountRegion.id,
    { applications: 2, strategies: 0, inApplications: new Map([['one', { environments: 2, profiles: 0 }]]) },
  ],
]);

const { aws } = defaultSettings;
const settings = { ...defaultSettings, aws: { ...aws, quotas: { ...aws.quotas, environments: 3 } } };

test('environments count in their application, existing and created ones together', () => {
  const allowed = creating({ one: ['dev'], two: ['dev', 'qa', 'prod'] });
  expect(withinQuotas(allowed, counts, settings)).toBe(allowed);
  expect(withinQuotas(creating({ one: ['dev', 'qa'], two: ['dev'] }), counts, settings).refusals).toMatchObject([
    { code: 'guard-quota', message: expect.stringContaining('"one" has 2 environments, and the plan creates 2 more') },
  ]);
});

test("beyond AWS's default, a plan is warned about and not refused", () => {
  const names = Array.from({ length: 19 }, (_, index) => `e${index}`);
  expect(withinQuotas(creating({ one: names }), counts, defaultSettings)).toMatchObject({
    refusals: [],
    problems: [{ code: 'quota-at-risk', accountRegion: policy.accountRegion.id }],
  });
});
