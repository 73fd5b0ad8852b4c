import type { DeploymentDescription } from '../live/deployment-description.ts';
import type { LiveEnvironment, ProfileHistory } from '../live/live-state.ts';
import type { Subject } from '../model/address.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import type { CommitRelation, Origin } from '../model/origin.ts';
import type { Problem } from '../problem/problem.ts';
import type { Surroundings } from './guards.ts';
import { describedBy } from './rolled-back.ts';

/** The guard *newer*: an older pipeline must not overwrite what a newer one deployed. */
export function newerProblem(
  desired: DesiredConfiguration,
  environment: LiveEnvironment,
  history: ProfileHistory,
  around: Surroundings,
): Problem | undefined {
  const { policy } = around;
  if (policy.allowOlder) return undefined;
  const theirs = describedBy(history.newest.number, environment, around);
  if (theirs === undefined || (theirs.commit === undefined && theirs.pipeline === undefined)) return undefined;
  const subject = desired.address;
  const relation =
    theirs.commit === undefined ? 'unknown' : around.facts.get({ kind: 'commit', commit: theirs.commit });
  if (relation === undefined) return undefined;
  switch (orderOf(theirs, relation, policy.origin)) {
    case 'newer': {
      const from = [
        theirs.commit === undefined ? undefined : `commit ${theirs.commit.slice(0, 12)}`,
        theirs.pipeline === undefined ? undefined : `pipeline ${theirs.pipeline}`,
      ].filter((part) => part !== undefined);
      return {
        code: 'guard-newer',
        severity: 'error',
        message: `deployment ${history.newest.number} is from a newer ${from.join(', ')}`,
        hint: { text: newerHint },
        subject,
      };
    }
    case 'unknown':
      around.warnings.push(commitOrderUnknown(history.newest.number, theirs, subject));
      return undefined;
    case 'not newer':
      return undefined;
  }
}

export const newerHint = 'run the newest pipeline, or put the older content back on purpose: appcfg sync --allow-older';

/** Whether what is deployed is newer than this run: by Git ancestry where that tells, else by the pipelines' numbers. */
export function orderOf(
  theirs: DeploymentDescription,
  relation: CommitRelation,
  ours: Origin,
): 'newer' | 'not newer' | 'unknown' {
  if (theirs.commit === undefined && theirs.pipeline === undefined) return 'not newer';
  if (relation === 'newer') return 'newer';
  if (relation === 'same' || relation === 'older') return 'not newer';
  if (theirs.pipeline === undefined || ours.pipeline === undefined) return 'unknown';
  return theirs.pipeline > ours.pipeline ? 'newer' : 'not newer';
}

/** What to say before going on where neither Git nor pipeline numbers tell. */
export function commitOrderUnknown(deploymentNumber: number, theirs: DeploymentDescription, subject: Subject): Problem {
  return {
    code: 'commit-order-unknown',
    severity: 'warning',
    message: `whether deployment ${deploymentNumber}${theirs.commit === undefined ? '' : ` (commit ${theirs.commit.slice(0, 12)})`} is newer than this run cannot be told; going on`,
    hint: { text: 'fetch the whole history (GIT_DEPTH: 0) so that Git can tell' },
    subject,
  };
}
