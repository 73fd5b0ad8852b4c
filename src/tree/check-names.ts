// Names of tenants, environments and configuration profiles that AppConfig does not accept, or that look like others.

import { longestNames } from '../core/model/service-limits.ts';
import { comparableName, nameFault } from '../core/problem/names.ts';
import type { Problem } from '../core/problem/problem.ts';

/** What has a name in the tree. AppConfig has applications for tenants. */
export type NamedKind = Exclude<keyof typeof longestNames, 'deploymentStrategy'> | 'tenant';

/** Something with a name, and where it is. */
export interface NamedEntry {
  readonly name: string;
  readonly path: string;
}

/**
 * Whether a name is one that AppConfig accepts and a reader recognises.
 * @param siblings the names beside it: a problem names the one that it looks like
 */
export function nameProblem(
  { name, path }: NamedEntry,
  kind: NamedKind,
  siblings: () => readonly string[] = () => [],
): Problem | undefined {
  const longest = kind === 'tenant' ? Number.POSITIVE_INFINITY : longestNames[kind];
  const length = name.length <= longest ? name.length : [...name].length;
  const fault = nameFault(name);
  if (length <= longest && fault === undefined) return undefined;
  const comparable = comparableName(name);
  const similar = siblings().find((other) => other !== name && comparableName(other) === comparable);
  const resembles = similar === undefined ? '' : `, and looks like "${similar}"`;
  return {
    code: 'name-invalid',
    severity: 'error',
    message:
      length > longest
        ? `the ${kind} name "${name.slice(0, 40)}…" has ${length} characters, which exceeds the limit of ${longest}`
        : `the ${kind} name "${name}" has ${fault}${resembles}`,
    hint: { text: 'rename it' },
    source: { file: path },
  };
}

/**
 * Names that differ only in case or Unicode form: AppConfig accepts both, but file systems and users confuse them.
 * @param kind of all of them, in the plural
 * @param comparableOf equal for names that look the same
 */
export function collisionProblems(
  kind: string,
  entries: readonly NamedEntry[],
  comparableOf: (name: string) => string = comparableName,
): readonly Problem[] {
  const seen = new Map<string, string>();
  return entries.flatMap(({ name, path }): Problem[] => {
    const comparable = comparableOf(name);
    const other = seen.get(comparable);
    seen.set(comparable, name);
    if (other === undefined || other === name) return [];
    return [
      {
        code: 'name-collision',
        severity: 'error',
        message: `the ${kind} "${other}" and "${name}" differ only in case or Unicode form`,
        hint: { text: 'rename one of them' },
        source: { file: path },
      },
    ];
  });
}
