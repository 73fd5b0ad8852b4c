// Where each value of a rendered configuration comes from.

import { pointerTo, valueAt } from '../document/json-pointer.ts';
import { type Redactor, redactionMark } from '../document/redact.ts';
import { canonicalText, lineText } from '../document/write-json.ts';
import type { SourcePosition } from '../model/source-position.ts';
import { entriesOf, hasKey, isList, isMap, memberOf, type Value, type ValueMap } from '../model/value.ts';
import type { ListStrategy, ProfileSettings } from '../settings/settings.ts';
import type { SourceDocument } from './layers.ts';
import { sourceIn } from './locate-source.ts';
import { type MergeMismatch, mergeLayer } from './merge-layers.ts';

export interface ExplainOptions {
  readonly profile: ProfileSettings;
  readonly redact: Redactor;
  /** What stands there and below, and what holds it; all of it, where it is empty. */
  readonly pointer: string;
  /** Told what cannot be merged, with the layers up to the one that was merged. */
  readonly onMismatch?: (mismatch: MergeMismatch, layers: readonly SourceDocument[]) => void;
}

/**
 * The values that are no maps: lists as a whole, but item by item where several layers make one.
 * @param layers of one address, weakest first.
 * @returns in the order of the rendered text, then what was deleted. Empty where nothing stands at the pointer.
 */
export function explain(layers: readonly SourceDocument[], options: ExplainOptions): readonly ExplainedValue[] {
  const { profile, pointer, onMismatch } = options;
  const speaking = layers.filter((layer) => layer.value !== undefined);
  const counting = profile.merge === 'replace' ? speaking.slice(-1) : speaking;
  let value: Value | undefined;
  for (const [index, layer] of counting.entries()) {
    const merged = counting.slice(0, index + 1);
    value = mergeLayer(value, layer.value as Value, profile, (mismatch) => onMismatch?.(mismatch, merged));
  }
  if (value === undefined) return [];
  const explaining: Explaining = { ...options, values: [], deleted: [] };
  const mentions = counting.toReversed().map((layer) => ({ layer, pointer: '', value: layer.value as Value }));
  explainValue(value, { pointer: '', mentions }, explaining);
  const isThere = valueAt(value, pointer) !== undefined;
  return [...explaining.values, ...explaining.deleted].filter(
    ({ path }) => isAtOrBelow(path, pointer) || (isThere && isAtOrBelow(pointer, path)),
  );
}

function isAtOrBelow(pointer: string, above: string): boolean {
  return pointer === above || pointer.startsWith(`${above}/`);
}

/** What one layer says of a value, and where in that layer. */
interface Mention {
  readonly layer: SourceDocument;
  readonly pointer: string;
  readonly value: Value;
}

/** A place in the rendered configuration, and the layers that speak of it, strongest first. */
interface Spot {
  readonly pointer: string;
  readonly mentions: readonly Mention[];
}

interface Explaining extends ExplainOptions {
  readonly values: ExplainedValue[];
  readonly deleted: ExplainedValue[];
}

function explainValue(value: Value, at: Spot, into: Explaining): void {
  if (isMap(value)) {
    explainMap(value, at, into);
    return;
  }
  const strategy = into.profile.lists.get(at.pointer);
  const lists = whileTrue(at.mentions, (mention) => isList(mention.value));
  if (strategy === undefined || !isList(value) || lists.length < 2) {
    into.values.push(explained(value, at, into.redact));
    return;
  }
  const note = `combined by ${typeof strategy === 'string' ? strategy : strategy.by}`;
  for (const [index, mentions] of itemMentions(strategy, lists).entries()) {
    const item: Explaining = { ...into, values: [] };
    explainValue(value[index] as Value, { pointer: pointerTo(at.pointer, index), mentions }, item);
    into.values.push(...item.values.map((itemValue) => ({ ...itemValue, note })));
  }
}

function explainMap(value: ValueMap, at: Spot, into: Explaining): void {
  // A layer that says something else than a map cuts the weaker ones off.
  const maps = whileTrue(at.mentions, (mention) => isMap(mention.value));
  const spotOf = (key: string): Spot => ({
    pointer: pointerTo(at.pointer, key),
    mentions: maps.flatMap((mention) => {
      const member = isMap(mention.value) ? memberOf(mention.value, key) : undefined;
      return member === undefined ? [] : [{ ...mention, pointer: pointerTo(mention.pointer, key), value: member }];
    }),
  });
  const entries = entriesOf(value);
  if (entries.length === 0) into.values.push(explained(value, at, into.redact));
  for (const [key, member] of entries) explainValue(member, spotOf(key), into);
  if (into.profile.null === 'keep') return;
  const spoken = new Set(
    maps.flatMap((mention) => (isMap(mention.value) ? entriesOf(mention.value) : [])).map(([key]) => key),
  );
  for (const key of spoken) if (!hasKey(value, key)) explainDeletion(spotOf(key), into);
}

/** The weakest of the nulls that begin the mentions took the value away; those above it had nothing to delete. */
function explainDeletion(at: Spot, into: Explaining): void {
  const nulls = whileTrue(at.mentions, (mention) => mention.value === null).length;
  if (nulls === 0 || nulls === at.mentions.length) return;
  const { value: _null, ...told } = explained(null, { ...at, mentions: at.mentions.slice(nulls - 1) }, into.redact);
  into.deleted.push({ ...told, value: undefined, note: 'deleted' });
}

function explained(value: Value, at: Spot, redact: Redactor): ExplainedValue {
  const { pointer, mentions } = at;
  const [setter, ...overridden] = mentions;
  return {
    path: pointer,
    value: shown(value, pointer, redact),
    source: setter === undefined ? undefined : sourceIn(setter.layer, setter.pointer),
    overrode: overridden.map((mention) => ({
      value: shown(mention.value, pointer, redact),
      source: sourceIn(mention.layer, mention.pointer),
    })),
  };
}

/**
 * Of each item of a combined list, who speaks of it. The order is that of combining the lists; see merge.ts.
 * @param lists strongest first.
 */
function itemMentions(strategy: ListStrategy, lists: readonly Mention[]): readonly (readonly Mention[])[] {
  if (strategy === 'append')
    return lists
      .toReversed()
      .flatMap(itemsOf)
      .map((item) => [item]);
  if (strategy === 'prepend') return lists.flatMap(itemsOf).map((item) => [item]);
  const identity = ({ value }: Mention): string =>
    canonicalText(typeof strategy === 'object' && isMap(value) ? (memberOf(value, strategy.by) ?? value) : value);
  const items: Mention[][] = [];
  const places = new Map<string, Mention[]>();
  for (const [layer, list] of lists.toReversed().entries()) {
    for (const item of itemsOf(list)) {
      const known = places.get(identity(item));
      if (known !== undefined && layer > 0) {
        if (strategy !== 'union') known.unshift(item);
        continue;
      }
      const mentions = [item];
      items.push(mentions);
      places.set(identity(item), mentions);
    }
  }
  return items;
}

function itemsOf({ layer, pointer, value }: Mention): readonly Mention[] {
  return isList(value) ? value.map((item, index) => ({ layer, pointer: pointerTo(pointer, index), value: item })) : [];
}

function whileTrue<T>(items: readonly T[], holds: (item: T) => boolean): readonly T[] {
  const end = items.findIndex((item) => !holds(item));
  return end === -1 ? items : items.slice(0, end);
}

function shown(value: Value, pointer: string, redact: Redactor): string {
  return redact.covers(pointer) ? redactionMark : lineText(redact.apply(value, pointer));
}

/** One value of a rendered configuration and where it comes from. */
export interface ExplainedValue {
  /** JSON Pointer. */
  readonly path: string;
  /** JSON text on one line, or the redaction mark; undefined where the strongest layer deleted the key. */
  readonly value: string | undefined;
  /** The layer that set it. */
  readonly source: SourcePosition | undefined;
  /** What weaker layers said, strongest first. */
  readonly overrode: readonly { readonly value: string; readonly source: SourcePosition }[];
  readonly note?: string;
}
