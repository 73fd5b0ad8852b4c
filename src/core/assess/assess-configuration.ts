// One address, desired beside live. Asks for facts where the lists do not show what is live; while facts are wanted, the
// verdict is preliminary.

import { driftOf, driftWarning, isOnlyLive, isReadable } from '../guards/drift.ts';
import type { NewContent } from '../guards/guard.ts';
import { contentGuards } from '../guards/guards.ts';
import { profile as profileGuard } from '../guards/profile.ts';
import { quarantineOf } from '../guards/rolled-back.ts';
import type { Facts } from '../live/facts.ts';
import { deploymentHasContent } from '../live/live-content.ts';
import type {
  LiveApplication,
  LiveDeployment,
  LiveEnvironment,
  LiveProfile,
  ProfileHistory,
} from '../live/live-state.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import { isStoppable } from '../model/resource.ts';
import type { Problem } from '../problem/problem.ts';
import type { Policy } from '../settings/policy.ts';
import { changeFrom, newContentChange } from './content-change.ts';
import { blockedVerdict, emptyVerdict, type Verdict } from './verdict.ts';
import { verifyLabel } from './verify-label.ts';

export interface LiveContext {
  readonly application: LiveApplication;
  readonly facts: Facts;
  readonly policy: Policy;
  /** Receives what the user should know, though nothing is blocked. */
  readonly warn: (problem: Problem) => void;
}

/** An address with deployments. */
interface Deployed {
  readonly desired: DesiredConfiguration;
  readonly environment: LiveEnvironment;
  readonly profile: LiveProfile;
  readonly history: ProfileHistory;
  /** In flight. */
  readonly running: LiveDeployment | undefined;
  /** What clients receive, also after a deployment in flight. */
  readonly served: LiveDeployment | undefined;
  /** What does not depend on the contents. */
  readonly base: Omit<Verdict, 'action' | 'reason'>;
}

export function assessConfiguration(desired: DesiredConfiguration, context: LiveContext): Verdict {
  const { application, facts, policy } = context;
  const { address } = desired;
  const environment = application.environments.get(address.environment);
  const profile = application.configurationProfiles.get(address.configurationProfile);
  const problem = profile && profileGuard.check({ address, profile, profileType: desired.profileType });
  if (problem !== undefined) return blockedVerdict(emptyVerdict(desired), problem);
  const history = profile && environment?.histories.get(profile.id);
  if (environment === undefined || profile === undefined || history === undefined) {
    return { ...newAddress(desired, policy), profile, versionNumber: versionNumberOf(desired, profile, context) };
  }
  const running = isStoppable(history.newest.state) ? history.newest : undefined;
  const served = running ?? completedOf(history);
  const base = { ...emptyVerdict(desired), profile, completed: history.completed };
  const isSame = served === undefined ? false : deploymentHasContent(served, desired, facts);
  if (isSame === undefined) return { ...base, action: 'unchanged', reason: 'not known yet' };
  const conflict = policy.verify && served !== undefined ? verifyLabel(served, desired, facts) : undefined;
  if (conflict !== undefined && conflict !== 'pending') {
    return blockedVerdict({ ...base, ...changeOf(desired, { profile, served }, context) }, conflict);
  }
  const deployed = { desired, environment, profile, history, running, served, base };
  return isSame ? sameContent(deployed, context) : otherContent(deployed, context);
}

/** A user's deployment where an experiment run has deployed its version again. */
function completedOf({ completed, completedByUser }: ProfileHistory): LiveDeployment | undefined {
  return completedByUser?.versionNumber === completed?.versionNumber ? (completedByUser ?? completed) : completed;
}

function sameContent({ desired, profile, history, running, base }: Deployed, context: LiveContext): Verdict {
  if (running === undefined) return { ...base, action: 'unchanged', reason: 'live', isLive: true };
  const { changeGroup } = changeOf(desired, { profile, served: history.completed }, context);
  const reason = `deployment ${running.number} of this content is in flight`;
  return { ...base, action: 'await', reason, awaits: running, changeGroup };
}

function otherContent(deployed: Deployed, context: LiveContext): Verdict {
  const { desired, environment, profile, history, running, base } = deployed;
  const { facts, policy } = context;
  const { address } = desired;
  const input: NewContent = {
    desired,
    subject: address,
    versionLabel: desired.content.versionLabel,
    environment,
    profile,
    history,
    facts,
    policy,
    hasSameContent: (deployment) => deploymentHasContent(deployment, desired, facts),
  };
  const found = driftOf(input);
  const drift = found === 'pending' ? undefined : found;
  const change = changeOf(drift === undefined ? desired : asReplaced(desired), deployed, context);
  if (drift !== undefined && !policy.overwriteDrift && isOnlyLive(drift, input) === true) {
    context.warn(driftWarning(drift, address, isReadable(input)));
    const reason = `deployment ${drift.deploymentNumber} was started outside of appcfg`;
    return { ...base, action: 'drifted', reason, drift, ...change };
  }
  const refusal = refusalOf(input, context);
  const versionNumber = versionNumberOf(desired, profile, context);
  const verdict = { ...base, drift, ...change, versionNumber };
  if (refusal !== undefined) {
    return { ...blockedVerdict(verdict, refusal), rolledBack: rolledBackByAppConfig(refusal, input) };
  }
  const action = history.completed === undefined ? 'create' : 'update';
  const reason =
    running === undefined ? 'content differs' : `deployment ${running.number} of other content is in flight`;
  return { ...verdict, action, reason };
}

/** Of an address that AppConfig does not have. */
export function newAddress(desired: DesiredConfiguration, policy: Policy): Verdict {
  const change = newContentChange(desired, policy);
  return { ...emptyVerdict(desired), action: 'create', reason: 'not in AppConfig yet', ...change };
}

/** A guard that lacks a fact does not keep the next one from asking for its own: all of them are read in one round. */
function refusalOf(input: NewContent, { warn }: LiveContext): Problem | undefined {
  for (const guard of contentGuards) {
    const problem = guard.check(input);
    if (problem === undefined || problem === 'pending') continue;
    if (problem.severity === 'error') return problem;
    warn(problem);
  }
  return undefined;
}

function rolledBackByAppConfig({ code }: Problem, input: NewContent): number | undefined {
  const quarantine = code === 'guard-rolled-back' ? quarantineOf(input) : undefined;
  if (quarantine === undefined || quarantine === 'pending') return undefined;
  return quarantine.cause === 'rolled back' ? quarantine.deploymentNumber : undefined;
}

/** Drift is one address's own: what is live is shown, also beside a string with variables. */
function asReplaced({ asWritten: _asWritten, ...desired }: DesiredConfiguration): DesiredConfiguration {
  return desired;
}

function changeOf(
  desired: DesiredConfiguration,
  { profile, served }: { readonly profile: LiveProfile; readonly served: LiveDeployment | undefined },
  context: LiveContext,
) {
  return served === undefined
    ? newContentChange(desired, context.policy)
    : changeFrom({ profileId: profile.id, versionNumber: served.versionNumber }, desired, context);
}

/**
 * Number of the profile's version with the desired label. Asks only where an environment has deployed it: then a promotion
 * creates no version.
 */
function versionNumberOf(
  { content: { versionLabel } }: DesiredConfiguration,
  profile: LiveProfile | undefined,
  { application, facts }: LiveContext,
): number | undefined {
  if (profile === undefined) return undefined;
  const wasDeployed = [...application.environments.values()].some((environment) => {
    const history = environment.histories.get(profile.id);
    const deployments = history && [history.newest, history.completed, ...history.rolledBack];
    return deployments?.some((deployment) => deployment?.versionLabel === versionLabel);
  });
  if (!wasDeployed) return undefined;
  const number = facts.get({ kind: 'label', profileId: profile.id, versionLabel });
  return number === 'missing' ? undefined : number;
}
