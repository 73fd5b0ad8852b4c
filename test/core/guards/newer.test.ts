import { expect, test } from 'vitest';
import { newer } from '../../../src/core/guards/newer.ts';
import type { CommitRelation } from '../../../src/core/model/origin.ts';
import type { Policy } from '../../../src/core/settings/policy.ts';
import { contentOfYaml, deployment, described, newContent, policy } from '../../support/guard-inputs.ts';

const commit = 'b'.repeat(40);

function check(description: string, relation?: CommitRelation, how: Partial<Policy> = {}) {
  const facts = [
    described(2, description),
    ...(relation === undefined
      ? []
      : [[{ kind: 'commit', commit }, relation] as [{ kind: 'commit'; commit: string }, CommitRelation]]),
  ];
  return newer.check(newContent(contentOfYaml('a: 1'), [deployment(2, 'COMPLETE')], { facts, policy: how }));
}

test('Git history decides, whatever the numbers of the pipelines are', () => {
  expect(check(`appcfg commit=${commit} pipeline=3`, 'newer')).toMatchObject({
    code: 'guard-newer',
    message: 'deployment 2 (commit bbbbbbbbbbbb, pipeline 3) is newer than this run',
    hint: { command: { run: 'sync', args: ['--allow-older'] } },
  });
  expect(check(`appcfg commit=${commit} pipeline=9`, 'older')).toBeUndefined();
  expect(check(`appcfg commit=${commit}`, 'same')).toBeUndefined();
});

test('where Git cannot decide, the numbers of the pipelines do', () => {
  expect(check(`appcfg commit=${commit} pipeline=8`, 'unknown')).toMatchObject({ code: 'guard-newer' });
  expect(check(`appcfg commit=${commit} pipeline=7`, 'unrelated')).toBeUndefined();
  expect(check('appcfg pipeline=8')).toMatchObject({ message: 'deployment 2 (pipeline 8) is newer than this run' });
});

test('where nothing decides, the user is warned and the content is deployed', () => {
  const origin = { ...policy.origin, pipeline: undefined };
  expect(check(`appcfg commit=${commit} pipeline=8`, 'unknown', { origin })).toMatchObject({
    code: 'commit-order-unknown',
    severity: 'warning',
  });
});

test('a deployment that appcfg did not start is never newer', () => {
  expect(check('started in the console')).toBeUndefined();
});

test('it waits for the description, then for Git', () => {
  const content = contentOfYaml('a: 1');
  const input = newContent(content, [deployment(2, 'COMPLETE')]);
  expect(newer.check(input)).toBe('pending');
  expect(input.facts.takeWanted()).toEqual([{ kind: 'deployment', environmentId: 'e', deploymentNumber: 2 }]);
  expect(check(`appcfg commit=${commit}`)).toBe('pending');
  expect(check(`appcfg commit=${commit}`, 'newer', { allowOlder: true })).toBeUndefined();
});
