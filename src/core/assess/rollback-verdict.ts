// What a rollback is asked for, what it is decided from, and what each address comes to.
import type { DeploymentDescription } from '../live/deployment-description.ts';
import type { Facts } from '../live/facts.ts';
import type { LiveDeployment, LiveProfile } from '../live/live-state.ts';
import type { VersionReference } from '../live/version-reference.ts';
import type { Address } from '../model/address.ts';
import type { Monitor } from '../model/resource.ts';
import type { Problem } from '../problem/problem.ts';
import type { Policy } from '../settings/policy.ts';

/** What is rolled back. */
export type RollbackRequest =
  /** The newest deployment of each address. */
  | { readonly kind: 'newest' }
  /** Whatever was deployed from a commit; at least seven digits of it. */
  | { readonly kind: 'commit'; readonly commit: string }
  /** Whatever is live, to a version. */
  | { readonly kind: 'version'; readonly version: VersionReference };

/** One application with addresses to roll back, as far as it was read. */
export interface RollbackApplication {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly environments: readonly RollbackEnvironment[];
  readonly facts: Facts;
}

export interface RollbackEnvironment {
  readonly id: string;
  readonly name: string;
  readonly monitors: readonly Monitor[];
  /** Those to roll back. */
  readonly configurationProfiles: readonly LiveProfile[];
  /** Of all profiles, newest first. */
  readonly deployments: readonly LiveDeployment[];
  /** No older deployments exist. */
  readonly complete: boolean;
}

export interface RollbackOptions {
  readonly request: RollbackRequest;
  readonly policy: Policy;
  /** Milliseconds since 1970, by the service's clock. */
  readonly now: number;
}

export interface RollbackVerdict {
  readonly address: Address;
  readonly environment: RollbackEnvironment;
  readonly profile: LiveProfile;
  /** What clients receive, or will receive when nothing more happens. */
  readonly live: LiveDeployment | undefined;
  readonly outcome: RollbackOutcome;
}

/** What an outcome waits for: facts that were asked for, or older deployments. */
export interface Pending {
  readonly kind: 'pending';
  readonly wants: 'facts' | 'older deployments';
}

export interface Blocked {
  readonly kind: 'blocked';
  readonly problem: Problem;
}

export interface Unchanged {
  readonly kind: 'unchanged';
  readonly reason: string;
  readonly warning?: Problem;
}

export type RollbackOutcome =
  | Pending
  /** Nothing of the commit was deployed. */
  | { readonly kind: 'unaffected' }
  | Unchanged
  | Blocked
  /** A rollback that is already in flight. */
  | { readonly kind: 'await'; readonly deployment: LiveDeployment }
  | RollbackWay;

export interface RollbackWay {
  readonly kind: 'roll back';
  /** Deployments to stop or to revert, in this order. */
  readonly undo: readonly LiveDeployment[];
  /** Whose content is replaced. */
  readonly from: LiveDeployment | undefined;
  /** The version that is live then; undefined where nothing is. */
  readonly to: EarlierVersion | undefined;
  /** How that version is deployed: `needed`, or only if AppConfig refuses to revert. Undefined where it cannot be. */
  readonly start: { readonly needed: boolean; readonly description: DeploymentDescription } | undefined;
}

export interface EarlierVersion {
  readonly number: number;
  /** A label of appcfg. */
  readonly label: string | undefined;
  /** Undefined where the version was deleted. */
  readonly stored: { readonly text: string; readonly contentType: string } | undefined;
}

export const pending: Pending = { kind: 'pending', wants: 'facts' };
export const wantsOlder: Pending = { kind: 'pending', wants: 'older deployments' };

export function isPending(value: unknown): value is Pending {
  return value === pending || value === wantsOlder;
}
