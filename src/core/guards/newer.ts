import type { DeploymentDescription } from '../live/deployment-description.ts';
import type { LiveEnvironment, ProfileHistory } from '../live/live-state.ts';
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
  const problem = newerDeploymentProblem(
    { number: history.newest.number, description: theirs, relation },
    policy.origin,
  );
  if (problem?.severity !== 'warning') return problem && { ...problem, subject };
  around.warnings.push({ ...problem, subject });
  return undefined;
}

/** A deployment that another run may have started, and how its commit relates to this run's. */
export interface OtherDeployment {
  readonly number: number;
  readonly description: DeploymentDescription;
  readonly relation: CommitRelation;
}

/** An error where the deployment is newer than this run; a warning where neither Git nor pipeline numbers show which is. */
export function newerDeploymentProblem(
  { number, description, relation }: OtherDeployment,
  origin: Origin,
): Problem | undefined {
  const { commit, pipeline } = description;
  const from = [
    ...(commit === undefined ? [] : [`commit ${commit.slice(0, 12)}`]),
    ...(pipeline === undefined ? [] : [`pipeline ${pipeline}`]),
  ].join(', ');
  switch (orderOf(description, relation, origin)) {
    case 'newer':
      return {
        code: 'guard-newer',
        severity: 'error',
        message: `deployment ${number} is from a newer ${from}`,
        hint: {
          text: 'run the newest pipeline, or deploy the older content deliberately',
          command: { run: 'same', args: ['--allow-older'] },
        },
      };
    case 'unknown':
      return {
        code: 'commit-order-unknown',
        severity: 'warning',
        message: `cannot tell whether deployment ${number} (${from}) is newer than this run; continuing`,
        hint: { text: 'fetch the whole history (GIT_DEPTH: 0) so that Git can tell' },
      };
    case 'not newer':
      return undefined;
  }
}

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
