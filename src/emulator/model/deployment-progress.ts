// The state, percentage and event log of a deployment, computed from its start time and the current time. No timers.

/** How a deployment grows and bakes. Copied from its strategy when it starts. */
export interface Timing {
  readonly durationMinutes: number;
  readonly growthType: 'LINEAR' | 'EXPONENTIAL';
  readonly growthFactor: number;
  readonly bakeMinutes: number;
}

/** What ended a deployment early, or reverted it after it completed. */
export interface Ending {
  readonly kind: 'stopped' | 'reverted' | 'alarm';
  readonly at: number;
  readonly reason?: string | undefined;
}

/** The part of a deployment that its state depends on. */
export interface Progress {
  readonly startedAt: number;
  readonly timing: Timing;
  /** Complete as soon as it starts. */
  readonly instant: boolean;
  readonly ending?: Ending | undefined;
}

/** The states of a deployment, spelled as on the wire. */
export type DeploymentState = 'DEPLOYING' | 'BAKING' | 'COMPLETE' | 'ROLLING_BACK' | 'ROLLED_BACK' | 'REVERTED';

/** An entry of a deployment's event log. */
export interface DeploymentEvent {
  readonly type: string;
  readonly by: 'USER' | 'APPCONFIG' | 'CLOUDWATCH_ALARM';
  readonly text: string;
  readonly at: number;
}

const minute = 60_000;
/** AWS takes about five seconds for the single growth step of a strategy without duration. */
const firstTickMs = 5_000;
/** How long a rollback by an alarm is in the state ROLLING_BACK. */
const rollbackMs = 2_000;

/** How long after its completion a deployment can be reverted. */
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

/** Whether it still blocks other deployments in its environment at `now`. */
export function inProgress(deployment: Progress, now: number): boolean {
  return ['DEPLOYING', 'BAKING', 'ROLLING_BACK'].includes(stateAt(deployment, now));
}

/** The percentage of clients that receive the configuration at `now`. AWS reports 0 after a rollback. */
export function percentageAt(deployment: Progress, now: number): number {
  if (deployment.ending !== undefined && now >= deployment.ending.at) return 0;
  if (now >= bakeTime(deployment)) return 100;
  return growthSteps(deployment).findLast((step) => now >= step.at)?.percentage ?? 0;
}

/** When it completed, or undefined if it has not by `now`. */
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
    if (deployment.timing.bakeMinutes > 0 && bake <= until) {
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

function bakeTime({ startedAt, timing, instant }: Progress): number {
  if (instant) return startedAt;
  return startedAt + (timing.durationMinutes === 0 ? firstTickMs : timing.durationMinutes * minute);
}

function completionTime(deployment: Progress): number {
  // Seen on AWS: an instant deployment is complete in the response to StartDeployment.
  return deployment.instant ? deployment.startedAt : bakeTime(deployment) + deployment.timing.bakeMinutes * minute;
}

function growthSteps(deployment: Progress): { percentage: number; at: number }[] {
  const { startedAt, timing } = deployment;
  const percentages: number[] = [];
  if (timing.durationMinutes > 0) {
    for (let grown = timing.growthFactor, n = 1; grown < 100; n += 1) {
      percentages.push(grown);
      grown = timing.growthType === 'LINEAR' ? timing.growthFactor * (n + 1) : timing.growthFactor * 2 ** n;
    }
  }
  percentages.push(100);
  const stepMs = (bakeTime(deployment) - startedAt) / percentages.length;
  return percentages.map((percentage, index) => ({
    percentage,
    at: Math.round(startedAt + stepMs * (index + 1)),
  }));
}
