// What can be wrong, and the one error class.
import type { AccountRegionId } from '../model/account-region.ts';
import type { Subject } from '../model/address.ts';
import type { SourcePosition } from '../model/source-position.ts';
import type { Hint } from './hint.ts';
import { type ExitCode, exitsBySeriousness, type ProblemCode, problemCodes } from './problem-codes.ts';

export interface Problem {
  readonly code: ProblemCode;
  readonly severity: 'error' | 'warning';
  /** Lower case, no final period; quotes the offending value. */
  readonly message: string;
  /** What to do; where possible a command to paste. */
  readonly hint?: Hint;
  /** The file that causes it. */
  readonly source?: SourcePosition;
  /** What it concerns. */
  readonly subject?: Subject;
  /** Where it concerns that. */
  readonly accountRegion?: AccountRegionId;
}

/** What a problem has besides code, severity and message. */
export type ProblemDetails = Pick<Problem, 'hint' | 'source' | 'subject' | 'accountRegion'>;

/** The one error class: ends a command with problems to tell the user. */
export class AppcfgError extends Error {
  readonly problems: readonly [Problem, ...Problem[]];

  constructor(problems: readonly [Problem, ...Problem[]], options?: ErrorOptions) {
    super(problems[0].message, options);
    this.name = 'AppcfgError';
    this.problems = problems;
  }
}

/** An error, ready to be thrown. */
export function failure(code: ProblemCode, message: string, details: ProblemDetails = {}): AppcfgError {
  return new AppcfgError([{ code, severity: 'error', message, ...details }]);
}

/** The exit code for a set of problems: the most serious one's; 0 when there is no error among them. */
export function exitCodeOf(problems: readonly Problem[]): ExitCode {
  const exits = new Set<ExitCode>(problems.filter((p) => p.severity === 'error').map((p) => problemCodes[p.code].exit));
  return exitsBySeriousness.find((exit) => exits.has(exit)) ?? 0;
}
