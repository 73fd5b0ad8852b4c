/**
 * Calls a second for each control-plane operation; not adjustable. Source: AWS General Reference, "AWS AppConfig
 * endpoints and quotas": 10 for each but Get* (100) and tagging (20). ListTagsForResource is not named; it counts as a list.
 */
export function publishedRate(operation: string): number {
  if (operation.startsWith('Get')) return 100;
  if (operation === 'TagResource' || operation === 'UntagResource') return 20;
  return 10;
}

/** Quotas of an account and Region that AppConfig counts creations against; environments and profiles in one application. */
export type QuotaName = 'applications' | 'environments' | 'profiles' | 'strategies';

/** What holds unless it was raised. Source: AWS General Reference, "AWS AppConfig endpoints and quotas". */
export const defaultQuotas: Readonly<Record<QuotaName, number>> = {
  applications: 100,
  environments: 20,
  profiles: 100,
  strategies: 20,
};

/** How much there is in a place of what quotas limit. */
export interface ResourceCounts {
  readonly applications: number;
  readonly strategies: number;
  /** By the names of applications. */
  readonly inApplications: ReadonlyMap<string, { readonly environments: number; readonly profiles: number }>;
}

/** By the ids of places; of a plan with one place under ''. */
export type CountsOfPlaces = ReadonlyMap<string, ResourceCounts>;
