import type { LiveState } from '../live/live-state.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import type { Problem } from '../problem/problem.ts';
import type { Policy } from '../settings/policy.ts';

/** The guard *empty*. */
export function emptyTreeRefusal(
  desired: readonly DesiredApplication[],
  live: LiveState,
  policy: Policy,
): readonly Problem[] {
  if (desired.length > 0 || policy.elsewhere || policy.selective || live.orphanedApplications.length === 0) return [];
  return [
    {
      code: 'guard-empty',
      severity: 'error',
      message: `the tree has no tenants, and AppConfig has ${live.orphanedApplications.length === 1 ? '1 application' : `${live.orphanedApplications.length} applications`} of project "${policy.project}"`,
      hint: {
        text: 'check that tenants/ was checked out; to delete them all',
        command: { run: 'cleanup', args: ['--all'] },
      },
    },
  ];
}
