// What an override does that its author may not have meant: values that disappear, change their kind, or have another key.
import type { MemberSets } from '../document/document-notes.ts';
import { identityOf } from '../document/equality.ts';
import { pointerTo } from '../document/json-pointer.ts';
import { isList, isMap, isNumber, keyOfProperty, memberOf, type Value, type ValueMap } from '../model/value.ts';
import { areSimilar } from '../problem/similar.ts';
import type { ProfileSettings } from '../settings/settings.ts';

export type Kind = 'map' | 'list' | 'string' | 'number' | 'boolean';

/** `pointer`: in the override. `inherited`: of what it concerns in the less specific layers. */
export type OverrideFinding = { readonly pointer: string; readonly inherited: string } & (
  | { readonly type: 'bare-key' }
  | { readonly type: 'kind'; readonly from: Kind; readonly to: Kind }
  | { readonly type: 'key'; readonly similar: string }
);

export interface FindingOptions extends Pick<ProfileSettings, 'lists' | 'merge' | 'null'> {
  /** Keys of the override that have no value. */
  readonly bareKeys: MemberSets | undefined;
}

/** Comparisons of keys for one override: a map with thousands of new keys is a table, in which some are always similar. */
const mostComparisons = 100_000;

/** Whether the result must not be deployed. */
export function isError({ type, pointer }: OverrideFinding): boolean {
  return type === 'bare-key' || (type === 'kind' && pointer === '');
}

export function overrideFindings(
  inherited: Value | undefined,
  override: Value,
  options: FindingOptions,
): readonly OverrideFinding[] {
  if (inherited === undefined || inherited === override) return [];
  const walk = new Walk(options);
  if (options.merge === 'replace') walk.compareKinds(inherited, override);
  else walk.compare(inherited, override);
  return walk.findings;
}

/** Pointers are built only for what is found: most overrides have nothing to report. */
class Walk {
  readonly findings: OverrideFinding[] = [];
  readonly #options: FindingOptions;
  readonly #path: (string | number)[] = [];
  /** The list whose items are merged, if any: the items of the layers have other indexes. */
  #list: string | undefined;
  #comparisons = 0;

  constructor(options: FindingOptions) {
    this.#options = options;
  }

  compare(inherited: Value, override: Value): void {
    if (isMap(inherited) && isMap(override)) this.#compareMaps(inherited, override);
    else if (!this.#compareLists(inherited, override)) this.compareKinds(inherited, override);
  }

  compareKinds(inherited: Value, override: Value): void {
    const from = kindOf(inherited);
    const to = kindOf(override);
    if (from === undefined || to === undefined || from === to) return;
    const isQuoted = from === 'number' && typeof override === 'string' && /^-?[0-9]+(?:\.[0-9]+)?$/.test(override);
    const areScalars = !isCollection(from) && !isCollection(to);
    if (!areScalars || isQuoted) this.#add({ type: 'kind', from, to });
  }

  #compareMaps(inherited: ValueMap, override: ValueMap): void {
    const bareKeys = this.#options.null === 'delete' ? this.#options.bareKeys?.get(override) : undefined;
    for (const property of Object.keys(override)) {
      const from = inherited[property];
      const to = override[property] as Value;
      if (from === to && to !== null) continue;
      if (from === undefined) {
        if (to !== null) this.#compareKeys(inherited, property);
        continue;
      }
      // Most overrides replace a scalar by one of the same type.
      if (typeof from === typeof to && typeof to !== 'object') continue;
      this.#path.push(keyOfProperty(property));
      if (to !== null) this.compare(from, to);
      else if (bareKeys?.has(keyOfProperty(property))) this.#add({ type: 'bare-key' });
      this.#path.pop();
    }
  }

  /** Whether both are lists whose items are merged, or which the settings combine: other kinds there are a mismatch. */
  #compareLists(inherited: Value, override: Value): boolean {
    const { lists } = this.#options;
    if (lists.size === 0 || this.#list !== undefined) return false;
    const pointer = this.#pointer();
    const strategy = lists.get(pointer);
    if (strategy === undefined) return false;
    if (typeof strategy !== 'object' || !isList(inherited) || !isList(override)) return true;
    const idOf = (item: Value) => {
      const id = isMap(item) ? memberOf(item, strategy.by) : undefined;
      return id === undefined ? undefined : identityOf(id);
    };
    const items = new Map(inherited.map((item) => [idOf(item), item]));
    this.#list = pointer;
    for (const [index, item] of override.entries()) {
      const id = idOf(item);
      const known = id === undefined ? undefined : items.get(id);
      this.#path.push(index);
      if (known !== undefined) this.compare(known, item);
      this.#path.pop();
    }
    this.#list = undefined;
    return true;
  }

  #compareKeys(inherited: ValueMap, property: string): void {
    const key = keyOfProperty(property);
    for (const other of Object.keys(inherited)) {
      this.#comparisons += 1;
      if (this.#comparisons > mostComparisons) return;
      const similar = keyOfProperty(other);
      if (!areSimilar(key, similar)) continue;
      const map = this.#pointer();
      const at = this.#list ?? pointerTo(map, similar);
      this.findings.push({ type: 'key', similar, pointer: pointerTo(map, key), inherited: at });
      return;
    }
  }

  #add(found: { readonly type: 'bare-key' } | { readonly type: 'kind'; readonly from: Kind; readonly to: Kind }): void {
    const pointer = this.#pointer();
    this.findings.push({ ...found, pointer, inherited: this.#list ?? pointer });
  }

  #pointer(): string {
    return this.#path.reduce<string>(pointerTo, '');
  }
}

/** Undefined for null, which stands for any kind. */
function kindOf(value: Value): Kind | undefined {
  if (value === null) return undefined;
  if (isMap(value)) return 'map';
  if (isList(value)) return 'list';
  if (isNumber(value)) return 'number';
  return typeof value === 'string' ? 'string' : 'boolean';
}

function isCollection(kind: Kind): boolean {
  return kind === 'map' || kind === 'list';
}
