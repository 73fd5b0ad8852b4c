// The guards that block an address: each says why it refuses, and what to type to go on. They ask for facts where the
// lists do not tell; as long as a fact is wanted, nothing is refused for it.
import { canonicalText } from './content.ts';
import type { Problem } from './errors.ts';
import type {
  CommitRelation,
  Facts,
  LiveApplication,
  LiveDeployment,
  LiveEnvironment,
  LiveProfile,
  ProfileHistory,
} from './live.ts';
import { carries, liveValue } from './live-content.ts';
import type { DesiredApplication, DesiredConfiguration } from './model.ts';
import { formatAddress, isInFlight } from './model.ts';
import type { Origin, Policy } from './policy.ts';
import { type DeploymentDescription, parseDescription } from './provenance.ts';
import type { Limit } from './settings.ts';
import { effectiveAccountRegion } from './tenants.ts';

/** What a verdict on one address is made from, beside the address. */
export interface Surroundings {
  readonly application: LiveApplication;
  readonly facts: Facts;
  readonly policy: Policy;
  readonly warnings: Problem[];
}

/** The guard *account*: an environment is never written in another account or Region than its own. */
export function accountProblem(
  application: Pick<DesiredApplication, 'tenant'>,
  environment: string,
  policy: Policy,
): Problem | undefined {
  const settings = effectiveAccountRegion(policy.settings, { tenant: application.tenant, environment });
  const source = `${application.tenant}/${environment}`;
  if (settings.account !== undefined && settings.account !== policy.account) {
    return {
      code: 'guard-account',
      severity: 'error',
      message: `environment "${environment}" belongs to account ${settings.account}, and these credentials are of ${policy.account ?? 'an unknown account'}`,
      hint: `run with credentials of ${settings.account} and --env ${environment}, or leave it out here: --env '!${environment}'`,
      source,
    };
  }
  if (settings.region !== undefined && settings.region !== policy.region) {
    return {
      code: 'guard-account',
      severity: 'error',
      message: `environment "${environment}" belongs to Region ${settings.region}, and this run is for ${policy.region}`,
      hint: `run with --region ${settings.region} --env ${environment}, or leave it out here: --env '!${environment}'`,
      source,
    };
  }
  return undefined;
}

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
  const source = formatAddress(desired.address);
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
      hint,
      source,
    };
    return { problem, byAppConfig: reverted ? undefined : deployment.number };
  }
  const putAside = putAsideBy(desired, environment, history, around);
  if (putAside !== undefined) {
    const message = `deployment ${putAside} put this content aside (a rollback)`;
    return {
      problem: { code: 'guard-rolled-back', severity: 'error', message, hint, source },
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

function describedBy(deploymentNumber: number, environment: LiveEnvironment, around: Surroundings) {
  const detail = around.facts.get({
    kind: 'deployment',
    environmentId: environment.id,
    deploymentNumber,
  });
  return detail === undefined || detail === 'missing' ? undefined : parseDescription(detail.description);
}

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
  const source = formatAddress(desired.address);
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
        hint: newerHint,
        source,
      };
    }
    case 'unknown':
      around.warnings.push(commitOrderUnknown(history.newest.number, theirs, source));
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
export function commitOrderUnknown(deploymentNumber: number, theirs: DeploymentDescription, source: string): Problem {
  return {
    code: 'commit-order-unknown',
    severity: 'warning',
    message: `whether deployment ${deploymentNumber}${theirs.commit === undefined ? '' : ` (commit ${theirs.commit.slice(0, 12)})`} is newer than this run cannot be told; going on`,
    hint: 'fetch the whole history (GIT_DEPTH: 0) so that Git can tell',
    source,
  };
}

/** The guard *shrink*. */
export function shrinkProblem(
  desired: DesiredConfiguration,
  profile: LiveProfile,
  completed: LiveDeployment | undefined,
  around: Surroundings,
): Problem | undefined {
  if (around.policy.allowShrink || completed === undefined) return undefined;
  const version = around.facts.get({
    kind: 'version',
    profileId: profile.id,
    versionNumber: completed.versionNumber,
  });
  if (version === undefined || version === 'missing') return undefined;
  const live = liveValue(version.text, desired.profileType);
  const before = live === undefined ? Buffer.byteLength(version.text) : Buffer.byteLength(canonicalText(live));
  const after = desired.content.canonicalBytes;
  const emptied = after <= 2 && before > 2;
  if (!emptied && !shrinksBeyond(before, after, around.policy.settings.guards.maxShrink)) return undefined;
  return {
    code: 'guard-shrink',
    severity: 'error',
    message: emptied
      ? `the content turns empty (it has ${before} bytes now)`
      : `the content shrinks from ${before} to ${after} bytes, by ${Math.floor(((before - after) / before) * 100)} %`,
    hint: 'if that is meant: appcfg sync --allow-shrink',
    source: formatAddress(desired.address),
  };
}

function shrinksBeyond(before: number, after: number, limit: Limit): boolean {
  const lost = before - after;
  return 'percent' in limit ? lost * 100 > before * limit.percent : lost > limit.count;
}
