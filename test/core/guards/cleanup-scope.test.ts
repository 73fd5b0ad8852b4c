import { expect, test } from 'vitest';
import { cleanupScope } from '../../../src/core/guards/cleanup-scope.ts';

test('everything needs a project, and in CI the default branch', () => {
  const job = { branch: 'main', defaultBranch: 'main' };
  for (const scope of ['--all', '--orphans'] as const) {
    expect(cleanupScope.check({ scope, isProjectSet: false, job })).toMatchObject({ code: 'guard-cleanup-scope' });
    expect(cleanupScope.check({ scope, isProjectSet: true, job: { ...job, branch: 'feature' } })).toMatchObject({
      message: `in CI, cleanup ${scope} runs on the default branch only; this is "feature"`,
      hint: { text: 'run it on "main": appcfg.yml and the tree of another branch may be outdated' },
    });
    expect(cleanupScope.check({ scope, isProjectSet: true, job: { ...job, branch: undefined } })).toBeDefined();
    expect(cleanupScope.check({ scope, isProjectSet: true, job })).toBeUndefined();
    expect(cleanupScope.check({ scope, isProjectSet: true, job: undefined })).toBeUndefined();
  }
  expect(cleanupScope.check({ scope: undefined, isProjectSet: false, job })).toBeUndefined();
});
