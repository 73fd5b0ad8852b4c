// What a document's text shows and its value does not: noted for few documents, by the maps of the value.
import type { ValueMap } from '../model/value.ts';
import { hasSecret } from '../secrets/find-secrets.ts';

/** Keys by their map, which is compared by identity. */
export type MemberSets = ReadonlyMap<ValueMap, ReadonlySet<string>>;

export interface DocumentNotes {
  /** Keys without a value: they are null, and nothing in the text is. */
  readonly bareKeys: MemberSets;
  /** Members that have an anchor or an alias, or come from a merge key: their lines are part of other values, too. */
  readonly shared: MemberSets;
  /** Members with the comment that keeps a redundant override out of reports. */
  readonly kept: MemberSets;
  /** Whether a string has the form of a secret, if its key is one of a secret. */
  readonly hasSecrets: boolean;
}

/** On the line of a key. */
export const keepComment = /#\s*appcfg: keep\b/;

/** Collects the notes of a document. */
export class NoteTaker {
  #bareKeys: Map<ValueMap, Set<string>> | undefined;
  #shared: Map<ValueMap, Set<string>> | undefined;
  #kept: Map<ValueMap, Set<string>> | undefined;
  #hasSecrets = false;

  noteBareKey(map: ValueMap, key: string): void {
    this.#bareKeys ??= new Map();
    add(this.#bareKeys, map, key);
  }

  /** @param from the map of a merge key that has the member */
  noteMerged(map: ValueMap, key: string, from: ValueMap): void {
    if (this.#bareKeys?.get(from)?.has(key)) this.noteBareKey(map, key);
    this.noteShared(map, key);
  }

  noteShared(map: ValueMap, key: string): void {
    this.#shared ??= new Map();
    add(this.#shared, map, key);
  }

  noteKept(map: ValueMap, key: string): void {
    this.#kept ??= new Map();
    add(this.#kept, map, key);
  }

  noteString(text: string): void {
    this.#hasSecrets ||= hasSecret(text, undefined);
  }

  /** Undefined where there is nothing to note. */
  notes(): DocumentNotes | undefined {
    if ((this.#bareKeys ?? this.#shared ?? this.#kept) === undefined && !this.#hasSecrets) return undefined;
    return {
      bareKeys: this.#bareKeys ?? new Map(),
      shared: this.#shared ?? new Map(),
      kept: this.#kept ?? new Map(),
      hasSecrets: this.#hasSecrets,
    };
  }
}

function add(sets: Map<ValueMap, Set<string>>, map: ValueMap, key: string): void {
  const keys = sets.get(map);
  if (keys === undefined) sets.set(map, new Set([key]));
  else keys.add(key);
}
