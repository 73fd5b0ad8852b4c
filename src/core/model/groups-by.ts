// Items by a key that is data: any text may be one, also `__proto__`. A key that looks like a number does not come first.

/** Items with the same key: at least one. */
export type Group<T> = readonly [T, ...T[]];

/** Groups in the order of their first items. */
export function groupsBy<T>(items: Iterable<T>, keyOf: (item: T) => unknown): readonly Group<T>[] {
  return [...groupMap(items, keyOf).values()];
}

/** The same, to look up. */
export function groupMap<T, K>(items: Iterable<T>, keyOf: (item: T) => K): ReadonlyMap<K, Group<T>> {
  const groups = new Map<K, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  }
  return groups;
}
