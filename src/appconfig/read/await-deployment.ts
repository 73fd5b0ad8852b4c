// Polls a deployment to its end, at the times when its strategy may have changed something.
import { GetDeploymentCommand, type GetDeploymentCommandOutput } from '@aws-sdk/client-appconfig';
import type { DeploymentProgressed } from '../../core/events/event.ts';
import type { DeploymentEvent } from '../../core/live/rollback-cause.ts';
import { type DeploymentState, isInFlight, type StrategyNumbers } from '../../core/model/resource.ts';
import { deploymentTimeout, expectedEnds, nextPollAt } from '../../core/rollout/poll-times.ts';
import { CallFailure, isTemporary } from '../client/call-failure.ts';
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

export type DeploymentResponse = GetDeploymentCommandOutput;

/** Progress without the step that it belongs to. */
export type Progress = Omit<DeploymentProgressed, 'type' | 'step'>;

type ClockReading = Pick<Progress, 'serviceNow' | 'clockSpeed'>;

export interface AwaitOptions {
  /** A response that the caller has already, so that the first poll can wait. */
  readonly known?: DeploymentResponse;
  /** Gets every response. */
  readonly onProgress: (progress: Progress, response: DeploymentResponse) => void;
  /** In milliseconds of the machine's clock; without it the strategy sets the timeout. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Waits for the end of a deployment: for its state, never for a percentage. Polls that fail for a while are repeated.
 * @returns its last response; `ended` is false when the timeout was exceeded before
 * @throws CallFailure where polls fail until the timeout, or with a failure that is not temporary
 */
export async function awaitDeployment(
  connection: Connection,
  deployment: RunningDeployment,
  options: AwaitOptions,
): Promise<{ readonly response: DeploymentResponse; readonly ended: boolean }> {
  const { serviceClock, clock } = connection;
  const timesOutAt = clock.now() + (options.timeoutMs ?? Number.POSITIVE_INFINITY);
  // A response shows the state at the time of its request, or later. With a fast clock it is old when it arrives.
  let askedAt = options.known === undefined ? serviceClock.now() : Number.NEGATIVE_INFINITY;
  let response = options.known ?? (await pollDeployment(connection, deployment, options.signal));
  let failed: CallFailure | undefined;
  for (let polls = 0; ; polls += 1) {
    const numbers = numbersFromWire(response);
    const startedAt = response.StartedAt?.getTime() ?? serviceClock.now();
    if (failed === undefined) {
      options.onProgress({ ...progressOf(response, startedAt, numbers), ...clockOf(serviceClock) }, response);
    }
    if (!isInFlight(stateOf(response))) return { response, ended: true };
    const now = serviceClock.now();
    const isOver =
      options.timeoutMs === undefined ? askedAt > deploymentTimeout(startedAt, numbers) : clock.now() >= timesOutAt;
    if (isOver && failed !== undefined) throw failed;
    if (isOver) return { response, ended: false };
    const next = nextPollAt({ startedAt, numbers, now, polls });
    await clock.sleep(Math.min((next - now) / serviceClock.speed, timesOutAt - clock.now()), options.signal);
    askedAt = serviceClock.now();
    const seen = await pollDeployment(connection, deployment, options.signal).catch(temporaryFailure);
    failed = seen instanceof CallFailure ? seen : undefined;
    if (!(seen instanceof CallFailure)) response = seen;
  }
}

/** A failure after which another poll may succeed. Others are thrown. */
function temporaryFailure(error: unknown): CallFailure {
  if (error instanceof CallFailure && isTemporary(error)) return error;
  throw error;
}

/** @throws CallFailure */
export function pollDeployment(
  connection: Connection,
  deployment: RunningDeployment,
  signal?: AbortSignal,
): Promise<DeploymentResponse> {
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

/** The same for a deployment that may not exist. @throws CallFailure */
export async function pollIfReachable(
  connection: Connection,
  deployment: RunningDeployment,
  signal?: AbortSignal,
): Promise<DeploymentResponse | undefined> {
  try {
    return await pollDeployment(connection, deployment, signal);
  } catch (error) {
    if (error instanceof CallFailure && error.kind === 'not-found') return undefined;
    throw error;
  }
}

export function stateOf(response: DeploymentResponse): DeploymentState {
  // The SDK's type has the same seven states.
  return (response.State ?? 'DEPLOYING') as DeploymentState;
}

/** The event log, newest first. */
export function eventsOf(response: Pick<DeploymentResponse, 'EventLog'> | undefined): readonly DeploymentEvent[] {
  return (response?.EventLog ?? []).map((event) => ({
    type: event.EventType ?? '',
    by: event.TriggeredBy,
    text: event.Description,
    at: event.OccurredAt?.toISOString(),
  }));
}

function clockOf(serviceClock: ServiceClock): ClockReading {
  return { serviceNow: serviceClock.now(), clockSpeed: serviceClock.speed };
}

function progressOf(
  response: DeploymentResponse,
  startedAt: number,
  numbers: StrategyNumbers,
): Omit<Progress, keyof ClockReading> {
  return {
    deploymentNumber: response.DeploymentNumber ?? 0,
    state: stateOf(response),
    percentageComplete: response.PercentageComplete ?? 0,
    startedAt,
    ...expectedEnds(startedAt, numbers),
  };
}
