// Limits of AWS, each with its source. "AppConfig API" is the service model of the SDK (smithy traits of each shape);
// "quotas" is AWS General Reference, "AWS AppConfig endpoints and quotas".

/** Characters of the longest names. Source: AppConfig API, `Name` and `LongName`. */
export const longestNames = { application: 64, environment: 64, profile: 128, deploymentStrategy: 64 } as const;

/** Characters. Source: AppConfig API, `Description`. */
export const longestDescription = 1024;

/** Characters of keys and values, and the tags of one resource. Source: AppConfig API, `TagKey`, `TagValue`, `TagMap`. */
export const tagLimits = { longestKey: 128, longestValue: 256, perResource: 50 } as const;

/** What tags consist of, as a part of a regular expression, and in words. Source: AWS General Reference, "Tagging AWS resources". */
export const tagCharacters = {
  expression: '[a-zA-Z0-9+\\-=._:/@ ]',
  words: 'letters, digits, spaces and + - = . _ : / @',
} as const;

/** Bytes of one hosted configuration version. Source: quotas, configuration size limit in the hosted store, 2,048 KB. */
export const largestContent = 2_097_152;

/** Monitors of one environment. Source: AppConfig API, `MonitorList`. */
export const mostMonitors = 5;

/** Validators of one profile. Source: AppConfig API, `ValidatorList`. */
export const mostValidators = 2;

/** Characters of a JSON Schema as a validator. Source: AppConfig API, `StringWithLengthBetween0And32768`. */
export const longestValidator = 32_768;

/** Parameters of one deployment for extensions. Source: AppConfig API, `DynamicParameterMap`. */
export const mostExtensionParameters = 10;

/** Characters of the value of one. Source: AppConfig API, `StringWithLengthBetween1And2048`. */
export const longestExtensionParameter = 2048;

/** Characters of the alias, id or ARN of a KMS key. Source: AppConfig API, `KmsKeyIdentifier`. */
export const longestKmsKey = 2048;

/** Minutes: the longest deployment, and the longest bake time. Source: AppConfig API, `MinutesBetween0And24Hours`. */
export const longestMinutes = 1440;

/** Items of one page of a list. Source: AppConfig API, `MaxResults`. */
export const largestPage = 50;

/** Characters of the name of a role session. Source: STS API, `roleSessionNameType`. */
export const longestSessionName = 64;

/** Calls per second of one control-plane operation; not adjustable. Source: quotas. `ListTagsForResource` is not in the list there. */
export function publishedRate(operation: string): number {
  if (operation.startsWith('Get')) return 100;
  if (operation === 'TagResource' || operation === 'UntagResource') return 20;
  return 10;
}

/** Quotas in an account and Region that limit what can be created; environments and profiles count within one application. */
export type QuotaName = 'applications' | 'environments' | 'profiles' | 'strategies';

/** Unless AWS has raised them. Source: quotas. */
export const defaultQuotas: Readonly<Record<QuotaName, number>> = {
  applications: 100,
  environments: 20,
  profiles: 100,
  strategies: 20,
};

/** What exists in an account and Region of what quotas limit. */
export interface ResourceCounts {
  readonly applications: number;
  readonly strategies: number;
  /** By application name. */
  readonly inApplications: ReadonlyMap<string, { readonly environments: number; readonly profiles: number }>;
}

/** By `AccountRegionId`. */
export type CountsByAccountRegion = ReadonlyMap<string, ResourceCounts>;
