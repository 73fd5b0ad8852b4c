// The queue of one environment: which deployments other runs have started there, and how a running one is waited for.

import type { NextDeployment } from '../../core/guards/guard.ts';
import { deploymentGuards } from '../../core/guards/guards.ts';
import { isOwnDeployment } from '../../core/live/deployment-description.ts';
import { Facts } from '../../core/live/facts.ts';
import type { LiveDeployment, NamedApplication, ProfileHistory } from '../../core/live/live-state.ts';
import type { Subject } from '../../core/model/address.ts';
import { isInFlight, isStoppable } from '../../core/model/resource.ts';
import { AppcfgError, failure, type Problem } from '../../core/problem/problem.ts';
import { isOfVersion } from '../../core/rollout/wave-verification.ts';
import { awaitDeployment, type DeploymentResponse, pollDeployment, stateOf } from '../read/await-deployment.ts';
import { historyOf } from '../read/read-application.ts';
import { deploymentPages, liveDeployment } from '../read/read-deployments.ts';
import { untilAnswered } from '../read/read-facts.ts';
import { verifyVersion } from '../read/verify-version.ts';
import { runningDeployment, type StartTarget } from './deploy-context.ts';
import { noteEnd, stopRunning } from './stop-running.ts';

/**
 * Returns when the deployment that keeps the environment busy has ended. With `--supersede` it is stopped, once it is
 * certain that there is a version to start instead.
 * @param until the end of the wait, in milliseconds of this machine's clock
 * @throws AppcfgError where the environment is still busy then; CallFailure
 */
export async function waitForLane(target: StartTarget, until: number): Promise<void> {
  const { step, lane, context } = target;
  const { connection } = context;
  const deployment = runningDeployment(step, context, lane.busyWith ?? 0);
  const first = await pollDeployment(connection, deployment, context.halt);
  const state = stateOf(first);
  if (isInFlight(state)) {
    const isDesired = lane.desiredDeployments.has(deployment.deploymentNumber);
    if (maySupersede(target, first) && !isDesired && isStoppable(state)) {
      await verifyVersion(step, { ...context, subject: step.subject, signal: context.halt });
      // The step counts as sent with its start, not with this stop.
      await stopRunning(deployment, lane, { ...context, onSent: () => {} });
      return;
    }
    if (!context.wait) throw environmentBusy(target, first);
    if (!isDesired) context.onProblem(waitingProblem(target, first, until));
  }
  const { response, ended } = await awaitDeployment(connection, deployment, {
    known: first,
    onProgress: () => {},
    timeoutMs: Math.max(0, until - connection.clock.now()),
    signal: context.halt,
  });
  if (!ended) throw environmentBusy(target, response);
  noteEnd(lane, response);
}

/** A deployment of an experiment run, and one that others have started outside of appcfg, are not stopped. */
function maySupersede({ lane, context }: StartTarget, { DeploymentNumber = 0, Description = '' }: DeploymentResponse) {
  const { basis, project } = context;
  const { supersede, overwriteDrift } = basis.overrides;
  if (!supersede || lane.kept.has(DeploymentNumber)) return false;
  const isJudged = DeploymentNumber <= (lane.planned ?? 0);
  return overwriteDrift || isJudged || isOwnDeployment(Description, project);
}

function waitingProblem({ step, context }: StartTarget, other: DeploymentResponse, until: number): Problem {
  const left = Math.max(0, until - context.connection.clock.now());
  const most = left < 60_000 ? `${Math.ceil(left / 1000)} s` : `${Math.ceil(left / 60_000)} min`;
  return {
    code: 'deployment-in-progress',
    severity: 'warning',
    message: `waits for deployment ${other.DeploymentNumber} of ${profileOf(other)} (${stateOf(other)}) to end, at most ${most}`,
    hint: {
      text: context.basis.overrides.supersede
        ? 'it is not stopped, because an experiment or another program started it; --busy-timeout sets how long to wait'
        : 'to stop it instead: --supersede',
    },
    subject: step.subject,
  };
}

function environmentBusy({ step, context }: StartTarget, other: DeploymentResponse): Error {
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

function profileOf(deployment: DeploymentResponse): string {
  return deployment.ConfigurationName ?? 'another profile';
}

/**
 * Reads the deployments that are newer than this run knows, notes what keeps the environment busy, and applies the guards
 * *rolled back* and *newer* to those of the profile.
 * @returns a deployment of the desired content that another run started: this run need not start one
 * @throws AppcfgError where a guard blocks the start; CallFailure
 */
export async function readLane(target: StartTarget): Promise<LiveDeployment | undefined> {
  const { profileId, lane } = target;
  const known = lane.latest ?? 0;
  const newer = await newerDeployments(target, lane.unassessed.get(profileId) ?? known);
  noteUnjudged(target, newer, known);
  const history = historyOf(newer.filter((row) => row.profileId === profileId));
  if (history !== undefined) {
    const { newest } = history;
    if (isDesired(target, newest) && (newest.state === 'COMPLETE' || isInFlight(newest.state))) {
      lane.latest = Math.max(lane.latest ?? 0, newer[0]?.number ?? 0);
      return newest;
    }
    await checkGuards(target, { newer, history });
  }
  lane.latest = newer[0]?.number ?? lane.latest;
  const running = newer.find((row) => isInFlight(row.state));
  lane.busyWith = running?.number;
  if (running?.type === 'MANAGED') lane.kept.add(running.number);
  return undefined;
}

interface NewerDeployments {
  /** Of all profiles, newest first. */
  readonly newer: readonly LiveDeployment[];
  /** Of the profile. */
  readonly history: ProfileHistory;
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
  const { versionLabel, versionNumber } = step.version;
  const number = versionNumber ?? context.resources.versionNumber(profileId, versionLabel ?? '');
  return isOfVersion(row, versionLabel, number);
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

function applicationOf({ step, context }: StartTarget): NamedApplication {
  return { id: context.resources.application(step.application), name: step.application };
}

/** Newest first. */
async function* deploymentsOf(target: StartTarget): AsyncGenerator<LiveDeployment> {
  const { step, profileId, context } = target;
  const { connection, resources } = context;
  const application = applicationOf(target);
  const environmentId = resources.environment(step.application, step.environment);
  const idsByName = new Map([[step.configurationProfile, profileId]]);
  for await (const page of deploymentPages(connection, { application, environmentId, signal: undefined })) {
    for (const row of page) yield liveDeployment(row, idsByName);
  }
}

/** The plan's guards, on the deployments that are newer than the plan. @throws AppcfgError, CallFailure */
async function checkGuards(target: StartTarget, { newer, history }: NewerDeployments): Promise<void> {
  const { step, context } = target;
  const { basis, connection, relationTo, resources } = context;
  const { subject } = step;
  if (step.replaces !== undefined) {
    // A rollback was planned for one deployment: a later one is new content.
    if (history.newest.number > step.replaces) throw startedMeanwhile(history.newest.number, subject);
    return;
  }
  const facts = new Facts();
  const input: NextDeployment = {
    subject,
    versionLabel: step.version.versionLabel ?? '',
    environment: {
      id: resources.environment(step.application, step.environment),
      latestDeploymentNumber: newer[0]?.number,
    },
    history,
    facts,
    policy: { origin: basis.origin, project: context.project, ...basis.overrides },
    hasSameContent: (deployment) => isDesired(target, deployment),
  };
  for (const guard of deploymentGuards) {
    const problem = await untilAnswered(() => guard.check(input), connection, {
      application: applicationOf(target),
      facts,
      options: { relationTo },
    });
    if (problem === undefined || problem === 'pending') continue;
    if (problem.severity === 'error') throw new AppcfgError([problem]);
    context.onProblem(problem);
  }
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
