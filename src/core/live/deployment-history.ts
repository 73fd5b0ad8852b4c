// One deployment as `history` shows it.
import type { AccountRegionId } from '../model/account-region.ts';
import type { Address } from '../model/address.ts';
import {
  type DeploymentState,
  type DeploymentType,
  isInFlight,
  isRolledBack,
  type StrategyNumbers,
} from '../model/resource.ts';
import { parseDescription } from './deployment-description.ts';
import type { LiveDeployment } from './live-state.ts';
import { type DeploymentEvent, rollbackCause, rollbackEnd, startOf } from './rollback-cause.ts';
import { formatVersionReference } from './version-reference.ts';

export interface AddressHistory {
  readonly address: Address;
  readonly accountRegion: AccountRegionId;
  /** Newest first. */
  readonly deployments: readonly DeploymentRecord[];
  /** Older ones exist. */
  readonly truncated: boolean;
}

export interface DeploymentRecord {
  readonly deploymentNumber: number;
  /** `MANAGED`: made by an experiment run. */
  readonly type: DeploymentType;
  readonly description: string;
  readonly state: DeploymentState;
  /** Clients receive its version. */
  readonly live: boolean;
  readonly versionNumber: number;
  readonly versionLabel: string | undefined;
  readonly commit: string | undefined;
  /** The tree had changes that were not in the commit. */
  readonly dirty: boolean;
  readonly pipeline: number | undefined;
  readonly project: string | undefined;
  readonly url: string | undefined;
  /** ISO 8601 in UTC. */
  readonly startedAt: string | undefined;
  readonly completedAt: string | undefined;
  /** When it was rolled back or reverted. */
  readonly rolledBackAt: string | undefined;
  /** From the start until it was complete or rolled back. */
  readonly seconds: number | undefined;
  readonly strategy: StrategyNumbers & { readonly id: string | undefined };
  /** In AppConfig's words: `USER`, `APPCONFIG`, `CLOUDWATCH_ALARM`, `INTERNAL_ERROR`. */
  readonly startedBy: string | undefined;
  /** What caused the rollback or revert, and AppConfig's own words for it. */
  readonly rolledBackBy: string | undefined;
  readonly reason: string | undefined;
  /** Number of the deployment that was stopped in favour of it. */
  readonly supersedes: number | undefined;
  /** Of a rollback: the versions that it quarantines. */
  readonly quarantined: readonly string[];
}

/** What GetDeployment returns besides the members of a list. */
export interface DeploymentDetail {
  readonly description: string;
  readonly strategyId: string | undefined;
  /** Newest first. */
  readonly events: readonly DeploymentEvent[];
}

export function recordOf(row: LiveDeployment, detail: DeploymentDetail, live: boolean): DeploymentRecord {
  const { commit, dirty, pipeline, project, url, supersedes, quarantines } = parseDescription(detail.description);
  const wasRolledBack = isRolledBack(row.state);
  const end = wasRolledBack ? rollbackEnd(detail.events) : undefined;
  const cause = wasRolledBack ? rollbackCause(detail.events) : undefined;
  const endedAt = row.completedAt ?? end?.at;
  return {
    deploymentNumber: row.number,
    type: row.type ?? 'USER',
    description: detail.description,
    state: row.state,
    live,
    versionNumber: row.versionNumber,
    versionLabel: row.versionLabel,
    commit,
    dirty: dirty ?? false,
    pipeline,
    project,
    url,
    startedAt: row.startedAt,
    completedAt: row.completedAt,
    rolledBackAt: end?.at,
    seconds:
      row.startedAt === undefined || endedAt === undefined || isInFlight(row.state)
        ? undefined
        : Math.round((Date.parse(endedAt) - Date.parse(row.startedAt)) / 1000),
    strategy: { id: detail.strategyId, ...row.strategy },
    startedBy: startOf(detail.events)?.by,
    rolledBackBy: cause?.by,
    reason: cause?.text,
    supersedes,
    quarantined: (quarantines ?? []).map(formatVersionReference),
  };
}
