// The checks on a change: the setting of each, and what it stops where it is an error.
import type { Problem } from '../problem/problem.ts';
import { type ChangeCode, changeCodes } from '../problem/problem-codes.ts';
import type { SeveritySetting } from '../problem/severities.ts';
import type { ChangeChecks } from '../settings/settings.ts';

interface ChangeCheck {
  readonly setting: keyof ChangeChecks & ('emptied' | 'kind' | 'factor' | 'reach' | 'dormant');
  readonly reach: 'address' | 'run';
}

const table = {
  'change-emptied': { setting: 'emptied', reach: 'address' },
  'change-kind': { setting: 'kind', reach: 'address' },
  'change-factor': { setting: 'factor', reach: 'address' },
  'change-reach': { setting: 'reach', reach: 'run' },
  'change-dormant': { setting: 'dormant', reach: 'address' },
} as const satisfies Readonly<Record<ChangeCode, ChangeCheck>>;

/** The flag with which the user continues all the same. */
export const acknowledgeFlag = '--acknowledge';

export function levelOf(code: ChangeCode, checks: ChangeChecks): SeveritySetting {
  return checks[table[code].setting];
}

export function isOn(checks: ChangeChecks): boolean {
  return changeCodes.some((code) => levelOf(code, checks) !== 'off');
}

/** @param found without its severity. A check that is off finds nothing */
export function changeProblem(
  code: ChangeCode,
  found: Pick<Problem, 'message' | 'common' | 'source' | 'subject'>,
  checks: ChangeChecks,
): Problem {
  const isError = levelOf(code, checks) === 'error';
  const hint = isError
    ? { text: 'if that is intended', command: { run: 'same', args: [acknowledgeFlag, code] } as const }
    : { text: 'check that it is intended' };
  return { code, severity: isError ? 'error' : 'warning', hint, ...found };
}
