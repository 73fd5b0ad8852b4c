// Follows one running deployment to its end, looking when its strategy says that something may have happened.
import { GetDeploymentCommand, type GetDeploymentCommandOutput } from '@aws-sdk/client-appconfig';
import type { DeploymentProgressed } from '../../core/events/event.ts';
import { type DeploymentState, isInFlight, type StrategyNumbers } from '../../core/model/resource.ts';
import { deploymentTimeout, expectedEnds, nextPollAt } from '../../core/rollout/poll-times.ts';
import { CallFailure, mayPass } from '../client/call-failure.ts';
import type { Connection } from '../client/connection.ts';
import type { ServiceClock } from '../client/service-clock.ts';
import { numbersFromWire } from '../client/strategy-fields.ts';

export interface RunningDeployment {
  readonly applicationId: string;
  readonly environmentId: string;
  readonly deploymentNumber: number;
  /** For messages: `tenant1/dev`. */
  readonly what: string;
}

export type DeploymentAnswer = GetDeploymentCommandOutput;

/** Progress without the step it belongs to. */
export type Progress = Omit<DeploymentProgressed, 'type' | 'step'>;

type ClockReading = Pick<Progress, 'serviceNow' | 'clockSpeed'>;

export interface AwaitOptions {
  /** What is known of it already, so that the first look can wait. */
  readonly known?: DeploymentAnswer;
  /** Told of each look. */
  readonly onProgress: (progress: Progress, answer: DeploymentAnswer) => void;
  /** Milliseconds of our own time to wait at most; else patience comes from the strategy. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Waits for the end of a deployment. @returns its last answer; `ended` is false when patience ran out before.
 * The real state counts, never the percentage; a look that fails for a while says nothing of the deployment.
 * @throws CallFailure where looks go on failing to the end of patience, or nothing is to be hoped for from another one
 */
export async function awaitDeployment(
  connection: Connection,
  deployment: RunningDeployment,
  options: AwaitOptions,
): Promise<{ readonly answer: DeploymentAnswer; readonly ended: boolean }> {
  const { serviceClock, clock } = connection;
  const { patienceMs = Number.POSITIVE_INFINITY } = options;
  const givesUpAt = clock.now() + patienceMs;
  // An answer says how it was at the earliest when it was asked for; with a fast clock it is old when it comes.
  let askedAt = options.known === undefined ? serviceClock.now() : Number.NEGATIVE_INFINITY;
  let answer = options.known ?? (await pollDeployment(connection, deployment, options.signal));
  let failed: CallFailure | undefined;
  for (let looks = 0; ; looks += 1) {
    const numbers = numbersFromWire(answer);
    const startedAt = answer.StartedAt?.getTime() ?? serviceClock.now();
    if (failed === undefined) {
      options.onProgress({ ...progressOf(answer, startedAt, numbers), ...clockOf(serviceClock) }, answer);
    }
    if (!isInFlight(stateOf(answer))) return { answer, ended: true };
    const now = serviceClock.now();
    const impatient =
      options.patienceMs === undefined ? askedAt > deploymentTimeout(startedAt, numbers) : clock.now() >= givesUpAt;
    if (impatient && failed !== undefined) throw failed;
    if (impatient) return { answer, ended: false };
    const next = nextPollAt({ startedAt, numbers, now, polls: looks });
    await clock.sleep(Math.min((next - now) / serviceClock.speed, givesUpAt - clock.now()), options.signal);
    askedAt = serviceClock.now();
    const seen = await pollDeployment(connection, deployment, options.signal).catch(passingFailure);
    failed = seen instanceof CallFailure ? seen : undefined;
    if (!(seen instanceof CallFailure)) answer = seen;
  }
}

/** What another look may make up for. Everything else is thrown on. */
function passingFailure(error: unknown): CallFailure {
  if (error instanceof CallFailure && mayPass(error)) return error;
  throw error;
}

/** One GetDeployment. */
export function pollDeployment(
  connection: Connection,
  deployment: RunningDeployment,
  signal?: AbortSignal,
): Promise<DeploymentAnswer> {
  return connection.repeatable(
    new GetDeploymentCommand({
      ApplicationId: deployment.applicationId,
      EnvironmentId: deployment.environmentId,
      DeploymentNumber: deployment.deploymentNumber,
    }),
    deployment.what,
    signal,
  );
}

/** The same of a number that there may not be yet. */
export async function pollIfReachable(
  connection: Connection,
  deployment: RunningDeployment,
  signal?: AbortSignal,
): Promise<DeploymentAnswer | undefined> {
  try {
    return await pollDeployment(connection, deployment, signal);
  } catch (error) {
    if (error instanceof CallFailure && error.kind === 'not-found') return undefined;
    throw error;
  }
}

export function stateOf(answer: DeploymentAnswer): DeploymentState {
  // AppConfig's seven states; the SDK's type says the same with an enum of its own.
  return (answer.State ?? 'DEPLOYING') as DeploymentState;
}

function clockOf(serviceClock: ServiceClock): ClockReading {
  return { serviceNow: serviceClock.now(), clockSpeed: serviceClock.speed };
}

function progressOf(
  answer: DeploymentAnswer,
  startedAt: number,
  numbers: StrategyNumbers,
): Omit<Progress, keyof ClockReading> {
  return {
    deploymentNumber: answer.DeploymentNumber ?? 0,
    state: stateOf(answer),
    percentageComplete: answer.PercentageComplete ?? 0,
    startedAt,
    ...expectedEnds(startedAt, numbers),
  };
}
