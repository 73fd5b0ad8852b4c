import { parseDescription } from '../live/deployment-description.ts';
import { carries } from '../live/live-content.ts';
import type { LiveDeployment, LiveEnvironment, ProfileHistory } from '../live/live-state.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import { isInFlight } from '../model/resource.ts';
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
  const hint = `change the content, or try it again: appcfg sync --retry-rolled-back --tenant ${desired.address.tenant} --env ${desired.address.environment}`;
  for (const deployment of history.rolledBack) {
    if (carries(deployment, desired, around.facts) !== true) continue;
    if (wasSuperseded(deployment, { environment, history, around })) continue;
    const detail = around.facts.get({
      kind: 'deployment',
      environmentId: environment.id,
      deploymentNumber: deployment.number,
    });
    const reason = detail === undefined || detail === 'missing' ? undefined : detail.rollbackReason;
    const reverted = deployment.state === 'REVERTED';
    const problem: Problem = {
      code: 'guard-rolled-back',
      severity: 'error',
      message: `deployment ${deployment.number} of this content was ${reverted ? 'reverted' : 'rolled back'}${reason === undefined ? '' : `: ${reason}`}`,
      hint: { text: hint },
      subject,
    };
    return { problem, byAppConfig: reverted ? undefined : deployment.number };
  }
  const putAside = putAsideBy(desired, environment, history, around);
  if (putAside !== undefined) {
    const message = `deployment ${putAside} put this content aside (a rollback)`;
    return {
      problem: { code: 'guard-rolled-back', severity: 'error', message, hint: { text: hint }, subject },
      byAppConfig: undefined,
    };
  }
  return undefined;
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
