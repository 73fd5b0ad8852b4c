// Whether there is time enough for a plan: reported before the first write.

import type { Plan } from '../plan/plan.ts';
import type { Problem } from '../problem/problem.ts';

/** Something that ends while the run may still continue. */
export interface TimeLimit {
  /** For the message: "the ID token expires". */
  readonly what: string;
  /** Milliseconds since 1970, by this machine's clock. */
  readonly endsAt: number;
  /** What to do about it. */
  readonly hint: string;
}

/**
 * A warning for each limit that ends before the plan is expected to.
 * @param clock.now milliseconds since 1970, by this machine's clock
 * @param clock.speed how many times as fast as this machine's clock the service's clock runs
 */
export function timeProblems(
  plan: Plan,
  limits: readonly TimeLimit[],
  clock: { readonly now: number; readonly speed: number },
): readonly Problem[] {
  if (plan.expectedMinutes === undefined) return [];
  const endsAt = clock.now + (plan.expectedMinutes * 60_000) / clock.speed;
  return limits
    .filter((limit) => limit.endsAt < endsAt)
    .map((limit) => ({
      code: 'deadline-at-risk',
      severity: 'warning',
      message: `the plan takes about ${span(endsAt - clock.now)}, but ${limit.what} in ${span(limit.endsAt - clock.now)}`,
      hint: { text: limit.hint },
    }));
}

function span(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
