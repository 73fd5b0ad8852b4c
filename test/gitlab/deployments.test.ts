import { expect, test } from 'vitest';
import type { Problem } from '../../src/core/problem/problem.ts';
import { type GitlabApi, GitlabFailure, type GitlabFailureKind } from '../../src/gitlab/api.ts';
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

test.each<GitlabFailureKind>([
  { is: 'too-large', megabytes: 10 },
  { is: 'unexpected', what: 'no JSON' },
  { is: 'timeout', seconds: 30 },
  { is: 'unreachable', code: 'ECONNRESET' },
  { is: 'status', status: 502 },
])('a deployment that may have been created is looked for, and ended: %j', async (kind) => {
  const ended: string[] = [];
  const api = {
    post: () => Promise.reject(new GitlabFailure(kind, 'POST /projects/17/deployments')),
    list: (_: string, pick: (json: unknown) => number | undefined) =>
      Promise.resolve([pick({ id: 7, sha: 'c', ref: 'main', status: 'running', environment: { name: 'a' } })]),
    put: (path: string) => Promise.resolve(void ended.push(path)),
  } as unknown as GitlabApi;
  const problems: Problem[] = [];
  const deployments = new Deployments(api, { projectId: '17', sha: 'c', ref: 'main', tag: false }, (problem) =>
    problems.push(problem),
  );
  for (const status of ['running', 'success'] as const) deployments.record({ environment: 'a', status });
  await deployments.ended();
  expect([ended, problems]).toEqual([['/projects/17/deployments/7'], []]);
});
