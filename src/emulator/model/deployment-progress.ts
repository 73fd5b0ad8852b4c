// A deployment's course, computed from its start and the time it is asked about. Nothing here keeps time or state.

/** How a deployment proceeds; copied from its strategy when it starts. */
export interface Course {
  readonly durationMinutes: number;
  readonly growthType: 'LINEAR' | 'EXPONENTIAL';
  readonly growthFactor: number;
  readonly bakeMinutes: number;
}

/** What ended a deployment before (or, for `reverted`, after) its course was run. */
export interface Ending {
  readonly kind: 'stopped' | 'reverted' | 'alarm';
  readonly at: number;
  readonly reason?: string | undefined;
}

/** The part of a deployment its state depends on. */
export interface Progress {
  readonly startedAt: number;
  readonly course: Course;
  /** Answered as complete by the very call that starts it. */
  readonly instant: boolean;
  readonly ending?: Ending | undefined;
}

/** The states of a deployment, spelt as on the wire. */
export type DeploymentState = 'DEPLOYING' | 'BAKING' | 'COMPLETE' | 'ROLLING_BACK' | 'ROLLED_BACK' | 'REVERTED';

/** An entry of a deployment's event log. */
export interface DeploymentEvent {
  readonly type: string;
  readonly by: 'USER' | 'APPCONFIG' | 'CLOUDWATCH_ALARM';
  readonly text: string;
  readonly at: number;
}

const minute = 60_000;
/** AWS took about five seconds for the only step of a strategy without duration. */
const firstTickMs = 5_000;
/** How long an alarm's rollback is seen as ROLLING_BACK. */
const rollbackMs = 2_000;

/** For how long after its completion a deployment can be reverted. */
export const revertWindowMs = 72 * 60 * minute;

/** The state at `now`. */
export function stateAt(deployment: Progress, now: number): DeploymentState {
  const { ending } = deployment;
  if (ending !== undefined && now >= ending.at) {
    if (ending.kind === 'reverted') return 'REVERTED';
    return ending.kind === 'alarm' && now < ending.at + rollbackMs ? 'ROLLING_BACK' : 'ROLLED_BACK';
  }
  if (now >= completionTime(deployment)) return 'COMPLETE';
  return now >= bakeTime(deployment) ? 'BAKING' : 'DEPLOYING';
}

/** Whether the environment is still taken at `now`. */
export function inFlight(deployment: Progress, now: number): boolean {
  return ['DEPLOYING', 'BAKING', 'ROLLING_BACK'].includes(stateAt(deployment, now));
}

/** The share of clients that may receive the configuration at `now`; AWS answers 0 for one that was rolled back. */
export function percentageAt(deployment: Progress, now: number): number {
  if (deployment.ending !== undefined && now >= deployment.ending.at) return 0;
  if (now >= bakeTime(deployment)) return 100;
  return growthSteps(deployment).findLast((step) => now >= step.at)?.percentage ?? 0;
}

/** When it completed, if it did by `now`. */
export function completedAt(deployment: Progress, now: number): number | undefined {
  const at = completionTime(deployment);
  const { ending } = deployment;
  return now >= at && (ending === undefined || ending.at >= at) ? at : undefined;
}

/** The event log at `now`, newest first. */
export function eventsAt(deployment: Progress, now: number): DeploymentEvent[] {
  const { startedAt, ending } = deployment;
  const events: DeploymentEvent[] = [
    { type: 'DEPLOYMENT_STARTED', by: 'USER', text: 'Deployment started', at: startedAt },
  ];
  const until = ending === undefined ? now : Math.min(now, ending.at);
  if (!deployment.instant) {
    for (const step of growthSteps(deployment)) {
      if (step.at > until) break;
      const text = `Configuration available to ${step.percentage.toFixed(2)}% of clients`;
      events.push({ type: 'PERCENTAGE_UPDATED', by: 'APPCONFIG', text, at: step.at });
    }
    const bake = bakeTime(deployment);
    if (deployment.course.bakeMinutes > 0 && bake <= until) {
      events.push({ type: 'BAKE_TIME_STARTED', by: 'APPCONFIG', text: 'Deployment bake time started', at: bake });
    }
  }
  const completed = completedAt(deployment, until);
  if (completed !== undefined) {
    const text = deployment.instant ? 'Deployment completed instantly' : 'Deployment completed';
    events.push({ type: 'DEPLOYMENT_COMPLETED', by: 'APPCONFIG', text, at: completed });
  }
  if (ending !== undefined && ending.at <= now) events.push(...endingEvents(ending, now));
  return events.reverse();
}

function endingEvents(ending: Ending, now: number): DeploymentEvent[] {
  const { kind, at } = ending;
  switch (kind) {
    case 'stopped':
      return [{ type: 'ROLLBACK_COMPLETED', by: 'USER', text: 'Deployment rolled back by user request', at }];
    case 'reverted':
      return [{ type: 'REVERT_COMPLETED', by: 'USER', text: 'Deployment reverted by user request', at }];
    case 'alarm': {
      const by = 'CLOUDWATCH_ALARM';
      const start = { type: 'ROLLBACK_STARTED', by, text: ending.reason ?? 'An alarm went off', at } as const;
      if (now < at + rollbackMs) return [start];
      const end = { type: 'ROLLBACK_COMPLETED', by, text: 'Deployment rolled back', at: at + rollbackMs } as const;
      return [start, end];
    }
  }
}

function bakeTime({ startedAt, course, instant }: Progress): number {
  if (instant) return startedAt;
  return startedAt + (course.durationMinutes === 0 ? firstTickMs : course.durationMinutes * minute);
}

function completionTime(deployment: Progress): number {
  // Seen on AWS: an instant deployment completes a millisecond or two after its start, and says so at once.
  return deployment.instant ? deployment.startedAt : bakeTime(deployment) + deployment.course.bakeMinutes * minute;
}

function growthSteps(deployment: Progress): { percentage: number; at: number }[] {
  const { startedAt, course } = deployment;
  const percentages: number[] = [];
  if (course.durationMinutes > 0) {
    for (let grown = course.growthFactor, n = 1; grown < 100; n += 1) {
      percentages.push(grown);
      grown = course.growthType === 'LINEAR' ? course.growthFactor * (n + 1) : course.growthFactor * 2 ** n;
    }
  }
  percentages.push(100);
  const stretch = (bakeTime(deployment) - startedAt) / percentages.length;
  return percentages.map((percentage, index) => ({
    percentage,
    at: Math.round(startedAt + stretch * (index + 1)),
  }));
}
