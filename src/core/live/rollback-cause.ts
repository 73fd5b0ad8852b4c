/** An entry of a deployment's event log. */
export interface DeploymentEvent {
  /** AppConfig's name of it: `ROLLBACK_STARTED`. */
  readonly type: string;
  /** In AppConfig's words: `USER`, `APPCONFIG`, `CLOUDWATCH_ALARM`, `INTERNAL_ERROR`. */
  readonly by: string | undefined;
  /** AppConfig's own words. */
  readonly text: string | undefined;
  /** ISO 8601 in UTC. */
  readonly at: string | undefined;
}

/** The event that shows why a deployment was rolled back or reverted. Only AppConfig's own rollbacks log their start. */
export function rollbackCause(events: readonly DeploymentEvent[]): DeploymentEvent | undefined {
  return events.find(({ type }) => type === 'ROLLBACK_STARTED') ?? rollbackEnd(events);
}

/** AppConfig's words for why, without repeating that it is a rollback: `CloudWatch alarm acme-errors in state ALARM`. */
export function rollbackReason(events: readonly DeploymentEvent[]): string | undefined {
  return rollbackCause(events)?.text?.replace(/^Rollback initiated by (?=CloudWatch alarm )/, '');
}

/** The end of a rollback or revert. */
export function rollbackEnd(events: readonly DeploymentEvent[]): DeploymentEvent | undefined {
  return events.find(({ type }) => type === 'ROLLBACK_COMPLETED' || type === 'REVERT_COMPLETED');
}

/** The start of a deployment. */
export function startOf(events: readonly DeploymentEvent[]): DeploymentEvent | undefined {
  return events.find(({ type }) => type === 'DEPLOYMENT_STARTED');
}
