// The parts of a problem that people read. The only place in this folder that knows how a problem keeps them.
import type { Problem } from '../../core/errors.ts';

/** `tenants/acme/prod/Limits.yml:3:5`, or an address; with the account and Region of the step that failed, if given. */
export function locationOf({ source }: Problem, accountRegion?: string): string | undefined {
  return accountRegion === undefined ? source : `${source ?? ''} in ${accountRegion}`.trim();
}

/** The location without line and column. */
export function fileOf(problem: Problem): string | undefined {
  return locationOf(problem)?.replace(/(:\d+)+$/, '');
}

export function hintOf({ hint }: Problem): string | undefined {
  return hint;
}
