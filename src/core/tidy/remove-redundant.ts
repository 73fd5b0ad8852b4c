// The redundant overrides of a profile's files, removed.
import type { MemberSets } from '../document/document-notes.ts';
import { stepsOf, valueAt } from '../document/json-pointer.ts';
import { withoutValue } from '../edit/place-value.ts';
import { isMap, type Value, type ValueMap } from '../model/value.ts';
import { redundantEverywhere, redundantOverrides } from '../render/redundant-overrides.ts';
import { isSameText, type LayerValues } from './layer-values.ts';
import { isLocked, type Lock, type ProfileTree } from './profile-tree.ts';
import type { Removal } from './tidy-profile.ts';

/** Removes those that the list of redundant overrides has, where what the file gives stays the same in each of its environments. */
export function removeRedundant(tree: ProfileTree, layers: LayerValues): readonly Removal[] {
  const removals: Removal[] = [];
  const remove = (file: string, inherited: () => readonly (Value | undefined)[]) =>
    removals.push(...removeFrom(file, { inherited, tree, layers }));
  for (const [, file] of tree.environments) remove(file, () => [layers.get(tree.template)]);
  for (const { file, environments } of tree.tenants) {
    remove(file, () => [...environments.keys()].map((environment) => layers.shared(environment)));
    for (const [environment, leaf] of environments) {
      remove(leaf, () => [layers.merge(layers.shared(environment), layers.get(file))]);
    }
  }
  return removals;
}

interface Removing {
  readonly inherited: () => readonly (Value | undefined)[];
  readonly tree: ProfileTree;
  readonly layers: LayerValues;
}

function removeFrom(file: string, { inherited: inheritedBy, tree, layers }: Removing): readonly Removal[] {
  const found = tree.files.get(file);
  if (found === undefined || found.edits === 'none' || layers.get(file) === undefined) return [];
  const inherited = inheritedBy();
  const removals: Removal[] = [];
  for (let before = -1; before < removals.length; ) {
    before = removals.length;
    const value = layers.get(file);
    if (value === undefined) break;
    const kept = membersAt(value, found.locked, ['kept', 'stuck']);
    const shared = membersAt(value, found.locked, ['shared']);
    const byEnvironment = inherited.map((each) => {
      const merged = layers.merge(each, value) as Value;
      return redundantOverrides(each, value, { ...tree.settings, merged, kept, shared });
    });
    for (const { pointer } of redundantEverywhere(byEnvironment)) {
      const current = layers.get(file);
      const left = withoutValue(current, stepsOf(pointer), 'stay');
      const isSame = inherited.every((each) => isSameText(layers.merge(each, left), layers.merge(each, current)));
      if (!isSame || (pointer !== '' && isLocked(found.locked, pointer))) continue;
      layers.set(file, left);
      removals.push({ file, pointer });
    }
  }
  return removals;
}

/** The members that are locked so, by their maps. */
function membersAt(value: Value, locked: ReadonlyMap<string, Lock>, by: readonly Lock[]): MemberSets {
  const members = new Map<ValueMap, Set<string>>();
  for (const [pointer, lock] of locked) {
    if (!by.includes(lock)) continue;
    const map = valueAt(value, pointer.slice(0, pointer.lastIndexOf('/')));
    const key = stepsOf(pointer).at(-1);
    if (isMap(map) && key !== undefined) members.set(map, (members.get(map) ?? new Set<string>()).add(key));
  }
  return members;
}
