// The variables of a CI job, as one value.
import { expect, test } from 'vitest';
import { ciJob } from '../../src/gitlab/ci-job.ts';

test('numbers and times are read, and an empty variable is none', () => {
  const job = ciJob({
    GITLAB_CI: 'true',
    CI_JOB_STARTED_AT: '2026-03-01T11:59:00Z',
    CI_JOB_TIMEOUT: '180',
    CI_PIPELINE_IID: '7',
    CI_COMMIT_BRANCH: '',
    CI_DEFAULT_BRANCH: 'main',
  });
  expect(job).toMatchObject({
    isCi: true,
    isGitLab: true,
    startedAt: Date.parse('2026-03-01T11:59:00Z'),
    timeoutMs: 180_000,
    pipelineIid: 7,
    branch: undefined,
    defaultBranch: 'main',
  });
});

test('outside of a job, and in one with odd values, no member is set', () => {
  const odd = { CI_JOB_STARTED_AT: 'now', CI_JOB_TIMEOUT: 'long', CI_PIPELINE_IID: '7a' };
  for (const environment of [{}, odd]) {
    const { isCi, isGitLab, isTag, ...members } = ciJob(environment);
    expect([isCi, isGitLab, isTag]).toEqual([false, false, false]);
    expect(Object.values(members).filter((value) => value !== undefined)).toEqual([]);
  }
});

test.each([
  [{ CI: 'true' }, true],
  [{ CI: '1' }, true],
  [{ CI: 'false' }, false],
  [{ CI: '' }, false],
  [{ CI: 'false', GITLAB_CI: 'true' }, true],
])('%j: in CI is %s', (environment, isCi) => {
  expect(ciJob(environment).isCi).toBe(isCi);
});
