import { expect, test } from 'vitest';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { factorProfile, type ProfileOfTenant } from '../../../src/core/factor/factor-profile.ts';
import { finished, type Interruptible } from '../../../src/core/factor/interruptible.ts';
import { withListRules } from '../../../src/core/factor/list-rules.ts';
import type { Value } from '../../../src/core/model/value.ts';

const names = ['dev', 'prod', 'qa'] as const;

/** @param contentOf undefined: the tenant lacks the profile in the environment */
function tenantsOf(count: number, contentOf: (tenant: number, environment: number) => unknown) {
  return Array.from({ length: count }, (_, tenant): ProfileOfTenant => {
    const values = names.flatMap((name, environment): [string, Value][] => {
      const content = contentOf(tenant, environment);
      return content === undefined ? [] : [[name, parseDocument(JSON.stringify(content), { path: '' }).value as Value]];
    });
    return { tenant: `t${tenant}`, environments: names, values: new Map(values) };
  });
}

/** Some keys are the same for all, some have the tenant in them. */
function members(tenant: number, environment: number, count = 60) {
  const leafOf = (index: number) =>
    index % 5 === 0 ? `${environment}-${tenant}` : index % 7 === 0 ? tenant % 5 : index;
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, leafOf(index)]));
}

/** The part of the processor time for which the work had no break. */
function longestPart(work: Interruptible<unknown>): number {
  let all = 0;
  let longest = 0;
  for (;;) {
    const before = process.cpuUsage();
    const { done } = work.next();
    const { user } = process.cpuUsage(before);
    all += user;
    longest = Math.max(longest, user);
    if (done) return longest / all;
  }
}

test.each([
  ['maps', 25, (tenant, environment) => ({ a: members(tenant, environment), b: members(tenant, environment) })],
  ['maps that some lack', 25, (tenant, at) => (tenant % 3 === at ? { o: 1 } : { o: 1, a: members(tenant, at) })],
  ['maps with nulls', 30, (tenant, at) => ({ a: { ...members(tenant, at), [`key${tenant}`]: null } })],
  ['contents that some lack', 60, (tenant, at) => (tenant % 3 === at ? undefined : members(tenant, at))],
] satisfies [string, number, (tenant: number, environment: number) => unknown][])(
  'factoring has breaks all the time: %s',
  (_, count, contentOf) => {
    // The first time compiles the code.
    longestPart(factorProfile(tenantsOf(6, contentOf)));
    expect(longestPart(factorProfile(tenantsOf(count, contentOf)))).toBeLessThan(0.5);
  },
);

test('looking for list rules has breaks all the time', () => {
  const tenants = tenantsOf(30, (tenant, environment) => ({
    items: Object.entries(members(tenant, environment)).map(([name, value]) => ({ name, value, weight: 1 })),
  }));
  const files = finished(factorProfile(tenants));
  longestPart(withListRules(files, tenants));
  expect(longestPart(withListRules(files, tenants))).toBeLessThan(0.5);
});
