import type { Problem } from '../problem/problem.ts';
import { type Limit, limitOf } from '../settings/settings.ts';
import type { Guard } from './guard.ts';

interface Input {
  /** Absent: environments. */
  readonly what?: 'versions';
  /** So many would be deleted. */
  readonly deleted: number;
  /** So many does the project manage. */
  readonly managed: number;
  readonly limit: Limit;
  /** The user named everything that would be deleted, or asked for all of it. */
  readonly isExplicit: boolean;
}

/** A glob or a damaged tree can select more for deletion than was intended. */
export const deletes = {
  code: 'guard-deletes',
  override: '--max-deletes',
  check: ({ what, deleted, managed, limit, isExplicit }: Input): Problem | undefined => {
    const most = Math.max('count' in limit ? 0 : 1, limitOf(limit, managed));
    if (isExplicit || deleted <= most) return undefined;
    return {
      code: deletes.code,
      severity: 'error',
      message: `cleanup would delete ${deleted} of ${managed} ${
        what === undefined
          ? `managed environments; the limit is ${most} (guards.maxDeletes)`
          : `${what}; the limit is ${most} (${deletes.override})`
      }`,
      hint: {
        text: 'if that is intended',
        command: { run: 'same', args: [deletes.override, String(deleted)] },
      },
    };
  },
} as const satisfies Guard<Input>;
