// AppConfig runs one deployment at a time in an environment. A lane is the queue of an environment.
import type { AccountRegionId } from './account-region.ts';

declare const brand: unique symbol;

/** Identifies one environment of one application in one account and Region. */
export type LaneId = string & { readonly [brand]: 'lane' };

/** Identifies one application: a tenant has one of the same name in each of its accounts and Regions. */
export function applicationKey({ accountRegion, application }: InApplication): string {
  return `${accountRegion} ${application}`;
}

export function laneId(of: ApplicationEnvironment): LaneId {
  // Only a cast can create a branded string.
  return `${applicationKey(of)}/${of.environment}` as LaneId;
}

interface InApplication {
  readonly accountRegion: AccountRegionId;
  readonly application: string;
}

/** An environment of an application. */
export interface ApplicationEnvironment extends InApplication {
  readonly environment: string;
}
