// The values of a profile's files while they are tidied, and what they merge to.
import { hasSameText } from '../document/equality.ts';
import { valueAt } from '../document/json-pointer.ts';
import type { Value } from '../model/value.ts';
import { mergeLayer } from '../render/merge-layers.ts';
import { isLocked, type ProfileTree } from './profile-tree.ts';

export class LayerValues {
  readonly #tree: ProfileTree;
  readonly #values = new Map<string, Value | undefined>();

  constructor(tree: ProfileTree) {
    this.#tree = tree;
    for (const [path, { value }] of tree.files) this.#values.set(path, value);
  }

  get(file: string): Value | undefined {
    return this.#values.get(file);
  }

  set(file: string, value: Value | undefined): void {
    this.#values.set(file, value);
  }

  /** Whether a value may be moved into or out of the file at this pointer. */
  mayMove(file: string, pointer: string): boolean {
    const found = this.#tree.files.get(file);
    return found?.edits === 'all' && !isLocked(found.locked, pointer);
  }

  has(file: string, pointer: string): boolean {
    return valueAt(this.get(file), pointer) !== undefined;
  }

  merge(inherited: Value | undefined, override: Value | undefined): Value | undefined {
    return override === undefined ? inherited : mergeLayer(inherited, override, this.#tree.settings);
  }

  /** What the template gives to an environment. */
  shared(environment: string): Value | undefined {
    const file = this.#tree.environments.get(environment);
    return this.merge(this.get(this.#tree.template), file === undefined ? undefined : this.get(file));
  }

  changed(): ReadonlyMap<string, Value | undefined> {
    return new Map([...this.#values].filter(([path, value]) => !isSameText(value, this.#tree.files.get(path)?.value)));
  }
}

/** Absent is a value. */
export function isSameText(a: Value | undefined, b: Value | undefined): boolean {
  return a === undefined || b === undefined ? a === b : hasSameText(a, b);
}
