import { expect, test } from 'vitest';
import { comparableName } from '../../../src/core/problem/names.ts';
import { collisionProblems, nameProblem, tenantCollisions } from '../../../src/tree/checks/check-names.ts';

test.each([
  ['Limits', undefined],
  ['Größe', undefined],
  ['acme corp', undefined],
  ['x'.repeat(128), undefined],
  ['x'.repeat(129), 'has 129 characters, which exceeds the limit of 128'],
  ['😀'.repeat(128), undefined],
  ['a\tb', 'has the character U+0009'],
  ['a\nb', 'has the character U+000A'],
  ['a\u001b[31m', 'has the character U+001B'],
  ['a\u200bb', 'has the character U+200B'],
  ['a\u202eb', 'has the character U+202E'],
  ['a\u00adb', 'has the character U+00AD'],
  ['a\u3164', 'has the character U+3164'],
  ['a\u00a0b', 'has the character U+00A0'],
  ['a\u2028b', 'has the character U+2028'],
  ['a\u{e0041}', 'has the character U+E0041'],
  ['a\ud800', 'has the character U+D800'],
  ['a\ufffd', 'has characters that are not valid Unicode'],
  ['acme ', 'has a trailing space'],
  [' acme', 'has a leading space'],
])('the profile %j: %s', (name, expected) => {
  const message = nameProblem({ name, path: 'template/x.yml' }, 'profile')?.message;
  if (expected === undefined) expect(message).toBeUndefined();
  else expect(message).toContain(expected);
});

test('the problem of a name also has the one that it looks like', () => {
  const problem = nameProblem({ name: 'acme\u200b', path: 'tenants/x' }, 'tenant', () => [
    'beta',
    'acme',
    'acme\u200b',
  ]);
  expect(problem?.message).toContain(', and looks like "acme"');
});

test('tenants collide by their names, and by those of their applications', () => {
  const applications = new Map([
    ['one', 'Shop'],
    ['two', 'Shop'],
    ['three', 'shop'],
    ['Four', 'x'],
    ['four', 'y'],
  ]);
  const problems = tenantCollisions([...applications.keys()], (tenant) => applications.get(tenant) ?? '');
  expect(problems.map(({ message }) => message)).toEqual([
    'the tenants "Four" and "four" differ only in case or Unicode form',
    'the applications of the tenants "one" and "two" have the same name "Shop"',
    'the applications "Shop" (two) and "shop" (three) differ only in case or Unicode form',
  ]);
});

test('names that differ only in case or Unicode form collide', () => {
  const tenants = ['acme', 'Acme', 'caf\u00e9', 'cafe\u0301', '\uff22eta', 'beta'];
  const entries = tenants.map((name) => ({ name, path: `tenants/${name}` }));
  const collisions = collisionProblems('tenants', entries, (tenant) => comparableName(`app-${tenant}`));
  expect(collisions.map(({ source }) => source?.file)).toEqual(['tenants/Acme', 'tenants/cafe\u0301', 'tenants/beta']);
});

test.each([
  ['tenant1', 'the applications of the tenants "tenant1" and "tenant2" have the same name "tenant1"'],
  ['Tenant1', 'the applications "tenant1" (tenant1) and "Tenant1" (tenant2) differ only in case or Unicode form'],
])(
  'an application with the name of another tenant, as %s, is a matter of applicationName',
  (applicationName, message) => {
    const applicationOf = (tenant: string) => (tenant === 'tenant2' ? applicationName : tenant);
    expect(tenantCollisions(['tenant1', 'tenant2'], applicationOf)).toMatchObject([
      { message, hint: { text: 'change applicationName of one of them' } },
    ]);
    expect(tenantCollisions(['tenant2', 'tenant1'], applicationOf)).toMatchObject([
      { hint: { text: 'change applicationName of one of them' } },
    ]);
  },
);
