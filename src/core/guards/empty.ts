import type { Problem } from '../problem/problem.ts';
import type { Guard } from './guard.ts';

interface Input {
  /** In the whole tree. */
  readonly tenants: number;
  /** Managed by the project. */
  readonly applications: number;
  readonly project: string;
}

/** A checkout that failed looks like a tree without tenants. */
export const empty = {
  code: 'guard-empty',
  check: ({ tenants, applications, project }: Input): Problem | undefined => {
    if (tenants > 0 || applications === 0) return undefined;
    return {
      code: empty.code,
      severity: 'error',
      message: `the tree has no tenants, and AppConfig has ${applications} ${applications === 1 ? 'application' : 'applications'} of project "${project}"`,
      hint: {
        text: 'check that tenants/ was checked out; to delete them all',
        command: { run: 'cleanup', args: ['--all'], selects: 'all' },
      },
    };
  },
} as const satisfies Guard<Input>;
