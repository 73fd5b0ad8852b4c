export type ProfileType = 'AWS.Freeform' | 'AWS.AppConfig.FeatureFlags';

/** States of a deployment in AppConfig. */
export type DeploymentState =
  | 'VALIDATING'
  | 'DEPLOYING'
  | 'BAKING'
  | 'COMPLETE'
  | 'ROLLING_BACK'
  | 'ROLLED_BACK'
  | 'REVERTED';

/** Whether a deployment keeps its environment busy. */
export function isInFlight(state: DeploymentState): boolean {
  return state === 'VALIDATING' || state === 'DEPLOYING' || state === 'BAKING' || state === 'ROLLING_BACK';
}

/** Whether clients have, or get again, what they had before the deployment. */
export function isRolledBack(state: DeploymentState): boolean {
  return state === 'ROLLED_BACK' || state === 'ROLLING_BACK' || state === 'REVERTED';
}

/** Numbers of a deployment strategy; durations in minutes, as in AppConfig. */
export interface StrategyNumbers {
  readonly durationMinutes: number;
  readonly bakeMinutes: number;
  /** Percent, 1 to 100. */
  readonly growthFactor: number;
  readonly growthType: 'LINEAR' | 'EXPONENTIAL';
}

export const managedByTag = 'managed-by';

export const projectTag = 'appcfg:project';

export const adoptedTag = 'appcfg:adopted';

/** Tag keys that appcfg sets; the settings must not. */
export const reservedTags: readonly string[] = [managedByTag, projectTag, adoptedTag];

export interface Monitor {
  readonly alarmArn: string;
  readonly alarmRoleArn: string;
}

export type Tags = Readonly<Record<string, string>>;
