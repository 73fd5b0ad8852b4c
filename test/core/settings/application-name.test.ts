import { expect, test } from 'vitest';
import { applicationNameOf, tenantNaming } from '../../../src/core/settings/application-name.ts';
import { defaultSettings } from '../../../src/core/settings/settings.ts';
import { parseSettings } from '../../../src/core/settings-file/parse-settings.ts';

test('the tenant is found in the name of its application, whatever it contains', () => {
  const names = { ...defaultSettings, applicationName: 'acme-{tenant}-config' };
  const tenantOf = tenantNaming(names);
  for (const tenant of ['one', 'a-b', '$&']) expect(tenantOf(applicationNameOf(names, tenant))).toBe(tenant);
  expect(['acme--config', 'other', 'acme-config'].map(tenantOf)).toEqual([undefined, undefined, undefined]);
});

const several = `
applicationName: acme-{tenant}
tenants:
  - { match: "old-*", applicationName: "{tenant}-config" }
  - { match: old-shop, applicationName: Shop (EU) }
  - { match: "o*", labels: { tier: gold } }
`;

test.each([
  ['new', 'acme-new'],
  ['old-a', 'old-a-config'],
  ['old-shop', 'Shop (EU)'],
  ['oak', 'acme-oak'],
])(
  'the last entry that names applications decides: the tenant %s has the application %s',
  async (tenant, application) => {
    const { settings } = await parseSettings(several, 'appcfg.yml');
    expect(applicationNameOf(settings, tenant)).toBe(application);
    expect(tenantNaming(settings)(application)).toBe(tenant);
  },
);

test('a glob that comes after a name precedes it', async () => {
  const text =
    'tenants: [{ match: [a, b], applicationName: "x-{tenant}" }, { match: "[ac]", applicationName: "y-{tenant}" }]';
  const { settings } = await parseSettings(text, 'appcfg.yml');
  expect(['a', 'b', 'c', 'd'].map((tenant) => applicationNameOf(settings, tenant))).toEqual(['y-a', 'x-b', 'y-c', 'd']);
});

test.each(['acme-old-a', 'new-config', 'old-shop-config', 'acme-old-shop', 'Shop', 'other'])(
  'the application %s is no tenant’s: its tenant would have another one',
  async (application) => {
    const { settings } = await parseSettings(several, 'appcfg.yml');
    expect(tenantNaming(settings)(application)).toBeUndefined();
  },
);
