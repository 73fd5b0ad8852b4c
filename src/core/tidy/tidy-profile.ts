// The files of a profile with fewer leaves that render to the same bytes. The layout stays: what repeats an inherited value goes,
// and what most repeat is moved into a less specific layer.
import { valueAt } from '../document/json-pointer.ts';
import type { Value } from '../model/value.ts';
import { isSameText, LayerValues } from './layer-values.ts';
import { Lifting, type Move } from './lift-values.ts';
import type { ProfileTree } from './profile-tree.ts';
import { removeRedundant } from './remove-redundant.ts';

export interface Removal {
  readonly file: string;
  /** Empty: the whole file. */
  readonly pointer: string;
}

export interface TidiedProfile {
  /** The values of the files that change; undefined: the file overrides nothing. */
  readonly files: ReadonlyMap<string, Value | undefined>;
  readonly removals: readonly Removal[];
  readonly moves: readonly Move[];
}

/** Removes and moves until neither finds anything. Each address is merged to the same text as before. */
export function tidyProfile(tree: ProfileTree): TidiedProfile {
  const layers = new LayerValues(tree);
  const lifting = new Lifting(tree, layers);
  const removals: Removal[] = [];
  const moves: Move[] = [];
  let found: number;
  do {
    const removed = removeRedundant(tree, layers);
    const moved = lifting.pass();
    removals.push(...removed);
    moves.push(...moved);
    found = removed.length + moved.length;
  } while (found > 0);
  // What moved may have brought back what was removed.
  const isGone = ({ file, pointer }: Removal) =>
    !isSameText(valueAt(layers.get(file), pointer), valueAt(tree.files.get(file)?.value, pointer));
  return { files: layers.changed(), removals: outermost(removals.filter(isGone)), moves };
}

function outermost(removals: readonly Removal[]): readonly Removal[] {
  const isInside = ({ file, pointer }: Removal) =>
    removals.some((other) => other.file === file && pointer.startsWith(`${other.pointer}/`));
  return removals.filter((removal) => !isInside(removal));
}
