// Overrides that are equal to what they override.
import type { MemberSets } from '../document/document-notes.ts';
import { hasSameText } from '../document/equality.ts';
import { ancestors, pointerTo, stepsOf } from '../document/json-pointer.ts';
import { isList, isMap, keyOfProperty, memberOf, type Value } from '../model/value.ts';
import type { Problem } from '../problem/problem.ts';
import type { ProfileSettings } from '../settings/settings.ts';
import type { SourceDocument } from './layers.ts';
import { locateSource } from './locate-source.ts';

export interface RedundantOverride {
  readonly pointer: string;
  readonly message: string;
  readonly kind: 'repeats' | 'null';
  /** What can be deleted of the file so that the result stays the same; undefined: the result needs this line. */
  readonly removable: string | undefined;
}

interface RedundancyOptions extends Pick<ProfileSettings, 'lists' | 'null'> {
  /** Members of the override whose lines are part of other values, too. */
  readonly shared?: MemberSets | undefined;
  /** Members that are not to be reported. */
  readonly kept?: MemberSets | undefined;
  readonly merged: Value;
}

/**
 * The parts of an override that change nothing. Of nested parts only the outermost is listed.
 * @param options.merged the result of merging it
 */
export function redundantOverrides(
  inherited: Value | undefined,
  override: Value,
  options: RedundancyOptions & Pick<ProfileSettings, 'merge'>,
): RedundantOverride[] {
  if (inherited === undefined || options.merge === 'replace') return [];
  const found: RedundantOverride[] = [];
  collectRedundant(inherited, override, { pointer: '', found, options });
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
  const [, ...others] = byEnvironment;
  return redundantEverywhere(byEnvironment).map((redundant) => ({
    code: 'override-redundant',
    severity: 'warning',
    message: redundant.message,
    hint: { text: hintOf(redundant, others) },
    source: locateSource(document, redundant.pointer),
  }));
}

/** The same overrides, to be counted: their positions are not worked out. */
export function redundantEverywhere(
  byEnvironment: readonly (readonly RedundantOverride[])[],
): readonly RedundantOverride[] {
  const [first = [], ...others] = byEnvironment;
  return first.filter(({ pointer }) => others.every((overrides) => coversPart(overrides, pointer)));
}

/** One problem for all redundant overrides of a tree. */
export function countOfRedundant({
  overrides,
  files,
}: {
  readonly overrides: number;
  readonly files: number;
}): Problem {
  const what = overrides === 1 ? '1 override is' : `${overrides.toLocaleString('en')} overrides are`;
  const where = files === 1 ? '1 file' : `${files.toLocaleString('en')} files`;
  return {
    code: 'override-redundant',
    severity: 'warning',
    message: `${what} redundant, in ${where}`,
    count: overrides,
    hint: { text: 'list them', command: { run: 'tidy', args: ['-v'] } },
  };
}

/** Whether a part of an override is, or is in, one of these parts. */
function coversPart(parts: readonly RedundantOverride[], pointer: string): boolean {
  if (parts.length === 0) return false;
  const above = ancestors(pointer);
  return parts.some((part) => above.includes(part.pointer));
}

function hintOf(
  { pointer, kind, removable }: RedundantOverride,
  others: readonly (readonly RedundantOverride[])[],
): string {
  const isRemovable = (part: string) =>
    others.every((overrides) =>
      overrides.some((other) => {
        const above = ancestors(part);
        return (
          above.includes(other.removable ?? ' ') || (other.removable !== undefined && above.includes(other.pointer))
        );
      }),
    );
  if (removable === undefined || !isRemovable(removable)) {
    return kind === 'null'
      ? 'check the key for typos; for an empty map write {}'
      : 'the result needs this line for the map that it is in';
  }
  const what = removable === pointer ? 'this line' : removable === '' ? 'all lines of the file' : `all of ${removable}`;
  if (kind === 'null') return `check the key for typos, or delete ${what}`;
  return `delete ${removable === pointer ? 'these lines' : what}: the result stays the same`;
}

interface Collecting {
  readonly pointer: string;
  readonly found: RedundantOverride[];
  readonly options: RedundancyOptions;
}

/** @returns whether all of the override at this pointer is redundant. It then replaces its parts in the list, except nulls. */
function collectRedundant(inherited: Value | undefined, override: Value, into: Collecting): boolean {
  const { pointer, found } = into;
  const start = found.length;
  const redundancy = redundancyOf(inherited, override, into);
  if (redundancy === undefined) return false;
  // A null that deletes nothing is most often a typo in its key: it is reported by itself. Its lines go with those around them:
  // a map without any line is null.
  if (found.slice(start).some(({ kind }) => kind === 'null')) {
    for (let index = start; index < found.length; index += 1) {
      found[index] = { ...(found[index] as RedundantOverride), removable: pointer };
    }
    return true;
  }
  found.length = start;
  found.push({ pointer, ...redundancy, removable: pointer });
  return true;
}

/** Why all of the override is redundant; undefined if some of it is not, after collecting the parts that are. */
function redundancyOf(
  inherited: Value | undefined,
  override: Value,
  into: Collecting,
): Pick<RedundantOverride, 'kind' | 'message'> | undefined {
  const { pointer, found, options } = into;
  if (override === null && options.null === 'delete') {
    return inherited === undefined
      ? { kind: 'null', message: `null at ${pointer} has no effect: the key is not inherited` }
      : undefined;
  }
  if (isMap(override)) {
    // Where no map is inherited, the map itself is a change, but a null in it still deletes nothing.
    const target = isMap(inherited) ? inherited : undefined;
    const start = found.length;
    const shared = options.shared?.get(override);
    const kept = options.kept?.get(override);
    let hasEffect = false;
    for (const property of Object.keys(override)) {
      const key = keyOfProperty(property);
      // Lines that are part of other values, too, are not redundant; all lines of a file may be.
      const isShared = shared?.has(key) === true;
      const isKept = kept?.has(key) === true;
      const at = { pointer: pointerTo(pointer, key), found: isShared || isKept ? [] : found, options };
      const isRedundant = collectRedundant(target?.[property], override[property] as Value, at);
      if (!isRedundant || isKept || (isShared && pointer !== '')) hasEffect = true;
    }
    if (target !== undefined) return hasEffect ? undefined : repeats(pointer);
    // The last line of a new map makes it a map.
    if (!hasEffect) for (let index = start; index < found.length; index += 1) found[index] = needed(found[index]);
    return undefined;
  }
  if (inherited === undefined) return undefined;
  const strategy = options.lists.get(pointer);
  if (strategy !== undefined && isList(override) && isList(inherited)) {
    const result = partAt(options.merged, pointer);
    return result !== undefined && hasSameText(result, inherited)
      ? { kind: 'repeats', message: `${pointer} adds nothing to the inherited list` }
      : undefined;
  }
  return hasSameText(inherited, override) ? repeats(pointer) : undefined;
}

function needed(redundant: RedundantOverride | undefined): RedundantOverride {
  return { ...(redundant as RedundantOverride), removable: undefined };
}

function partAt(value: Value, pointer: string): Value | undefined {
  return stepsOf(pointer).reduce<Value | undefined>((at, step) => (isMap(at) ? memberOf(at, step) : undefined), value);
}

function repeats(pointer: string): Pick<RedundantOverride, 'kind' | 'message'> {
  const message = pointer === '' ? 'the whole file repeats inherited values' : `${pointer} repeats the inherited value`;
  return { kind: 'repeats', message };
}
