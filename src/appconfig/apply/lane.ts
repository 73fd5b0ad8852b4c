// The queue of one environment: which deployments other runs have started there, and how a running one is waited for.

import { newerProblem } from '../../core/guards/newer.ts';
import { causeOf, quarantineProblem } from '../../core/guards/rolled-back.ts';
import { parseDescription } from '../../core/live/deployment-description.ts';
import type { LiveDeployment } from '../../core/live/live-state.ts';
import type { Subject } from '../../core/model/address.ts';
import { isInFlight, isRolledBack } from '../../core/model/resource.ts';
import { AppcfgError, failure, type Problem } from '../../core/problem/problem.ts';
import { isOfVersion } from '../../core/rollout/wave-verification.ts';
import {
  awaitDeployment,
  type DeploymentAnswer,
  pollDeployment,
  pollIfReachable,
  type RunningDeployment,
  stateOf,
} from '../read/await-deployment.ts';
import { requireVersion } from '../read/find-version.ts';
import { deploymentPages, liveDeployment } from '../read/read-deployments.ts';
import { type DeployContext, runningDeployment, type StartTarget } from './deploy-context.ts';
import { noteEnd, stopRunning } from './stop-running.ts';

/**
 * Returns when the deployment that keeps the environment busy has ended. With `--supersede` it is stopped, once it is
 * certain that there is a version to start in its place.
 * @param until the end of the wait, in milliseconds of this machine's clock
 * @throws AppcfgError where the environment is still busy then; CallFailure
 */
export async function waitForLane(target: StartTarget, until: number): Promise<void> {
  const { step, lane, context } = target;
  const { connection, basis } = context;
  const deployment = runningDeployment(step, context, lane.busyWith ?? 0);
  const first = await pollDeployment(connection, deployment, context.halt);
  if (isInFlight(stateOf(first))) {
    const isDesired = lane.desiredDeployments.has(deployment.deploymentNumber);
    if (basis.overrides.supersede && !isDesired && stateOf(first) !== 'ROLLING_BACK') {
      await requireVersion(step, { ...context, subject: step.subject, signal: context.halt });
      // The step counts as sent with its start, not with this stop.
      await stopRunning(deployment, lane, { ...context, onSent: () => {} });
      return;
    }
    if (!context.wait) throw environmentBusy(target, first);
    if (!isDesired) context.onProblem(waitingProblem(target, first, until));
  }
  const { answer, ended } = await awaitDeployment(connection, deployment, {
    known: first,
    onProgress: () => {},
    timeoutMs: Math.max(0, until - connection.clock.now()),
    signal: context.halt,
  });
  if (!ended) throw environmentBusy(target, answer);
  noteEnd(lane, answer);
}

function waitingProblem({ step, context }: StartTarget, other: DeploymentAnswer, until: number): Problem {
  const left = Math.max(0, until - context.connection.clock.now());
  const most = left < 60_000 ? `${Math.ceil(left / 1000)} s` : `${Math.ceil(left / 60_000)} min`;
  return {
    code: 'deployment-in-progress',
    severity: 'warning',
    message: `waits for deployment ${other.DeploymentNumber} of ${profileOf(other)} (${stateOf(other)}) to end, at most ${most}`,
    ...(context.basis.overrides.supersede ? {} : { hint: { text: 'to stop it instead: --supersede' } }),
    subject: step.subject,
  };
}

function environmentBusy({ step, context }: StartTarget, other: DeploymentAnswer): Error {
  const ways = [
    'run the same command again later',
    ...(context.wait ? ['wait longer with --busy-timeout'] : ['leave out --no-wait']),
    ...(context.basis.overrides.supersede ? [] : ['stop that deployment with --supersede']),
  ];
  return failure(
    'environment-busy',
    `${step.application}/${step.environment} is busy with deployment ${other.DeploymentNumber} of ${profileOf(other)} (${stateOf(other)})`,
    { hint: { text: `${ways.slice(0, -1).join(', ')}, or ${ways.at(-1)}` }, subject: step.subject },
  );
}

function profileOf(deployment: DeploymentAnswer): string {
  return deployment.ConfigurationName ?? 'another profile';
}

/**
 * Reads the deployments that are newer than this run knows, notes what keeps the environment busy, and applies the guards
 * *newer* and *rolled back* to the newest one of the profile.
 * @returns a deployment of the desired content that another run started: this run need not start one
 * @throws AppcfgError where a guard blocks the start; CallFailure
 */
export async function readLane(target: StartTarget): Promise<LiveDeployment | undefined> {
  const { profileId, lane } = target;
  const known = lane.latest ?? 0;
  const newer = await newerDeployments(target, lane.unassessed.get(profileId) ?? known);
  noteUnjudged(target, newer, known);
  const newest = newer.find((row) => row.profileId === profileId);
  if (newest !== undefined) {
    if (isDesired(target, newest) && newest.state !== 'ROLLED_BACK' && newest.state !== 'REVERTED') {
      lane.latest = Math.max(lane.latest ?? 0, newer[0]?.number ?? 0);
      return newest;
    }
    await checkGuards(target, newest);
  }
  lane.latest = newer[0]?.number ?? lane.latest;
  lane.busyWith = newer.find((row) => isInFlight(row.state))?.number;
  return undefined;
}

/** Deployments of other profiles were read, too, and are not listed again for them. */
function noteUnjudged({ profileId, lane }: StartTarget, newer: readonly LiveDeployment[], known: number): void {
  lane.unassessed.delete(profileId);
  for (const { number, profileId: id } of newer) {
    if (id !== undefined && id !== profileId && number > known && !lane.unassessed.has(id))
      lane.unassessed.set(id, known);
  }
}

/** The profile's newest completed deployment, if it is of the desired version. @throws CallFailure */
export async function completedWith(target: StartTarget): Promise<LiveDeployment | undefined> {
  for await (const row of deploymentsOf(target)) {
    if (row.profileId === target.profileId && row.state === 'COMPLETE') return isDesired(target, row) ? row : undefined;
  }
  return undefined;
}

function isDesired({ step, profileId, context }: StartTarget, row: LiveDeployment): boolean {
  return isOfVersion(row, step.versionLabel, context.resources.versionFor(profileId, step.versionLabel));
}

async function newerDeployments(target: StartTarget, than: number): Promise<readonly LiveDeployment[]> {
  const rows: LiveDeployment[] = [];
  for await (const deployment of deploymentsOf(target)) {
    // The newest known one is included while it is in flight: it keeps the environment busy.
    if (deployment.number < than || (deployment.number === than && !isInFlight(deployment.state))) break;
    rows.push(deployment);
  }
  return rows;
}

/** Newest first. */
async function* deploymentsOf({ step, profileId, context }: StartTarget): AsyncGenerator<LiveDeployment> {
  const { connection, resources } = context;
  const application = { id: resources.application(step.application), name: step.application, description: undefined };
  const environmentId = resources.environment(step.application, step.environment);
  const idsByName = new Map([[step.configurationProfile, profileId]]);
  for await (const page of deploymentPages(connection, { application, environmentId, signal: undefined })) {
    for (const row of page) yield liveDeployment(row, idsByName);
  }
}

/** The plan's guards, on a deployment that is newer than the plan. @throws AppcfgError, CallFailure */
async function checkGuards(target: StartTarget, newest: LiveDeployment): Promise<void> {
  const { step, context } = target;
  const { basis, connection, relationTo } = context;
  const { subject } = step;
  if (step.replaces !== undefined) {
    // A rollback was planned for one deployment: a later one is new content.
    if (newest.number > step.replaces) throw startedMeanwhile(newest.number, subject);
    return;
  }
  const deployment = runningDeployment(step, context, newest.number);
  const isBack = isDesired(target, newest) && isRolledBack(newest.state) && !basis.overrides.retryRolledBack;
  if (isBack && !(await isSuperseded(deployment, context))) {
    const quarantine = { cause: causeOf(newest.state), deploymentNumber: newest.number };
    throw new AppcfgError([quarantineProblem(quarantine, subject)]);
  }
  if (basis.overrides.allowOlder) return;
  const answer = await pollDeployment(connection, deployment);
  const description = parseDescription(answer.Description ?? '');
  const relation = description.commit === undefined ? 'unknown' : await relationTo(description.commit);
  const { origin } = basis;
  const problem = newerProblem({ deploymentNumber: newest.number, description, relation, origin, subject });
  if (problem?.severity === 'error') throw new AppcfgError([problem]);
  if (problem !== undefined) context.onProblem(problem);
}

/**
 * Whether the next deployment of the environment says that it superseded this one; undefined where there is no next one.
 * @throws CallFailure
 */
export async function isSuperseded(
  { deploymentNumber, ...environment }: RunningDeployment,
  { connection, abandon }: Pick<DeployContext, 'connection' | 'abandon'>,
): Promise<boolean | undefined> {
  const following = { ...environment, deploymentNumber: deploymentNumber + 1 };
  const next = await pollIfReachable(connection, following, abandon);
  return next && parseDescription(next.Description ?? '').supersedes === deploymentNumber;
}

/** A deployment that was started after a rollback was planned. */
export function startedMeanwhile(deploymentNumber: number, subject: Subject): Error {
  return failure(
    'guard-newer',
    `deployment ${deploymentNumber} was started after the plan was made; nothing was rolled back`,
    {
      hint: { text: 'check what it deploys, then run the same command again' },
      subject,
    },
  );
}
