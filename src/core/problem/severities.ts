// The severities of warnings, as the settings change them.
import type { Problem } from './problem.ts';
import type { ProblemCode } from './problem-codes.ts';

export type SeveritySetting = 'off' | 'warn' | 'error';

/** By code; only of warnings. */
export type Severities = ReadonlyMap<ProblemCode, SeveritySetting>;

/** The problem as the settings want it; undefined where they silence it. An error stays one, also of a code that has warnings. */
export function adjusted(problem: Problem, severities: Severities): Problem | undefined {
  const setting = problem.severity === 'warning' ? severities.get(problem.code) : undefined;
  if (setting === 'off') return undefined;
  return setting === 'error' ? { ...problem, severity: 'error' } : problem;
}
