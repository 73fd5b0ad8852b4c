import { expect, test } from 'vitest';
import { quota } from '../../../src/core/guards/quota.ts';

test('the settings refuse, and the default of AWS warns', () => {
  const demand = { quota: 'environments', existing: 20, created: 1, tenant: 'one' } as const;
  expect(quota.check({ ...demand, stated: undefined })).toMatchObject({
    code: 'quota-at-risk',
    severity: 'warning',
    subject: { tenant: 'one' },
  });
  expect(quota.check({ ...demand, stated: 20, source: { file: 'appcfg.yml', line: 3 } })).toMatchObject({
    code: 'guard-quota',
    severity: 'error',
    message: 'tenant "one" has 20 environments, and the plan creates 1 more; aws.quotas.environments is 20',
    source: { line: 3 },
  });
  expect(quota.check({ ...demand, stated: 21 })).toBeUndefined();
});
