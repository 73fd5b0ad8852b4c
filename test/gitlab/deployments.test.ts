import { expect, test } from 'vitest';
import type { Problem } from '../../src/core/problem/problem.ts';
import type { GitlabApi } from '../../src/gitlab/api.ts';
import { Deployments } from '../../src/gitlab/deployments.ts';

async function problemsOf(error: unknown): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const post = () => Promise.reject(error);
  const of = { projectId: '17', sha: 'c', ref: 'main', tag: false };
  const deployments = new Deployments({ post } as unknown as GitlabApi, of, (problem) => problems.push(problem));
  for (const environment of ['a', 'b']) deployments.record({ environment, status: 'running' });
  await deployments.ended();
  return problems;
}

test('an internal error is one warning with its stack, the end of the run is one that GitLab did not respond', async () => {
  const cause = new TypeError('cannot read the fruit');
  expect(await problemsOf(cause)).toMatchObject([{ code: 'note-failed', severity: 'warning', quoted: cause.stack }]);
  const [ended, ...others] = await problemsOf('closed');
  expect(ended?.message).toContain('GitLab had not responded when the run ended');
  expect(others).toEqual([]);
});
