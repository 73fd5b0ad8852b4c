export type ProfileType = 'AWS.Freeform' | 'AWS.AppConfig.FeatureFlags';

/** States of a deployment, as AppConfig writes them. */
export type DeploymentState =
  | 'VALIDATING'
  | 'DEPLOYING'
  | 'BAKING'
  | 'COMPLETE'
  | 'ROLLING_BACK'
  | 'ROLLED_BACK'
  | 'REVERTED';

/** True while a deployment keeps its environment busy. */
export function isInFlight(state: DeploymentState): boolean {
  return state === 'VALIDATING' || state === 'DEPLOYING' || state === 'BAKING' || state === 'ROLLING_BACK';
}

/** True for a deployment that came, or is coming, to nothing: clients have what they had before. */
export function isRolledBack(state: DeploymentState): boolean {
  return state === 'ROLLED_BACK' || state === 'ROLLING_BACK' || state === 'REVERTED';
}

/** Numbers of a deployment strategy; durations in minutes, as AppConfig has them. */
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

/** Tag keys that settings may not set. */
export const reservedTags: readonly string[] = [managedByTag, projectTag, adoptedTag];

export interface Monitor {
  readonly alarmArn: string;
  readonly alarmRoleArn: string;
}

export type Tags = Readonly<Record<string, string>>;
