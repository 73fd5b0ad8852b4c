// Whether a person has to look at a change before it is merged.
import type { Report } from '../events/report.ts';

/** While there is a loosened setting, a tenant that is removed, a blocked address, or an error. */
export function mustBeAnswered({ plan, review, problems }: Report): boolean {
  return (
    plan?.settingsChanges.some(({ loosened }) => loosened) === true ||
    plan?.addresses.some(({ blockedBy }) => blockedBy !== undefined) === true ||
    (review?.tenants.removed.length ?? 0) > 0 ||
    problems.some(({ severity }) => severity === 'error')
  );
}
