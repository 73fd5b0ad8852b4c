// What `appcfg doctor` looks at, and what it found.
import type { AccountRegionId } from '../model/account-region.ts';
import type { Hint } from '../problem/hint.ts';
import type { Problem } from '../problem/problem.ts';

export interface Check {
  /** What was checked: `Node`, `credentials`, `StartDeployment`. */
  readonly name: string;
  /** `not-checkable`: no harmless call shows it. */
  readonly result: 'ok' | 'fault' | 'not-checkable';
  /** What was found. Lower case, no final period. */
  readonly detail: string;
  /** What fixes a fault. */
  readonly hint?: Hint;
  /** Where, in a run over several. */
  readonly accountRegion?: AccountRegionId | undefined;
  /** It is one permission of many. */
  readonly isPermission?: boolean;
}

/** A problem of another command as the fault of a check. */
export function faultOf(name: string, { message, hint, source }: Problem): Check {
  const where = source === undefined ? '' : `${source.file}${source.line === undefined ? '' : `:${source.line}`}: `;
  // Elsewhere the hint is to run what runs already.
  const isSelf = hint.command !== undefined && 'run' in hint.command && hint.command.run === 'doctor';
  return { name, result: 'fault', detail: `${where}${message}`, hint: isSelf ? { text: hint.text } : hint };
}
