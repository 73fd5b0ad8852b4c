// A problem, and the one error class.
import type { AccountRegionId } from '../model/account-region.ts';
import type { Subject } from '../model/address.ts';
import type { SourcePosition } from '../model/source-position.ts';
import type { Hint } from './hint.ts';
import { type ExitCode, exitCodesByPriority, type ProblemCode, problemCodes } from './problem-codes.ts';

export interface Problem {
  readonly code: ProblemCode;
  readonly severity: 'error' | 'warning';
  /** Lower case, no final period; quotes the offending value. */
  readonly message: string;
  /**
   * The message without what differs from address to address, such as the number of a deployment: problems that are otherwise equal are
   * one, with this message.
   */
  readonly common?: string;
  /** What to do; where possible with a command. There is no problem without it: a message leads somewhere. */
  readonly hint: Hint;
  /** What another program wrote, as it is part of the message: it may quote a content. */
  readonly quoted?: string;
  /** Sizes of contents, as they are part of the message: they reveal the length of a value. */
  readonly sizes?: string;
  /** It stands for so many: of its addresses, or of what is not listed. */
  readonly count?: number;
  /** The position in the tree that causes it. */
  readonly source?: SourcePosition;
  /** What it concerns in AppConfig or the tree; of several addresses, what they have in common. */
  readonly subject?: Subject;
  /** The first of the addresses that it concerns, where they are several; `count` is the number of all. */
  readonly addresses?: readonly Subject[];
  /** Where the subject is. */
  readonly accountRegion?: AccountRegionId;
}

/** What a problem has besides its code and its message. */
export type ProblemDetails = Pick<
  Problem,
  'common' | 'hint' | 'quoted' | 'sizes' | 'source' | 'subject' | 'accountRegion'
>;

/** Ends a command with problems that are reported to the user. */
export class AppcfgError extends Error {
  readonly problems: readonly [Problem, ...Problem[]];

  constructor(problems: readonly [Problem, ...Problem[]], options?: ErrorOptions) {
    super(problems[0].message, options);
    this.name = 'AppcfgError';
    this.problems = problems;
  }
}

/** An error with one problem, to be thrown. */
export function failure(code: ProblemCode, message: string, details: ProblemDetails): AppcfgError {
  return new AppcfgError([{ code, severity: 'error', message, ...details }]);
}

/** The exit code of the most serious error; 0 without errors. */
export function exitCodeOf(problems: readonly Problem[]): ExitCode {
  // A warning that the settings raise to an error is one of the tree.
  const exitOf = ({ code }: Problem): ExitCode => problemCodes[code].exit || 3;
  const exits = new Set<ExitCode>(problems.filter(({ severity }) => severity === 'error').map(exitOf));
  return exitCodesByPriority.find((exit) => exits.has(exit)) ?? 0;
}

/** Of an error that is a bug, all that helps to find its cause: the stack, and those of the causes. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? error.message;
  return error.cause === undefined ? stack : `${stack}\ncaused by: ${stackOf(error.cause)}`;
}
