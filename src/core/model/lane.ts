// AppConfig runs one deployment at a time in an environment: a lane is its queue.
import type { AccountRegionId } from './account-region.ts';

declare const brand: unique symbol;

/** Identifies the queue of one environment of one application in one account and Region. */
export type LaneId = string & { readonly [brand]: 'lane' };

export function laneId(accountRegion: AccountRegionId, application: string, environment: string): LaneId {
  // A cast is the only way to make a branded string; nothing else makes one.
  return `${accountRegion} ${application}/${environment}` as LaneId;
}
