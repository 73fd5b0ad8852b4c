// Values that are compared many times: equal ones are one object, which knows how many leaves it has.
import { canonicalText } from '../document/write-json.ts';
import { entriesOf, isMap, mapOf, type Value } from '../model/value.ts';

/** A value, or a part of one. Two parts are the same object if they have the same content. */
export interface Part {
  readonly value: Value;
  /** Undefined: a leaf, that is, a scalar, a list or an empty map; or a value that is not taken apart. */
  readonly members: ReadonlyMap<string, Part> | undefined;
  readonly leaves: number;
  /** Whether it is a null, or a map with one: in most files a null deletes. */
  readonly hasNull: boolean;
  /** The order of the parts: less for one that was made earlier. */
  readonly order: number;
  /** Canonical text, worked out once: parts are sorted by it. */
  readonly canonical: string;
}

/** The number of leaves of a file. */
export function leavesOf(value: Value): number {
  if (!isMap(value)) return 1;
  const members = entriesOf(value);
  return members.length === 0 ? 1 : members.reduce((leaves, [, member]) => leaves + leavesOf(member), 0);
}

/** Makes the parts of one configuration profile. */
export class Parts {
  readonly #known = new Map<string, Part>();

  of(value: Value): Part {
    const entries = isMap(value) ? entriesOf(value) : [];
    return entries.length === 0 ? this.#leaf(value) : this.map(entries.map(([key, member]) => [key, this.of(member)]));
  }

  /** A value that is not taken apart. */
  whole(value: Value): Part {
    const leaves = leavesOf(value);
    const canonical = canonicalText(value);
    return this.#once(`whole ${canonical}`, (order) => {
      return { value, members: undefined, leaves, hasNull: false, order, canonical };
    });
  }

  /** Undefined where there are no members. */
  mapIfAny(members: readonly (readonly [string, Part])[]): Part | undefined {
    return members.length === 0 ? undefined : this.map(members);
  }

  /** @param members at least one */
  map(members: readonly (readonly [string, Part])[]): Part {
    const key = members
      .map(([name, { order }]) => `${JSON.stringify(name)}${order}`)
      .sort()
      .join();
    return this.#once(`{${key}`, (order) => ({
      value: mapOf(members.map(([name, { value }]) => [name, value])),
      members: new Map(members),
      leaves: members.reduce((leaves, [, member]) => leaves + member.leaves, 0),
      hasNull: members.some(([, { hasNull }]) => hasNull),
      order,
    }));
  }

  #leaf(value: Value): Part {
    const key = typeof value === 'string' ? `"${value}` : `=${canonicalText(value)}`;
    return this.#once(key, (order) => ({ value, members: undefined, leaves: 1, hasNull: value === null, order }));
  }

  #once(key: string, make: (order: number) => Omit<Part, 'canonical'> & Partial<Part>): Part {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = make(this.#known.size);
    let { canonical } = made;
    const part = {
      ...made,
      get canonical() {
        canonical ??= canonicalText(made.value);
        return canonical;
      },
    };
    this.#known.set(key, part);
    return part;
  }
}
