import { expect, test } from 'vitest';
import { finished } from '../../../src/core/factor/interruptible.ts';
import { type ImportedApplication, importable } from '../../../src/core/import/importable.ts';

/** A tenant of which one content is live. */
function live(tenant: string, text: string, contentType: string): ImportedApplication {
  const completed = { versionNumber: 1, versionLabel: undefined };
  const application = {
    name: tenant,
    configurationProfiles: new Map([['P', { id: 'p', name: 'P', type: 'AWS.Freeform', locationUri: 'hosted' }]]),
    environments: new Map([['dev', { name: 'dev', histories: new Map([['p', { completed, newest: completed }]]) }]]),
  };
  return {
    tenant,
    application,
    versionOf: () => ({ text, bytes: undefined, contentType }),
  } as unknown as ImportedApplication;
}

function imported(...applications: readonly ImportedApplication[]) {
  return finished(importable(applications, { environment: () => true, profile: () => true }));
}

test('a content that is too large as JSON alone counts for the format', () => {
  // In both formats each line is indented by 160 spaces; JSON has three lines for each item.
  const content = `${'{k: '.repeat(80)}[${'{a: 1}, '.repeat(4500)}]${'}'.repeat(80)}`;
  const { profiles, skipped } = imported(live('a', content, 'application/x-yaml'));
  expect([profiles.get('P')?.format, profiles.get('P')?.addresses.length, skipped]).toEqual(['yaml', 1, []]);
  const others = ['b', 'c'].map((tenant) => live(tenant, '{"a": 1}', 'application/json'));
  const most = imported(live('a', content, 'application/x-yaml'), ...others);
  expect([most.profiles.get('P')?.format, most.skipped.map(({ message }) => message)]).toEqual([
    'json',
    ['the content is too large when it is rendered'],
  ]);
});

test('a change of format at many addresses has all of them, in their order', () => {
  const many = Array.from({ length: 30 }, (_, index) => live(`y${index}`, '{"a": 1}', 'application/json'));
  const more = Array.from({ length: 31 }, (_, index) => live(`z${index}`, `a: ${index}\n`, 'application/x-yaml'));
  const [warning] = imported(...many, ...more).warnings;
  expect(warning).toMatchObject({ code: 'format-changed', count: 30, subject: { configurationProfile: 'P' } });
  expect(warning?.addresses?.map(({ tenant }) => tenant).slice(0, 3)).toEqual(['y0', 'y1', 'y2']);
});
