import type { ContentFormat } from './content.ts';

export type ProfileType = 'AWS.Freeform' | 'AWS.AppConfig.FeatureFlags';

interface ProfileTypeTraits {
  /** Its name in appcfg.yml. */
  readonly setting: string;
  readonly formats: readonly ContentFormat[];
  /** What a content is. */
  readonly document: 'any value' | 'feature flags';
  /** AppConfig adds members to a content, and creates no version of one that is equal to the newest. */
  readonly isRewritten: boolean;
}

export const profileTypes: Readonly<Record<ProfileType, ProfileTypeTraits>> = {
  'AWS.Freeform': {
    setting: 'freeform',
    formats: ['json', 'yaml'],
    document: 'any value',
    isRewritten: false,
  },
  'AWS.AppConfig.FeatureFlags': {
    setting: 'feature-flags',
    formats: ['json'],
    document: 'feature flags',
    isRewritten: true,
  },
};

/** @param name as AppConfig or appcfg.yml have it; where it is missing or unknown, any content is assumed */
export function profileTypeOf(name: string | undefined): ProfileType {
  const types = Object.keys(profileTypes) as ProfileType[]; // Object.keys forgets which keys there are.
  return types.find((type) => type === name || profileTypes[type].setting === name) ?? 'AWS.Freeform';
}

/** States of a deployment in AppConfig. */
export const deploymentStates = [
  'VALIDATING',
  'DEPLOYING',
  'BAKING',
  'COMPLETE',
  'ROLLING_BACK',
  'ROLLED_BACK',
  'REVERTED',
] as const;

export type DeploymentState = (typeof deploymentStates)[number];

/** `MANAGED`: made by an experiment run. It is neither a change of appcfg nor of a user. */
export type DeploymentType = 'USER' | 'MANAGED';

/** Whether a deployment keeps its environment busy. */
export function isInFlight(state: DeploymentState): boolean {
  return state === 'VALIDATING' || state === 'DEPLOYING' || state === 'BAKING' || state === 'ROLLING_BACK';
}

/** Whether a deployment can still be stopped: AppConfig refuses to stop one that it is rolling back. */
export function isStoppable(state: DeploymentState): boolean {
  return isInFlight(state) && state !== 'ROLLING_BACK';
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

/** Of an environment: deployments up to this number are no drift. */
export const acceptedTag = 'appcfg:accepted';

/** Tag keys that appcfg sets; the settings must not. */
export const reservedTags: readonly string[] = [managedByTag, projectTag, adoptedTag, acceptedTag];

export interface Monitor {
  readonly alarmArn: string;
  readonly alarmRoleArn: string;
}

export interface Validator {
  readonly type: 'JSON_SCHEMA' | 'LAMBDA';
  /** The schema, or the function's ARN. */
  readonly content: string;
}

export type Tags = Readonly<Record<string, string>>;
