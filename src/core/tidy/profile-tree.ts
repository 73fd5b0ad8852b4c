// The files of one configuration profile, as values, and which of them each address is merged from.
import { ancestors, pointerTo } from '../document/json-pointer.ts';
import type { ParsedDocument } from '../document/parse-yaml.ts';
import { entriesOf, isMap, type Value } from '../model/value.ts';
import type { ProfileSettings } from '../settings/settings.ts';

/** Why something stays: a comment keeps it, its lines are part of other values, too, or they cannot be removed alone. */
export type Lock = 'kept' | 'shared' | 'stuck';

export interface TidyFile {
  /** Undefined: there is no file, or it overrides nothing. */
  readonly value: Value | undefined;
  /** Pointers of what has to stay as it is, and why: lines that are part of other values, too, can go with the whole file. */
  readonly locked: ReadonlyMap<string, Lock>;
  /** What may be done to it: `removals` of what is redundant alone. */
  readonly edits: 'all' | 'removals' | 'none';
}

export interface TidyTenant {
  /** Of its file for all environments. */
  readonly file: string;
  /** Its other files by environment: of all that it has. */
  readonly environments: ReadonlyMap<string, string>;
}

/** Files are named by their paths; each has an entry, also one that does not exist. */
export interface ProfileTree {
  readonly settings: Pick<ProfileSettings, 'lists' | 'merge' | 'null'>;
  readonly files: ReadonlyMap<string, TidyFile>;
  readonly template: string;
  /** The template's other files by environment: of all that a tenant has. */
  readonly environments: ReadonlyMap<string, string>;
  /** Those that have the profile. */
  readonly tenants: readonly TidyTenant[];
}

/** What must not be moved: it has the comment that keeps it, or its lines are part of other values, too. */
export function lockedPointers({ value, notes }: Pick<ParsedDocument, 'value' | 'notes'>): ReadonlyMap<string, Lock> {
  const locked = new Map<string, Lock>();
  if (notes === undefined) return locked;
  const visit = (at: Value | undefined, pointer: string) => {
    if (!isMap(at)) return;
    for (const [key, member] of entriesOf(at)) {
      const below = pointerTo(pointer, key);
      if (notes.kept.get(at)?.has(key)) locked.set(below, 'kept');
      else if (notes.shared.get(at)?.has(key)) locked.set(below, 'shared');
      else visit(member, below);
    }
  };
  visit(value, '');
  return locked;
}

/** Whether a change at the pointer would change what is locked. */
export function isLocked(locked: ReadonlyMap<string, Lock>, pointer: string): boolean {
  if (locked.size === 0) return false;
  return (
    ancestors(pointer).some((at) => locked.has(at)) || [...locked.keys()].some((at) => at.startsWith(`${pointer}/`))
  );
}
