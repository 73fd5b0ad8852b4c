// Overrides that are equal to what they override.
import { ancestors, pointerTo } from '../document/json-pointer.ts';
import { canonicalText, lineText } from '../document/write-json.ts';
import { entriesOf, isList, isMap, memberOf, type Value } from '../model/value.ts';
import type { Problem } from '../problem/problem.ts';
import type { ProfileSettings } from '../settings/settings.ts';
import type { SourceDocument } from './layers.ts';
import { combineTwoLists } from './list-strategies.ts';
import { locateSource } from './locate-source.ts';

export interface RedundantOverride {
  readonly pointer: string;
  readonly message: string;
  readonly kind: 'repeats' | 'null';
}

const hints = {
  repeats: 'delete these lines: the result stays the same',
  null: 'check the key for typos, or delete this line',
} as const satisfies Record<RedundantOverride['kind'], string>;

/** The parts of an override that change nothing. Of nested parts only the outermost is listed. */
export function redundantOverrides(
  inherited: Value | undefined,
  override: Value,
  profile: Pick<ProfileSettings, 'lists' | 'merge' | 'null'>,
): RedundantOverride[] {
  if (inherited === undefined || profile.merge === 'replace') return [];
  const found: RedundantOverride[] = [];
  collectRedundant(inherited, override, { pointer: '', found, profile });
  return found;
}

/**
 * Warnings about the overrides of one file. A file of a tenant applies to several environments: an override in it is
 * redundant only if it is redundant in each of them.
 * @param byEnvironment the redundant overrides in each environment that the file applies to.
 */
export function redundancyProblems(
  document: SourceDocument,
  byEnvironment: readonly (readonly RedundantOverride[])[],
): Problem[] {
  const [first = [], ...others] = byEnvironment;
  if (first.length === 0) return [];
  const pointersElsewhere = others.map((overrides) => new Set(overrides.map(({ pointer }) => pointer)));
  return first
    .filter(({ pointer }) => {
      const above = ancestors(pointer);
      return pointersElsewhere.every((pointers) => above.some((at) => pointers.has(at)));
    })
    .map(({ pointer, message, kind }) => ({
      code: 'override-redundant',
      severity: 'warning',
      message,
      hint: { text: hints[kind] },
      source: locateSource(document, pointer),
    }));
}

interface Collecting {
  readonly pointer: string;
  readonly found: RedundantOverride[];
  readonly profile: Pick<ProfileSettings, 'lists' | 'null'>;
}

/** @returns whether all of the override at this pointer is redundant. It then replaces its parts in the list, except nulls. */
function collectRedundant(inherited: Value | undefined, override: Value, into: Collecting): boolean {
  const { pointer, found } = into;
  const start = found.length;
  const redundancy = redundancyOf(inherited, override, into);
  if (redundancy === undefined) return false;
  // A null that deletes nothing is most often a typo in its key: it is reported by itself.
  if (found.slice(start).some(({ kind }) => kind === 'null')) return true;
  found.length = start;
  found.push({ pointer, ...redundancy });
  return true;
}

/** Why all of the override is redundant; undefined if some of it is not, after collecting the parts that are. */
function redundancyOf(
  inherited: Value | undefined,
  override: Value,
  into: Collecting,
): Omit<RedundantOverride, 'pointer'> | undefined {
  const { pointer, found, profile } = into;
  if (override === null && profile.null === 'delete') {
    return inherited === undefined
      ? { kind: 'null', message: `null at ${pointer} deletes nothing: the key is not inherited` }
      : undefined;
  }
  if (isMap(override)) {
    // Where no map is inherited, the map itself is a change, but a null in it still deletes nothing.
    const target = isMap(inherited) ? inherited : undefined;
    let hasEffect = target === undefined;
    for (const [key, member] of entriesOf(override)) {
      const at = { pointer: pointerTo(pointer, key), found, profile };
      if (!collectRedundant(target && memberOf(target, key), member, at)) hasEffect = true;
    }
    return hasEffect ? undefined : repeats(pointer);
  }
  if (inherited === undefined) return undefined;
  const strategy = profile.lists.get(pointer);
  if (strategy !== undefined && isList(override) && isList(inherited)) {
    const result = combineTwoLists(inherited, override, {
      pointer,
      strategy,
      null: profile.null,
      onMismatch: () => {},
    });
    return result.length === inherited.length && lineText(result) === lineText(inherited)
      ? { kind: 'repeats', message: `${pointer} adds nothing to the inherited list` }
      : undefined;
  }
  return isSame(inherited, override) ? repeats(pointer) : undefined;
}

/** Values of types other than object are the same only if they are identical: the fast path. */
function isSame(a: Value, b: Value): boolean {
  return a === b || ((typeof a === 'object' || typeof b === 'object') && canonicalText(a) === canonicalText(b));
}

function repeats(pointer: string): Omit<RedundantOverride, 'pointer'> {
  const message = pointer === '' ? 'the whole file repeats inherited values' : `${pointer} repeats the inherited value`;
  return { kind: 'repeats', message };
}
