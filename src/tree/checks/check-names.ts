// Names of tenants, environments and configuration profiles that AppConfig does not accept, or that look like others.

import { globOfName } from '../../core/model/globs.ts';
import { longestNames } from '../../core/model/service-limits.ts';
import { mixedAlphabets } from '../../core/problem/confusables.ts';
import { codePoint, comparableName, looksOf, nameFault } from '../../core/problem/names.ts';
import type { Problem } from '../../core/problem/problem.ts';

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

/** What may deceive in a name that AppConfig accepts: alphabets that are mixed, or characters that globs give a meaning. */
export function nameDoubt(name: string, kind: NamedKind): Required<Pick<Problem, 'message' | 'hint'>> | undefined {
  // The common case.
  if (/^[\w .-]*$/.test(name)) return undefined;
  const mixed = mixedAlphabets(name);
  if (mixed !== undefined) {
    const { letter, alphabet } = mixed;
    return {
      message: `the ${kind} name "${name}" mixes Latin and ${alphabet} letters: "${letter}" (U+${codePoint(letter)})`,
      hint: { text: 'rename it, with letters of one alphabet' },
    };
  }
  const [special] = /^!|[*?[\]{},]/.exec(name) ?? [];
  if (special === undefined) return undefined;
  return {
    message: `the ${kind} name "${name}" has "${special}", which is special in globs`,
    hint: { text: `rename it; until then it is selected as ${globOfName(name).replaceAll(',', '?')}` },
  };
}

/** Tenants that look the same, or whose applications do. */
export function tenantCollisions(
  tenants: readonly string[],
  applicationOf: (tenant: string) => string,
): readonly Problem[] {
  const entries = tenants.map((name) => ({ name, path: `tenants/${name}` }));
  const found = collisionProblems('tenants', entries);
  const reported = new Set(found.map(({ source }) => source?.file));
  const others = entries.filter(({ path }) => !reported.has(path));
  return [...found, ...collisionProblems('applications of the tenants', others, applicationOf)];
}

/**
 * Names that differ only in case, Unicode form or alphabet: AppConfig accepts both, but file systems and users confuse them.
 * @param kind of all of them, in the plural
 * @param nameOf the application of a tenant
 */
export function collisionProblems(
  kind: string,
  entries: readonly NamedEntry[],
  nameOf: (name: string) => string = (name) => name,
): readonly Problem[] {
  const seen = new Map<string, string>();
  return entries.flatMap(({ name, path }): Problem[] => {
    const looks = looksOf(nameOf(name));
    const other = looks.map((look) => seen.get(look)).find((each) => each !== undefined && each !== name);
    for (const look of looks) seen.set(look, name);
    if (other === undefined) return [];
    const [one, two] = [nameOf(other), nameOf(name)];
    const isSpelling = comparableName(one) === comparableName(two);
    const isOther = two !== name || one !== other;
    const how =
      one === two
        ? `have the same name "${one}"`
        : isSpelling
          ? 'differ only in case or Unicode form'
          : 'look the same, with letters of two alphabets';
    const what =
      isOther && one !== two
        ? `applications "${one}" (${other}) and "${two}" (${name})`
        : `${kind} "${other}" and "${name}"`;
    return [
      {
        code: 'name-collision',
        severity: 'error',
        message: `the ${what} ${how}`,
        hint: { text: isOther ? 'change applicationName of one of them' : 'rename one of them' },
        source: { file: path },
      },
    ];
  });
}
