import { expect, test } from 'vitest';
import { shrink } from '../../../src/core/guards/shrink.ts';
import { defaultSettings } from '../../../src/core/settings/settings.ts';
import { contentOfYaml, deployment, type KnownFact, newContent } from '../../support/guard-inputs.ts';

const live = deployment(1, 'COMPLETE');

function version(text: string): KnownFact {
  return [
    { kind: 'version', profileId: 'p', versionNumber: 1 },
    { text, contentType: 'application/json' },
  ];
}

const long = JSON.stringify({ values: Array.from({ length: 20 }, (_, index) => index) });

test('content that shrinks by more than the limit is refused, with the flag that allows it', () => {
  const problem = shrink.check(newContent(contentOfYaml('values: [1]'), [live], { facts: [version(long)] }));
  expect(problem).toMatchObject({
    code: 'guard-shrink',
    severity: 'error',
    message: 'the content shrinks from 62 to 14 bytes, by 77 %',
    hint: { command: { run: 'same', args: ['--allow-shrink'] } },
  });
});

test('content that becomes empty is refused whatever the limit is', () => {
  const settings = { ...defaultSettings, guards: { ...defaultSettings.guards, maxShrink: { percent: 100 } } };
  const input = newContent(contentOfYaml('{}'), [live], { facts: [version('{"a": 1}')], policy: { settings } });
  expect(shrink.check(input)).toMatchObject({ message: 'the content becomes empty; the live content has 7 bytes' });
});

test('formatting does not count', () => {
  const spaced = `{\n${' '.repeat(500)}"rate": 100\n}`;
  const input = newContent(contentOfYaml('rate: 99'), [live], { facts: [version(spaced)] });
  expect(shrink.check(input)).toBeUndefined();
});

test('it waits for the live version, and passes where there is none', () => {
  const content = contentOfYaml('a: 1');
  const waiting = newContent(content, [live]);
  expect(shrink.check(waiting)).toBe('pending');
  expect(waiting.facts.takeWanted()).toEqual([{ kind: 'version', profileId: 'p', versionNumber: 1 }]);
  expect(shrink.check(newContent(content, [deployment(1, 'ROLLED_BACK')]))).toBeUndefined();
  expect(shrink.check(newContent(content, [live], { policy: { allowShrink: true } }))).toBeUndefined();
});
