import { type DeploymentDescription, describedBy } from '../live/deployment-description.ts';
import type { Subject } from '../model/address.ts';
import type { CommitRelation, Origin } from '../model/origin.ts';
import type { Problem } from '../problem/problem.ts';
import type { Guard, NextDeployment } from './guard.ts';

/** An older pipeline does not overwrite what a newer one deployed. */
export const newer = {
  code: 'guard-newer',
  override: '--allow-older',
  check: ({ subject, environment, history, facts, policy }: NextDeployment): Problem | 'pending' | undefined => {
    if (policy.allowOlder) return undefined;
    const deploymentNumber = history.newest.number;
    const description = describedBy({ environmentId: environment.id, deploymentNumber }, facts);
    if (description === 'pending') return 'pending';
    const { commit } = description;
    const relation = commit === undefined ? 'unknown' : facts.get({ kind: 'commit', commit });
    if (relation === undefined) return 'pending';
    return newerProblem({ deploymentNumber, description, relation, origin: policy.origin, subject });
  },
} as const satisfies Guard<NextDeployment>;

/** A deployment beside this run. */
interface DeploymentOrder {
  readonly deploymentNumber: number;
  readonly description: DeploymentDescription;
  /** How its commit stands to the commit of this run. */
  readonly relation: CommitRelation;
  readonly origin: Origin;
  readonly subject: Subject;
}

/** @returns an error where the deployment is newer than this run, a warning where neither Git nor pipeline numbers show it */
function newerProblem({
  deploymentNumber,
  description,
  relation,
  origin,
  subject,
}: DeploymentOrder): Problem | undefined {
  const { commit, pipeline } = description;
  const shortCommit = commit?.slice(0, 12);
  switch (orderOf(description, relation, origin)) {
    case 'newer': {
      const source = [
        ...(shortCommit === undefined ? [] : [`commit ${shortCommit}`]),
        ...(pipeline === undefined ? [] : [`pipeline ${pipeline}`]),
      ];
      return {
        code: newer.code,
        severity: 'error',
        message: `deployment ${deploymentNumber} (${source.join(', ')}) is newer than this run`,
        hint: {
          text: 'run the newest pipeline; to deploy the older content anyway',
          command: { run: 'sync', args: [newer.override] },
        },
        subject,
      };
    }
    case 'unknown':
      return {
        code: 'commit-order-unknown',
        severity: 'warning',
        message: `cannot tell whether deployment ${deploymentNumber}${shortCommit === undefined ? '' : ` (commit ${shortCommit})`} is newer than this run; deploying`,
        hint: { text: 'fetch the whole history: git fetch --unshallow; in a GitLab job set GIT_DEPTH: 0' },
        subject,
      };
    case 'not newer':
      return undefined;
  }
}

/** What is the same for very many addresses is reported once, with the number of them. */
export function countUnknownOrders(problems: readonly Problem[]): readonly Problem[] {
  const isUnknown = ({ code }: Problem) => code === 'commit-order-unknown';
  const [first, ...others] = problems.filter(isUnknown);
  if (first === undefined || others.length === 0) return problems;
  const { subject: _, ...shared } = first;
  const count = others.length + 1;
  const counted: Problem = {
    ...shared,
    message: `cannot tell whether the deployments of ${count.toLocaleString('en')} addresses are newer than this run; deploying`,
    count,
  };
  return [counted, ...problems.filter((problem) => !isUnknown(problem))];
}

/** By Git history where it has both commits, otherwise by the numbers of the pipelines. */
function orderOf(
  { commit, pipeline }: DeploymentDescription,
  relation: CommitRelation,
  origin: Origin,
): 'newer' | 'not newer' | 'unknown' {
  if (commit === undefined && pipeline === undefined) return 'not newer';
  if (relation === 'newer') return 'newer';
  if (relation === 'same' || relation === 'older') return 'not newer';
  if (pipeline === undefined || origin.pipeline === undefined) return 'unknown';
  return pipeline > origin.pipeline ? 'newer' : 'not newer';
}
