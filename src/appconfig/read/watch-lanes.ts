// Follows the deployments in flight, lane by lane, until there are none.
import type { LiveState } from '../../core/live/live-state.ts';
import type { Connection } from '../client/connection.ts';
import { awaitDeployment, type DeploymentResponse, type Progress, pollIfReachable } from './await-deployment.ts';

export interface LaneInFlight {
  readonly application: string;
  readonly environment: string;
  readonly applicationId: string;
  readonly environmentId: string;
  /** Of the deployment in flight. */
  readonly deploymentNumber: number;
}

/** Another run may start the next deployment a moment after one has ended. In milliseconds of AppConfig's time. */
const pausesBeforeNext = [0, 3_000, 7_000];

export function lanesInFlight(live: LiveState): readonly LaneInFlight[] {
  return [...live.applications].flatMap(([name, { application }]) =>
    [...application.environments.values()].flatMap((environment) =>
      environment.inFlight === undefined
        ? []
        : [
            {
              application: name,
              environment: environment.name,
              applicationId: application.id,
              environmentId: environment.id,
              deploymentNumber: environment.inFlight.number,
            },
          ],
    ),
  );
}

/** Ends when no lane has a deployment in flight, except those that exceed their timeout. @throws CallFailure */
export async function watchLanes(
  connection: Connection,
  lanes: readonly LaneInFlight[],
  options: {
    readonly signal: AbortSignal;
    readonly onSeen: (lane: LaneInFlight, progress: Progress, response: DeploymentResponse) => void;
  },
): Promise<void> {
  await Promise.all(lanes.map((lane) => watchLane(connection, lane, options)));
}

async function watchLane(
  connection: Connection,
  lane: LaneInFlight,
  options: Parameters<typeof watchLanes>[2],
): Promise<void> {
  const { signal, onSeen } = options;
  const deployment = { ...lane, what: `${lane.application}/${lane.environment}` };
  let known: DeploymentResponse | undefined;
  for (let number = lane.deploymentNumber; ; number += 1) {
    const { ended } = await awaitDeployment(
      connection,
      { ...deployment, deploymentNumber: number },
      {
        ...(known === undefined ? {} : { known }),
        onProgress: (progress, response) => onSeen(lane, progress, response),
        signal,
      },
    );
    if (!ended) return;
    known = undefined;
    for (const pause of pausesBeforeNext) {
      await connection.serviceClock.sleep(pause, signal);
      known = await pollIfReachable(connection, { ...deployment, deploymentNumber: number + 1 }, signal);
      if (known !== undefined) break;
    }
    if (known === undefined) return;
  }
}
