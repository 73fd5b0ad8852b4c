// The one rule for whether content is quarantined: AppConfig or a user rolled it back, or a rollback replaced it.

import { describedBy, parseDescription } from '../live/deployment-description.ts';
import type { Facts } from '../live/facts.ts';
import type { LiveDeployment, LiveEnvironment, ProfileHistory } from '../live/live-state.ts';
import type { Subject } from '../model/address.ts';
import { type DeploymentState, isInFlight } from '../model/resource.ts';
import type { Problem } from '../problem/problem.ts';
import type { Guard, NextDeployment } from './guard.ts';

/** Quarantined content is deployed again only when the user asks for it. */
export const rolledBack = {
  code: 'guard-rolled-back',
  override: '--retry-rolled-back',
  check: (input: NextDeployment): Problem | 'pending' | undefined => {
    const quarantine = quarantineOf(input);
    return quarantine === undefined || quarantine === 'pending'
      ? quarantine
      : quarantineProblem(quarantine, input.subject);
  },
} as const satisfies Guard<NextDeployment>;

/** Why content is quarantined. */
export interface Quarantine {
  readonly cause: 'rolled back' | 'reverted' | 'replaced by a rollback';
  /** The deployment that was rolled back or reverted, or the rollback. */
  readonly deploymentNumber: number;
  /** From which it was deployed, where all of it is in the commit. */
  readonly commit?: string | undefined;
  /** AppConfig's own words. */
  readonly reason?: string | undefined;
}

function quarantineProblem(quarantine: Quarantine, subject: Subject): Problem {
  const { cause, deploymentNumber, reason, commit } = quarantine;
  return {
    code: rolledBack.code,
    severity: 'error',
    message:
      cause === 'replaced by a rollback'
        ? `content is quarantined: rollback deployment ${deploymentNumber} replaced it`
        : `deployment ${deploymentNumber} of this content was ${cause}${reason === undefined ? '' : `: ${reason}`}`,
    common: `content${commit === undefined ? '' : ` of commit ${short(commit)}`} is quarantined: ${causeWords[cause]}`,
    hint: {
      text: `${commit === undefined ? 'change the content' : `change the content, or undo its commit with git revert ${short(commit)}`}; to deploy it again`,
      command: { run: 'sync', args: [rolledBack.override], selects: subject },
    },
    subject,
  };
}

const causeWords = {
  'rolled back': 'AppConfig rolled it back',
  reverted: 'it was reverted',
  'replaced by a rollback': 'a rollback replaced it',
} as const satisfies Record<Quarantine['cause'], string>;

function short(commit: string): string {
  return commit.slice(0, 12);
}

/** Asks for facts where labels do not show what was deployed. */
export function quarantineOf(input: NextDeployment): Quarantine | 'pending' | undefined {
  if (input.policy.retryRolledBack) return undefined;
  let isPending = false;
  for (const deployment of input.history.rolledBack) {
    const quarantine = quarantineBy(deployment, input);
    if (quarantine === 'pending') isPending = true;
    else if (quarantine !== undefined) return isPending ? 'pending' : quarantine;
  }
  const replaced = replacedByRollback(input);
  return isPending ? 'pending' : replaced;
}

function quarantineBy(
  deployment: LiveDeployment,
  { environment, history, facts, hasSameContent }: NextDeployment,
): Quarantine | 'pending' | undefined {
  const { number: deploymentNumber, state } = deployment;
  const isSame = hasSameContent(deployment);
  if (isSame === false) return undefined;
  const superseded = isSame === undefined ? 'pending' : isSuperseded(deployment, { environment, history, facts });
  if (superseded === true) return undefined;
  const detail =
    isSame === undefined
      ? undefined
      : facts.get({ kind: 'deployment', environmentId: environment.id, deploymentNumber });
  if (superseded === 'pending' || detail === undefined) return 'pending';
  const { commit, dirty } = detail === 'missing' ? {} : parseDescription(detail.description ?? '');
  return {
    cause: causeOf(state),
    deploymentNumber,
    commit: dirty === true ? undefined : commit,
    reason: detail === 'missing' ? undefined : detail.rollbackReason,
  };
}

function causeOf(state: DeploymentState): Quarantine['cause'] {
  return state === 'REVERTED' ? 'reverted' : 'rolled back';
}

/** By a rollback that is live, or on its way: one that was itself rolled back replaced nothing. */
function replacedByRollback({
  versionLabel,
  environment,
  history,
  facts,
  hasSameContent,
}: NextDeployment): Quarantine | 'pending' | undefined {
  const { newest, completedByUser, completed } = history;
  const live = completedByUser ?? completed;
  const numbers = [...(isInFlight(newest.state) ? [newest.number] : []), ...(live ? [live.number] : [])];
  let isPending = false;
  for (const deploymentNumber of numbers) {
    const description = describedBy({ environmentId: environment.id, deploymentNumber }, facts);
    const quarantines = description === 'pending' ? [] : (description.quarantines ?? []);
    const matches = quarantines.map((version) =>
      'number' in version
        ? hasSameContent({ ...newest, versionNumber: version.number, versionLabel: undefined })
        : version.label === versionLabel,
    );
    if (description === 'pending' || matches.includes(undefined)) isPending = true;
    else if (matches.includes(true) && !isPending) return { cause: 'replaced by a rollback', deploymentNumber };
  }
  return isPending ? 'pending' : undefined;
}

/**
 * Whether a run with `--supersede` stopped the deployment: its content was not found faulty. The deployment that follows
 * names it in its description, or the newest of the profile does, where a start by others came in between.
 */
export function isSuperseded(
  stopped: LiveDeployment,
  lane: {
    readonly environment: Pick<LiveEnvironment, 'id' | 'latestDeploymentNumber'>;
    readonly history: Pick<ProfileHistory, 'newest'>;
    readonly facts: Facts;
  },
): boolean | 'pending' {
  const { environment, history, facts } = lane;
  if (stopped.state !== 'ROLLED_BACK') return false;
  const followers = [stopped.number + 1, history.newest.number]
    .filter((number) => number > stopped.number && number <= (environment.latestDeploymentNumber ?? 0))
    .map((deploymentNumber) => describedBy({ environmentId: environment.id, deploymentNumber }, facts));
  if (followers.some((each) => each !== 'pending' && each.supersedes === stopped.number)) return true;
  return followers.includes('pending') ? 'pending' : false;
}
