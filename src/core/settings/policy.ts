// What a run may do: settings, flags, and where it runs. With the desired and the live state, all that a verdict depends on.
import type { AccountRegion } from '../model/account-region.ts';
import type { Origin } from '../model/origin.ts';
import type { Settings } from './settings.ts';

/** What a user lets a run do that a guard would refuse, or a deployment in flight keep it from. */
export interface GuardOverrides {
  readonly adopt: boolean;
  readonly supersede: boolean;
  readonly retryRolledBack: boolean;
  readonly allowOlder: boolean;
  readonly allowShrink: boolean;
  readonly overwriteDrift: boolean;
}

export interface Policy extends GuardOverrides {
  readonly settings: Settings;
  /** The project that manages what the run creates. */
  readonly project: string;
  /** The account and Region that is read and planned. */
  readonly accountRegion: AccountRegion;
  readonly origin: Origin;
  /** The tree has tenants in other accounts and Regions than this one. */
  readonly elsewhere?: boolean;
  /** The stage of a two-stage pipeline. */
  readonly only: 'update' | 'deploy' | undefined;
  /** Read every live version: a label proves nothing. */
  readonly verify?: boolean;
  /** The run is limited to a part of the tree: it does not look for orphans. */
  readonly selective: boolean;
}
