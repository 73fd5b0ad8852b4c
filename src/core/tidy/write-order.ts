// The order in which tidied files are written: after each of them every address has the same
// digest, so that a run that ends there has changed nothing that is deployed.
import { entriesOf, isMap, memberOf, propertyOfKey, type Value } from '../model/value.ts';
import { isSameText } from './layer-values.ts';
import type { ProfileTree } from './profile-tree.ts';

export interface FileStep {
  readonly file: string;
  readonly value: Value | undefined;
}

/**
 * The last step of each file has the value of `files` itself. First everything that is set, from the most specific layer to the least: what an address is to keep is in its own files before
 * what it inherits changes. Then everything that is removed, the other way round.
 */
export function writeOrder(tree: ProfileTree, files: ReadonlyMap<string, Value | undefined>): readonly FileStep[] {
  const order = [
    tree.template,
    ...tree.environments.values(),
    ...tree.tenants.map(({ file }) => file),
    ...tree.tenants.flatMap(({ environments }) => [...environments.values()]),
  ].filter((file) => files.has(file));
  const both = new Map(
    order.map((file) => {
      const together = union(tree.files.get(file)?.value, files.get(file));
      return [file, isSameText(together, files.get(file)) ? files.get(file) : together];
    }),
  );
  const set = order.toReversed().filter((file) => !isSameText(both.get(file), tree.files.get(file)?.value));
  const removed = order.filter((file) => !isSameText(files.get(file), both.get(file)));
  return [
    ...set.map((file) => ({ file, value: both.get(file) })),
    ...removed.map((file) => ({ file, value: files.get(file) })),
  ];
}

/** Everything that one of them sets; of what both set, the second. */
function union(before: Value | undefined, after: Value | undefined): Value | undefined {
  if (after === undefined) return before;
  if (!isMap(before) || !isMap(after)) return after;
  const members: Record<string, Value> = { ...before };
  for (const [key, value] of entriesOf(after)) {
    members[propertyOfKey(key)] = union(memberOf(before, key), value) as Value;
  }
  return members;
}
