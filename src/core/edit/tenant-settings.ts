// The settings that name one tenant, for a tenant that is made like it, or without it.
import { isDeepStrictEqual } from 'node:util';
import { locateValues, parseDocument } from '../document/parse-yaml.ts';
import { globOfName, isLiteralName, nameOfGlob } from '../model/globs.ts';
import { isSelected } from '../model/selection.ts';
import { formatSource } from '../model/source-position.ts';
import { entriesOf, isList, isMap, mapOf, memberOf, type Value, type ValueMap } from '../model/value.ts';
import { isOneName } from '../settings/application-name.ts';
import { editInPlace } from './edit-document.ts';

const path = 'appcfg.yml';

/** The lists of globs of tenants in appcfg.yml: which member of which list of entries. */
const tenantGlobs = [
  { list: 'tenants', member: 'match' },
  { list: 'waves', member: 'tenants' },
] as const;

/** The entries that one becomes. */
type ChangeEntry = (of: {
  readonly entry: ValueMap;
  readonly globs: readonly string[];
  readonly member: string;
  /** The entry after it. */
  readonly next: Value | undefined;
}) => readonly Value[];

/**
 * The text of appcfg.yml with which the entries that select `like` select `name`, too.
 * @returns undefined where it cannot be changed without losing a comment
 */
export function textWithTenant(
  text: string,
  tenant: { readonly like: string; readonly name: string },
): string | undefined {
  const changed = changedText(text, ({ entry, globs, member, next }) => {
    if (!isNameOfOne(entry)) return [withGlobs(entry, member, { globs, after: globsWithTenant(globs, tenant) })];
    const copy = isSelected(tenant.like, globs) ? copyFor(entry, tenant.name) : undefined;
    return copy === undefined || isDeepStrictEqual(next, copy) ? [entry] : [entry, copy];
  });
  return changed !== undefined && commentsOf(text).every((comment) => changed.includes(comment)) ? changed : undefined;
}

/**
 * The text of appcfg.yml in which no glob names the tenant; an entry for it alone is gone. Undefined: it cannot be changed. An entry
 * with `applicationName` stays: without it, a cleanup would not find the application.
 */
export function textWithoutTenant(text: string, name: string): string | undefined {
  return changedText(text, ({ entry, globs, member }) => {
    const after = applicationNameIn(entry) === undefined ? globsWithoutTenant(globs, name) : globs;
    return after === undefined ? [] : [withGlobs(entry, member, { globs, after })];
  });
}

/** One entry after the other: the text around each stays. */
function changedText(text: string, change: ChangeEntry): string | undefined {
  let changed: string | undefined = text;
  let after = nextSettings(settingsIn(text), change);
  while (changed !== undefined && after !== undefined) {
    changed = editInPlace(changed, after, { path });
    after = changed === undefined ? undefined : nextSettings(settingsIn(changed), change);
  }
  return changed;
}

/** @throws never: text that cannot be read has no value */
function settingsIn(text: string): Value | undefined {
  return parseDocument(text, { path }).value;
}

function commentsOf(text: string): readonly string[] {
  return text.match(/(?<=^|\s)#.*$/gm) ?? [];
}

/** An entry of a list of the settings. */
export interface FoundEntry {
  /** `/tenants/0`. */
  readonly pointer: string;
  /** `appcfg.yml:14`. */
  readonly position: string;
}

function foundEntry(text: string, pointer: string): FoundEntry {
  const line = locateValues(text).get(pointer)?.line;
  return { pointer, position: formatSource({ file: path, ...(line !== undefined && { line }) }) };
}

/** Where the settings treat the two tenants differently, and which of the two each entry selects. */
export function differingEntries(
  text: string,
  { like, name }: { readonly like: string; readonly name: string },
): readonly (FoundEntry & { readonly selects: 'like' | 'name' })[] {
  const settings = settingsIn(text) ?? null;
  return tenantGlobs.flatMap(({ list, member }) =>
    entriesIn(settings, list).flatMap((entry, index) => {
      // Each tenant has an application of its own.
      if (isNameOfOne(entry)) return [];
      const globs = globsIn(entry, member);
      if (globs === undefined || isSelected(like, globs) === isSelected(name, globs)) return [];
      return [{ ...foundEntry(text, `/${list}/${index}`), selects: isSelected(like, globs) ? 'like' : 'name' }];
    }),
  );
}

/** What else an entry sets, for a tenant whose application is named as those of most; undefined: nothing. */
function copyFor(entry: ValueMap, tenant: string): Value | undefined {
  const others = entriesOf(entry).filter(([key]) => key !== 'match' && key !== 'applicationName');
  return others.length === 0 ? undefined : mapOf([['match', globOfName(tenant)], ...others]);
}

/** Whether an entry has the name of one application, which no second tenant can have. */
function isNameOfOne(entry: Value): boolean {
  const name = applicationNameIn(entry);
  return name !== undefined && isOneName(name);
}

function applicationNameIn(entry: Value): string | undefined {
  const name = isMap(entry) ? memberOf(entry, 'applicationName') : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** The entries that name both a tenant and its application. `isAlone`: they name no other tenant. */
export function entriesWithApplication(
  text: string,
  tenant: string,
): readonly (FoundEntry & { readonly isAlone: boolean })[] {
  return entriesIn(settingsIn(text) ?? null, 'tenants').flatMap((entry, index) => {
    const globs = globsIn(entry, 'match') ?? [];
    if (applicationNameIn(entry) === undefined || !globs.some((glob) => names(glob, '', tenant))) return [];
    return [{ ...foundEntry(text, `/tenants/${index}`), isAlone: globs.length === 1 }];
  });
}

function globsWithTenant(
  globs: readonly string[],
  { like, name }: { readonly like: string; readonly name: string },
): readonly string[] {
  if (isSelected(like, globs) === isSelected(name, globs)) return globs;
  // An entry that excludes the one excludes the other.
  const sign = isSelected(like, globs) ? '' : '!';
  const at = globs.findIndex((glob) => names(glob, sign, like));
  if (sign === '!' && at < 0) return globs;
  return globs.toSpliced(at < 0 ? globs.length : at + 1, 0, sign + globOfName(name));
}

/** Undefined: the entry was for this tenant alone. */
function globsWithoutTenant(globs: readonly string[], name: string): readonly string[] | undefined {
  const left = globs.filter((glob) => !names(glob, '', name) && !names(glob, '!', name));
  const isPositive = (glob: string) => !glob.startsWith('!');
  // Exclusions alone would select all other tenants.
  if (globs.some(isPositive)) return left.some(isPositive) ? left : undefined;
  return left.length === 0 ? ['*'] : left;
}

function names(glob: string, sign: '' | '!', name: string): boolean {
  if (glob.startsWith('!') !== (sign === '!')) return false;
  const bare = glob.slice(sign.length);
  return bare === name || (isLiteralName(bare) && nameOfGlob(bare) === name);
}

/** The settings with one more entry changed; undefined where all are. */
function nextSettings(settings: Value | undefined, change: ChangeEntry): Value | undefined {
  if (!isMap(settings)) return undefined;
  for (const { list, member } of tenantGlobs) {
    const entries = entriesIn(settings, list);
    for (const [index, entry] of entries.entries()) {
      const globs = globsIn(entry, member);
      if (globs === undefined || !isMap(entry)) continue;
      const after = change({ entry, globs, member, next: entries[index + 1] });
      if (isDeepStrictEqual(after, [entry])) continue;
      const left = entries.toSpliced(index, 1, ...after);
      return left.length > 0
        ? withMember(settings, list, left)
        : mapOf(entriesOf(settings).filter(([key]) => key !== list));
    }
  }
  return undefined;
}

function withGlobs(
  entry: ValueMap,
  member: string,
  { globs, after }: { readonly globs: readonly string[]; readonly after: readonly string[] },
): ValueMap {
  return isDeepStrictEqual(after, globs) ? entry : withMember(entry, member, after);
}

function withMember(map: ValueMap, key: string, value: Value): ValueMap {
  return mapOf(entriesOf(map).map(([name, member]) => [name, name === key ? value : member]));
}

/** One glob counts as a list of one. Undefined: the entry has none, and so selects all. */
function globsIn(entry: Value, member: string): readonly string[] | undefined {
  const value = isMap(entry) ? memberOf(entry, member) : undefined;
  if (typeof value === 'string') return [value];
  return isList(value) ? value.filter((each) => typeof each === 'string') : undefined;
}

function entriesIn(settings: Value, list: string): readonly Value[] {
  const entries = isMap(settings) ? memberOf(settings, list) : undefined;
  return isList(entries) ? entries : [];
}
