import type { Change } from '../document/diff-values.ts';
import type { LiveDeployment, LiveProfile } from '../live/live-state.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import type { Problem } from '../problem/problem.ts';

/** What one address needs. */
export interface Verdict {
  readonly desired: DesiredConfiguration;
  readonly action: 'create' | 'update' | 'adopt' | 'await' | 'unchanged' | 'blocked';
  readonly reason: string;
  readonly blockedBy: Problem | undefined;
  readonly profile: LiveProfile | undefined;
  readonly completed: LiveDeployment | undefined;
  /** The deployment in flight of the desired content, where the action is to wait for it. */
  readonly awaits: LiveDeployment | undefined;
  /** How the content changes, redacted. */
  readonly changes: readonly Change[] | undefined;
  /** Of the change, also of one whose deployment is in flight. */
  readonly changeGroup: string | undefined;
  /** Number of the deployment of the desired content that AppConfig rolled back, where that is what blocks it. */
  readonly rolledBack: number | undefined;
  /** The live content is the desired one, whatever the action is. */
  readonly isLive: boolean;
  /** The profile has a version with the desired label. */
  readonly versionExists: boolean;
}

/** @param verdict what is known of the address besides */
export function blockedVerdict(desired: DesiredConfiguration, problem: Problem, verdict?: Verdict): Verdict {
  return {
    desired,
    action: 'blocked',
    reason: problem.message,
    blockedBy: { ...problem, subject: problem.subject ?? desired.address },
    profile: verdict?.profile,
    completed: verdict?.completed,
    awaits: undefined,
    changes: verdict?.changes,
    changeGroup: verdict?.changeGroup,
    rolledBack: undefined,
    isLive: verdict?.isLive ?? false,
    versionExists: verdict?.versionExists ?? false,
  };
}
