// Where each value of a rendered configuration comes from.
import { pointerTo, valueAt } from '../document/json-pointer.ts';
import { type Redactor, redactionMark } from '../document/redact.ts';
import { canonicalText, lineText } from '../document/write-json.ts';
import type { SourcePosition } from '../model/source-position.ts';
import { entriesOf, hasKey, isList, isMap, memberOf, type Value, type ValueMap } from '../model/value.ts';
import type { ListStrategy, ProfileSettings } from '../settings/settings.ts';
import type { SourceDocument } from './layers.ts';
import { locateSource } from './locate-source.ts';
import { type MergeMismatch, mergeLayer } from './merge-layers.ts';
import { replaceVariables, variablesIn } from './variables.ts';

/** One value of a rendered configuration and the layers that set it. */
export interface ExplainedValue {
  /** JSON Pointer. */
  readonly path: string;
  /** JSON on one line, or the redaction mark; undefined if the most specific layer deletes the key. */
  readonly value: string | undefined;
  /** Where the layer sets it whose value counts. */
  readonly source: SourcePosition | undefined;
  /** What less specific layers set, most specific first. */
  readonly overrode: readonly { readonly value: string; readonly source: SourcePosition }[];
  /** The variables that were replaced in it. */
  readonly variables?: readonly ExplainedVariable[];
  /** `deleted`, or how the list that contains the value was combined. */
  readonly note?: string;
}

export interface ExplainedVariable {
  readonly name: string;
  readonly value: string;
  readonly source: SourcePosition;
}

export interface ExplainOptions {
  /** A variable's value and its source at the address; absent where the profile has no variables. */
  readonly variable?: (name: string) => Omit<ExplainedVariable, 'name'> | undefined;
  readonly profile: ProfileSettings;
  readonly redact: Redactor;
  /** Selects the value at the pointer, those below it, and those that contain it. Empty: all values. */
  readonly pointer: string;
  /** Called with what cannot be merged, and the layers up to the one that was being merged. */
  readonly onMismatch?: (mismatch: MergeMismatch, layers: readonly SourceDocument[]) => void;
}

/**
 * Explains all values that are not maps. A list is one value; if several layers make it, each item is one.
 * @param layers of one address, least specific first.
 * @returns in the order of the rendered text, then the deleted values. Empty if there is no value at the pointer.
 */
export function explain(layers: readonly SourceDocument[], options: ExplainOptions): readonly ExplainedValue[] {
  const { profile, pointer } = options;
  const withValue = layers.filter((layer) => layer.value !== undefined);
  const merging = profile.merge === 'replace' ? withValue.slice(-1) : withValue;
  const value = mergeAll(merging, options);
  if (value === undefined) return [];
  const explaining: Explaining = { ...options, values: [], deleted: [] };
  const setBy = merging.toReversed().map((layer) => ({ layer, pointer: '', value: layer.value as Value }));
  explainValue(value, { pointer: '', setBy }, explaining);
  const exists = valueAt(value, pointer) !== undefined;
  return [...explaining.values, ...explaining.deleted].filter(
    ({ path }) => isAtOrBelow(path, pointer) || (exists && isAtOrBelow(pointer, path)),
  );
}

function mergeAll(layers: readonly SourceDocument[], { profile, onMismatch }: ExplainOptions): Value | undefined {
  let value: Value | undefined;
  for (const [index, layer] of layers.entries()) {
    const merged = layers.slice(0, index + 1);
    value = mergeLayer(value, layer.value as Value, {
      ...profile,
      onMismatch: (mismatch) => onMismatch?.(mismatch, merged),
    });
  }
  return value;
}

function isAtOrBelow(pointer: string, above: string): boolean {
  return pointer === above || pointer.startsWith(`${above}/`);
}

/** A value that one layer sets, and its pointer in that layer. */
interface LayerValue {
  readonly layer: SourceDocument;
  readonly pointer: string;
  readonly value: Value;
}

/** A pointer of the rendered configuration, and the layers that set a value there, most specific first. */
interface SetValue {
  readonly pointer: string;
  readonly setBy: readonly LayerValue[];
}

interface Explaining extends ExplainOptions {
  readonly values: ExplainedValue[];
  readonly deleted: ExplainedValue[];
}

function explainValue(value: Value, subject: SetValue, into: Explaining): void {
  if (isMap(value)) {
    explainMap(value, subject, into);
    return;
  }
  const strategy = into.profile.lists.get(subject.pointer);
  const lists = takeWhile(subject.setBy, (set) => isList(set.value));
  if (strategy === undefined || !isList(value) || lists.length < 2) {
    into.values.push(explained(value, subject, into));
    return;
  }
  const note = `combined by ${typeof strategy === 'string' ? strategy : strategy.by}`;
  for (const [index, setBy] of layersOfItems(strategy, lists).entries()) {
    const item: Explaining = { ...into, values: [] };
    explainValue(value[index] as Value, { pointer: pointerTo(subject.pointer, index), setBy }, item);
    for (const itemValue of item.values) into.values.push({ ...itemValue, note });
  }
}

function explainMap(value: ValueMap, subject: SetValue, into: Explaining): void {
  // A layer that sets something other than a map replaces all less specific layers.
  const maps = takeWhile(subject.setBy, (set) => isMap(set.value));
  const memberSubject = (key: string): SetValue => ({
    pointer: pointerTo(subject.pointer, key),
    setBy: maps.flatMap((set) => {
      const member = isMap(set.value) ? memberOf(set.value, key) : undefined;
      return member === undefined ? [] : [{ ...set, pointer: pointerTo(set.pointer, key), value: member }];
    }),
  });
  const entries = entriesOf(value);
  if (entries.length === 0) into.values.push(explained(value, subject, into));
  for (const [key, member] of entries) explainValue(member, memberSubject(key), into);
  if (into.profile.null === 'keep') return;
  const keys = new Set(maps.flatMap((set) => (isMap(set.value) ? entriesOf(set.value) : [])).map(([key]) => key));
  for (const key of keys) if (!hasKey(value, key)) explainDeletion(memberSubject(key), into);
}

/** Of several layers that set null, the least specific one deleted the value: the others had nothing left to delete. */
function explainDeletion(subject: SetValue, into: Explaining): void {
  const nulls = takeWhile(subject.setBy, (set) => set.value === null).length;
  if (nulls === 0 || nulls === subject.setBy.length) return;
  const deletion = explained(null, { ...subject, setBy: subject.setBy.slice(nulls - 1) }, into);
  into.deleted.push({ ...deletion, value: undefined, note: 'deleted' });
}

function explained(
  value: Value,
  { pointer, setBy }: SetValue,
  { redact, variable }: Pick<ExplainOptions, 'redact' | 'variable'>,
): ExplainedValue {
  const [setter, ...overridden] = setBy;
  const replaced = variable === undefined ? value : replaceVariables(value, (name) => variable(name)?.value);
  const isHidden = redact.covers(pointer) || redact.apply(replaced, pointer) !== replaced;
  const variables = variable === undefined || isHidden ? [] : variablesOf(value, variable);
  return {
    path: pointer,
    value: shown(replaced, pointer, redact),
    source: setter === undefined ? undefined : locateSource(setter.layer, setter.pointer),
    overrode: overridden.map((set) => ({
      value: shown(set.value, pointer, redact),
      source: locateSource(set.layer, set.pointer),
    })),
    ...(variables.length === 0 ? {} : { variables }),
  };
}

function variablesOf(value: Value, variable: NonNullable<ExplainOptions['variable']>): readonly ExplainedVariable[] {
  return (variablesIn(value) ?? []).flatMap((name) => {
    const known = variable(name);
    return known === undefined ? [] : [{ name, ...known }];
  });
}

/**
 * For each item of a combined list, the layers that set it, most specific first. Items are in the order of the combined
 * list: this mirrors list-strategies.ts.
 * @param lists most specific first.
 */
function layersOfItems(strategy: ListStrategy, lists: readonly LayerValue[]): readonly (readonly LayerValue[])[] {
  if (strategy === 'prepend') return lists.flatMap(itemsOf).map((item) => [item]);
  const leastSpecificFirst = lists.toReversed();
  if (strategy === 'append') return leastSpecificFirst.flatMap(itemsOf).map((item) => [item]);
  const identity = ({ value }: LayerValue): string =>
    canonicalText(typeof strategy === 'object' && isMap(value) ? (memberOf(value, strategy.by) ?? value) : value);
  const items: LayerValue[][] = [];
  const byIdentity = new Map<string, LayerValue[]>();
  for (const [index, list] of leastSpecificFirst.entries()) {
    for (const item of itemsOf(list)) {
      const known = byIdentity.get(identity(item));
      if (known !== undefined && index > 0) {
        if (strategy !== 'union') known.unshift(item);
        continue;
      }
      const setBy = [item];
      items.push(setBy);
      byIdentity.set(identity(item), setBy);
    }
  }
  return items;
}

function itemsOf({ layer, pointer, value }: LayerValue): readonly LayerValue[] {
  return isList(value) ? value.map((item, index) => ({ layer, pointer: pointerTo(pointer, index), value: item })) : [];
}

function takeWhile<T>(items: readonly T[], holds: (item: T) => boolean): readonly T[] {
  const end = items.findIndex((item) => !holds(item));
  return end === -1 ? items : items.slice(0, end);
}

function shown(value: Value, pointer: string, redact: Redactor): string {
  return redact.covers(pointer) ? redactionMark : lineText(redact.apply(value, pointer));
}
