// One environment's queue: what runs there, how it is waited for or stopped, and what others have started meanwhile.

import { GetDeploymentCommand } from '@aws-sdk/client-appconfig';
import { newerProblem } from '../../core/guards/newer.ts';
import { quarantineProblem } from '../../core/guards/rolled-back.ts';
import { parseDescription } from '../../core/live/deployment-description.ts';
import type { LiveDeployment } from '../../core/live/live-state.ts';
import { formatAddress, type Subject } from '../../core/model/address.ts';
import type { CommitRelation } from '../../core/model/origin.ts';
import { isInFlight } from '../../core/model/resource.ts';
import type { PlanBasis } from '../../core/plan/plan-basis.ts';
import type { Step } from '../../core/plan/step.ts';
import { AppcfgError, failure, type Problem } from '../../core/problem/problem.ts';
import type { Connection } from '../client/connection.ts';
import {
  awaitDeployment,
  type DeploymentAnswer,
  type Progress,
  pollDeployment,
  pollIfReachable,
  type RunningDeployment,
  stateOf,
} from '../read/await-deployment.ts';
import { requireVersion } from '../read/find-version.ts';
import { deploymentPages, liveDeployment } from '../read/read-deployments.ts';
import type { Lane, Resources } from '../read/resource-ids.ts';
import { stopRunning } from './stop-deployment.ts';

export type StartStep = Extract<Step, { operation: 'StartDeployment' }>;

export interface DeployContext {
  readonly connection: Connection;
  readonly resources: Resources;
  /** Of the plan: by it the guards judge what is newer than the plan. */
  readonly basis: PlanBasis;
  readonly relationTo: (commit: string) => Promise<CommitRelation>;
  /** False: start and leave. */
  readonly wait: boolean;
  /** How long a start waits for deployments of others, in milliseconds. */
  readonly busyTimeoutMs: number;
  /** The start or the stop that a step is for has reached AppConfig: it cannot be taken back. */
  readonly onSent: () => void;
  readonly onProgress: (progress: Progress) => void;
  readonly onProblem: (problem: Problem) => void;
  /** Aborts when the run is to end: deployments are left to AppConfig. */
  readonly signal: AbortSignal;
  /** Aborts when nothing new may begin. */
  readonly halt: AbortSignal;
}

/** A start and its lane. */
export interface Target {
  readonly step: StartStep;
  readonly profileId: string;
  readonly lane: Lane;
  readonly context: DeployContext;
}

/**
 * Returns when what kept the lane busy has ended: waited for until `until` of our own time, or stopped with
 * `--supersede`, once it is sure that there is something to start in its place. @throws AppcfgError, CallFailure
 */
export async function waitForLane(target: Target, until: number): Promise<void> {
  const { step, lane, context } = target;
  const { connection, basis } = context;
  const deployment = running(step, context, lane.busyWith ?? 0);
  const first = await pollDeployment(connection, deployment, context.halt);
  if (isInFlight(stateOf(first))) {
    const isOurs = lane.wanted.has(deployment.deploymentNumber);
    if (basis.overrides.supersede && !isOurs && stateOf(first) !== 'ROLLING_BACK') {
      await requireVersion(step, { ...context, subject: step.subject, signal: context.halt });
      // It is the start that counts as this step's.
      await stopRunning(deployment, lane, { ...context, onSent: () => {} });
      return;
    }
    if (!context.wait) throw laneBusy(target, first);
    if (!isOurs) context.onProblem(waitingForOther(target, first, until));
  }
  const { answer, ended } = await awaitDeployment(connection, deployment, {
    known: first,
    onProgress: () => {},
    timeoutMs: Math.max(0, until - connection.clock.now()),
    signal: context.halt,
  });
  if (!ended) throw laneBusy(target, answer);
  noteEnd(lane, answer);
}

export function noteEnd(lane: Lane, answer: DeploymentAnswer): void {
  if (lane.busyWith === answer.DeploymentNumber) lane.busyWith = undefined;
  if (stateOf(answer) !== 'COMPLETE' && answer.ConfigurationProfileId !== undefined) {
    lane.undone.add(answer.ConfigurationProfileId);
  }
}

function waitingForOther(target: Target, other: DeploymentAnswer, until: number): Problem {
  const left = Math.max(0, until - target.context.connection.clock.now());
  return {
    code: 'deployment-in-progress',
    severity: 'warning',
    message: `waits for deployment ${other.DeploymentNumber} of ${nameOf(other)} (${stateOf(other)}) to end, at most ${left < 60_000 ? `${Math.ceil(left / 1000)} s` : `${Math.ceil(left / 60_000)} min`}`,
    ...(target.context.basis.overrides.supersede ? {} : { hint: { text: 'to stop it instead: --supersede' } }),
    subject: target.step.subject,
  };
}

function laneBusy({ step, context }: Target, other: DeploymentAnswer): Error {
  const ways = [
    'run the same command again later',
    ...(context.wait ? ['wait longer with --busy-timeout'] : ['leave out --no-wait']),
    ...(context.basis.overrides.supersede ? [] : ['stop that deployment with --supersede']),
  ];
  return failure(
    'environment-busy',
    `${step.application}/${step.environment} is busy with deployment ${other.DeploymentNumber} of ${nameOf(other)} (${stateOf(other)})`,
    { hint: { text: `${ways.slice(0, -1).join(', ')}, or ${ways.at(-1)}` }, subject: step.subject },
  );
}

function nameOf(deployment: DeploymentAnswer): string {
  return deployment.ConfigurationName ?? 'another profile';
}

/**
 * Reads what is newer in the lane than this run knows. Returns the deployment that carries the wanted content: it *is*
 * the start. Notes what keeps the lane busy, and judges *newer* and *rolled back* again. @throws AppcfgError
 */
export async function readLane(target: Target): Promise<LiveDeployment | undefined> {
  const { profileId, lane } = target;
  const known = lane.latest ?? 0;
  const news = await newerDeployments(target, lane.unjudged.get(profileId) ?? known);
  noteUnjudged(target, news, known);
  const newest = news.find((row) => row.profileId === profileId);
  if (newest !== undefined) {
    const carriesWanted = isWanted(target, newest);
    if (carriesWanted && newest.state !== 'ROLLED_BACK' && newest.state !== 'REVERTED') {
      lane.latest = Math.max(lane.latest ?? 0, news[0]?.number ?? 0);
      return newest;
    }
    await judgeAgain(target, newest, carriesWanted);
  }
  lane.latest = news[0]?.number ?? lane.latest;
  lane.busyWith = news.find((row) => isInFlight(row.state))?.number;
  return undefined;
}

/** What was read for one profile tells of others, too, and is not read again for them. */
function noteUnjudged({ profileId, lane }: Target, news: readonly LiveDeployment[], known: number): void {
  lane.unjudged.delete(profileId);
  for (const { number, profileId: id } of news) {
    if (id !== undefined && id !== profileId && number > known && !lane.unjudged.has(id)) lane.unjudged.set(id, known);
  }
}

/** The profile's newest completed deployment, if it carries the wanted content. */
export async function completedWith(target: Target): Promise<LiveDeployment | undefined> {
  for await (const row of deploymentsOf(target)) {
    if (row.profileId === target.profileId && row.state === 'COMPLETE') return isWanted(target, row) ? row : undefined;
  }
  return undefined;
}

function isWanted({ step, profileId, context }: Target, row: LiveDeployment): boolean {
  return (
    row.versionLabel === step.versionLabel ||
    String(row.versionNumber) === context.resources.versionFor(profileId, step.versionLabel)
  );
}

async function newerDeployments(target: Target, than: number): Promise<readonly LiveDeployment[]> {
  const rows: LiveDeployment[] = [];
  for await (const deployment of deploymentsOf(target)) {
    // The newest known one is looked at again too: it may have kept the lane busy.
    if (deployment.number < than || (deployment.number === than && !isInFlight(deployment.state))) break;
    rows.push(deployment);
  }
  return rows;
}

/** Newest first. */
async function* deploymentsOf({ step, profileId, context }: Target): AsyncGenerator<LiveDeployment> {
  const { connection, resources } = context;
  const application = { id: resources.application(step.application), name: step.application, description: undefined };
  const environmentId = resources.environment(step.application, step.environment);
  const idsByName = new Map([[step.configurationProfile, profileId]]);
  for await (const page of deploymentPages(connection, { application, environmentId, signal: undefined })) {
    for (const row of page) yield liveDeployment(row, idsByName);
  }
}

async function judgeAgain(target: Target, newest: LiveDeployment, carriesWanted: boolean): Promise<void> {
  const { step, context } = target;
  const { basis, connection, relationTo } = context;
  if (step.replaces !== undefined) {
    // A rollback is of what it was planned for: what came since is somebody's new content.
    if (newest.number > step.replaces) throw startedMeanwhile(newest.number, step.subject);
    return;
  }
  const isRolledBack = carriesWanted && !basis.overrides.retryRolledBack;
  if (isRolledBack && !(await isSuperseded(running(step, context, newest.number), context))) {
    const cause = newest.state === 'REVERTED' ? 'reverted' : 'rolled back';
    throw new AppcfgError([quarantineProblem({ cause, deploymentNumber: newest.number }, step.subject)]);
  }
  if (basis.overrides.allowOlder) return;
  const deployment = running(step, context, newest.number);
  const answer = await connection.repeatable(
    new GetDeploymentCommand({
      ApplicationId: deployment.applicationId,
      EnvironmentId: deployment.environmentId,
      DeploymentNumber: newest.number,
    }),
    formatAddress(step.subject),
  );
  const description = parseDescription(answer.Description ?? '');
  const { commit } = description;
  const relation = commit === undefined ? 'unknown' : await relationTo(commit);
  const { origin } = basis;
  const problem = newerProblem({
    deploymentNumber: newest.number,
    description,
    relation,
    origin,
    subject: step.subject,
  });
  if (problem?.severity === 'error') throw new AppcfgError([problem]);
  if (problem !== undefined) context.onProblem(problem);
}

/** Whether the deployment that follows says that it took this one's place; undefined where none follows. */
export async function isSuperseded(
  { deploymentNumber, ...lane }: RunningDeployment,
  { connection, signal }: Pick<DeployContext, 'connection' | 'signal'>,
): Promise<boolean | undefined> {
  const next = await pollIfReachable(connection, { ...lane, deploymentNumber: deploymentNumber + 1 }, signal);
  return next && parseDescription(next.Description ?? '').supersedes === deploymentNumber;
}

export function startedMeanwhile(deploymentNumber: number, subject: Subject): Error {
  return failure('guard-newer', `deployment ${deploymentNumber} was started meanwhile, and nothing was rolled back`, {
    hint: { text: 'look at what it is for, then run the same command again' },
    subject,
  });
}

/** @throws MissingResource */
export function running(
  step: { readonly application: string; readonly environment: string; readonly subject: Subject },
  context: DeployContext,
  deploymentNumber: number,
): RunningDeployment {
  return {
    applicationId: context.resources.application(step.application),
    environmentId: context.resources.environment(step.application, step.environment),
    deploymentNumber,
    what: formatAddress(step.subject),
  };
}
