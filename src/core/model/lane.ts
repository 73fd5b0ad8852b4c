// AppConfig runs one deployment at a time in an environment. A lane is the queue of an environment.
import type { AccountRegionId } from './account-region.ts';

declare const brand: unique symbol;

/** Identifies one environment of one application in one account and Region. */
export type LaneId = string & { readonly [brand]: 'lane' };

export function laneId(accountRegion: AccountRegionId, application: string, environment: string): LaneId {
  // Only a cast can create a branded string.
  return `${accountRegion} ${application}/${environment}` as LaneId;
}
