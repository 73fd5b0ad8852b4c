import type { Change } from '../document/diff-values.ts';
import type { Drift } from '../live/drifted-deployment.ts';
import type { LiveDeployment, LiveProfile } from '../live/live-state.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import type { ChangeFinding } from '../plan/plan.ts';
import type { Problem } from '../problem/problem.ts';

/** What one address needs. */
export interface Verdict {
  readonly desired: DesiredConfiguration;
  readonly action: 'create' | 'update' | 'adopt' | 'await' | 'unchanged' | 'drifted' | 'blocked';
  readonly reason: string;
  readonly blockedBy: Problem | undefined;
  readonly profile: LiveProfile | undefined;
  readonly completed: LiveDeployment | undefined;
  /** The deployment in flight of the desired content, where the action is to wait for it. */
  readonly awaits: LiveDeployment | undefined;
  /** What is served, or about to be, and was deployed outside of appcfg; also where it is overwritten. */
  readonly drift: Drift | undefined;
  /** How the content changes, redacted. */
  readonly changes: readonly Change[] | undefined;
  /** What of the changes looks like a mistake. */
  readonly findings: readonly ChangeFinding[];
  /** Of the change, also of one whose deployment is in flight. */
  readonly changeGroup: string | undefined;
  /** Number of the deployment of the desired content that AppConfig rolled back, where that is what blocks it. */
  readonly rolledBack: number | undefined;
  /** The live content is the desired one, whatever the action is. */
  readonly isLive: boolean;
  /** Number of the profile's version with the desired label, where it is known to have one. */
  readonly versionNumber: number | undefined;
}

/** Of an address of which nothing is known. */
export function emptyVerdict(desired: DesiredConfiguration): Omit<Verdict, 'action' | 'reason'> {
  return {
    desired,
    blockedBy: undefined,
    profile: undefined,
    completed: undefined,
    awaits: undefined,
    drift: undefined,
    changes: undefined,
    findings: [],
    changeGroup: undefined,
    rolledBack: undefined,
    isLive: false,
    versionNumber: undefined,
  };
}

/** @param verdict what is known of the address */
export function blockedVerdict(verdict: Omit<Verdict, 'action' | 'reason'>, problem: Problem): Verdict {
  const blockedBy = { ...problem, subject: problem.subject ?? verdict.desired.address };
  return {
    ...verdict,
    action: 'blocked',
    reason: problem.message,
    blockedBy,
    awaits: undefined,
    rolledBack: undefined,
  };
}
