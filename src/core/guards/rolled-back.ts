import { parseDescription } from '../live/deployment-description.ts';
import { carries } from '../live/live-content.ts';
import type { LiveDeployment, LiveEnvironment, ProfileHistory } from '../live/live-state.ts';
import type { Subject } from '../model/address.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import { isInFlight } from '../model/resource.ts';
import type { Hint } from '../problem/hint.ts';
import type { Problem } from '../problem/problem.ts';
import type { Surroundings } from './guards.ts';

/** What the guard *rolled back* says. `byAppConfig` is the deployment that AppConfig itself, or a stop, rolled back on its way. */
export interface RolledBack {
  readonly problem: Problem;
  readonly byAppConfig: number | undefined;
}

/** The guard *rolled back*. */
export function rolledBackProblem(
  desired: DesiredConfiguration,
  environment: LiveEnvironment,
  history: ProfileHistory,
  around: Surroundings,
): RolledBack | undefined {
  if (around.policy.retryRolledBack) return undefined;
  const subject = desired.address;
  for (const deployment of history.rolledBack) {
    if (carries(deployment, desired, around.facts) !== true) continue;
    if (wasSuperseded(deployment, { environment, history, around })) continue;
    const detail = around.facts.get({
      kind: 'deployment',
      environmentId: environment.id,
      deploymentNumber: deployment.number,
    });
    const reason = detail === undefined || detail === 'missing' ? undefined : detail.rollbackReason;
    const problem = rolledBackDeploymentProblem(deployment, reason, subject);
    return { problem, byAppConfig: deployment.state === 'REVERTED' ? undefined : deployment.number };
  }
  const putAside = putAsideBy(desired, environment, history, around);
  if (putAside !== undefined) {
    const message = `deployment ${putAside} put this content aside (a rollback)`;
    return {
      problem: { code: 'guard-rolled-back', severity: 'error', message, hint: retryHint(subject), subject },
      byAppConfig: undefined,
    };
  }
  return undefined;
}

/** A deployment of the desired content was rolled back. @param reason AppConfig's, where it was read */
export function rolledBackDeploymentProblem(
  { number, state }: Pick<LiveDeployment, 'number' | 'state'>,
  reason: string | undefined,
  subject: Subject,
): Problem {
  const how = state === 'REVERTED' ? 'reverted' : 'rolled back';
  return {
    code: 'guard-rolled-back',
    severity: 'error',
    message: `deployment ${number} of this content was ${how}${reason === undefined ? '' : `: ${reason}`}`,
    hint: retryHint(subject),
    subject,
  };
}

function retryHint({ tenant = '', environment = '' }: Subject): Hint {
  return {
    text: 'change the content, or try it again',
    command: { run: 'sync', args: ['--retry-rolled-back', '--tenant', tenant, '--env', environment] },
  };
}

/** The deployment, live or newest, that a rollback started in the place of this content. */
function putAsideBy(
  desired: DesiredConfiguration,
  environment: LiveEnvironment,
  history: ProfileHistory,
  around: Surroundings,
): number | undefined {
  const { newest, completed } = history;
  // A rollback that was itself taken back puts nothing aside.
  const numbers = [...(isInFlight(newest.state) ? [newest.number] : []), ...(completed ? [completed.number] : [])];
  return numbers.find((number) => {
    const { quarantines: aside = [] } = describedBy(number, environment, around) ?? {};
    return aside.some((version) =>
      /^[0-9]+$/.test(version)
        ? carries({ ...newest, versionNumber: Number(version), versionLabel: undefined }, desired, around.facts)
        : version === desired.content.versionLabel,
    );
  });
}

/**
 * A deployment that `--supersede` stopped does not count as rolled back: the one that followed it says so, or the newest
 * one of the profile, where somebody else's start came in between.
 */
export function wasSuperseded(
  stopped: LiveDeployment,
  about: {
    readonly environment: LiveEnvironment;
    readonly history: ProfileHistory;
    readonly around: Surroundings;
  },
): boolean {
  const { environment, history, around } = about;
  if (stopped.state !== 'ROLLED_BACK') return false;
  const after = [stopped.number + 1, history.newest.number].filter(
    (number) => number > stopped.number && number <= (environment.latestDeploymentNumber ?? 0),
  );
  return after.some((number) => describedBy(number, environment, around)?.supersedes === stopped.number);
}

export function describedBy(deploymentNumber: number, environment: LiveEnvironment, around: Surroundings) {
  const detail = around.facts.get({
    kind: 'deployment',
    environmentId: environment.id,
    deploymentNumber,
  });
  return detail === undefined || detail === 'missing' ? undefined : parseDescription(detail.description);
}
