import type { Problem } from '../problem/problem.ts';
import type { Guard } from './guard.ts';

interface Input {
  /** What the cleanup deletes besides named tenants. */
  readonly scope: '--all' | '--orphans' | undefined;
  /** Whether the settings name the project: a name taken from the folder may be another project's. */
  readonly isProjectSet: boolean;
  /** Of the CI job; undefined where no CI job runs, or the job does not know its default branch. */
  readonly job: { readonly branch: string | undefined; readonly defaultBranch: string } | undefined;
}

/** A cleanup of everything needs the right project, and the tree of the default branch. */
export const cleanupScope = {
  code: 'guard-cleanup-scope',
  check: ({ scope, isProjectSet, job }: Input): Problem | undefined => {
    if (scope === undefined) return undefined;
    if (!isProjectSet) {
      return {
        code: cleanupScope.code,
        severity: 'error',
        message: `cleanup ${scope} without "project" in appcfg.yml could delete the resources of another project`,
        hint: { text: 'set "project" in appcfg.yml to the name of the project that manages them' },
      };
    }
    if (job === undefined || job.branch === job.defaultBranch) return undefined;
    const current = job.branch === undefined ? 'not a branch pipeline' : `"${job.branch}"`;
    return {
      code: cleanupScope.code,
      severity: 'error',
      message: `in CI, cleanup ${scope} runs on the default branch only; this is ${current}`,
      hint: { text: `run it on "${job.defaultBranch}": appcfg.yml and the tree of another branch may be outdated` },
    };
  },
} as const satisfies Guard<Input>;
