// CloudWatch alarms of an environment, and the rollback they cause. There is no CloudWatch: alarms are set by hand.
import { stateAt } from './deployment-progress.ts';
import type { AlarmState, Deployment, Environment } from './resources.ts';

/** A state for the alarms of an environment, which is given by name or id. */
export interface Alarm {
  readonly application: string;
  readonly environment: string;
  readonly state: AlarmState;
  /** The environment's account and Region; the emulator's own by default. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** Sets the state of an environment's alarms. Unless it is `OK`, a deployment in progress is rolled back. */
export function setAlarmState(environment: Environment, state: AlarmState, now: number): void {
  environment.alarm = state;
  const newest = environment.deployments.get(environment.lastDeployment);
  if (state === 'OK' || newest === undefined) return;
  const progress = stateAt(newest, now);
  if (progress === 'DEPLOYING' || progress === 'BAKING') rollBackByAlarm(environment, newest, now);
}

/** Lets the environment's alarm end a deployment at a time. */
export function rollBackByAlarm(environment: Environment, deployment: Deployment, at: number): void {
  const alarm = environment.monitors[0]?.AlarmArn ?? `emulator-alarm-${environment.id}`;
  const reason = `Rollback initiated by CloudWatch alarm ${alarm} in state ${environment.alarm}`;
  deployment.ending = { kind: 'alarm', at, reason };
}
