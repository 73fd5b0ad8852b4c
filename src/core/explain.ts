// Where each value of a rendered configuration comes from.
import { lineText } from './content.ts';
import type { ExplainedValue } from './events.ts';
import { mergeLayer } from './merge.ts';
import { locate } from './parse.ts';
import { sourceAt } from './place.ts';
import { pointerTo, stepsOf, valueAt } from './pointer.ts';
import { type Redactor, redactionMark } from './redact.ts';
import type { ProfileSettings } from './settings.ts';
import type { SourceDocument } from './tree.ts';
import { entriesOf, isMap, type Value } from './value.ts';

export interface ExplainOptions {
  readonly profile: ProfileSettings;
  readonly redact: Redactor;
}

/** @param layers of one address, weakest first. Values in the order of the rendered text, then what was deleted. */
export function explain(layers: readonly SourceDocument[], options: ExplainOptions): readonly ExplainedValue[] {
  const { profile } = options;
  const speaking = layers.filter((layer) => layer.value !== undefined);
  const counting = profile.merge === 'replace' ? speaking.slice(-1) : speaking;
  const places = new Map(counting.map((layer) => [layer, locate(layer.text)]));
  const sourceOf = (layer: SourceDocument, pointer: string) =>
    sourceAt(layer.path, places.get(layer)?.get(pointer) ?? places.get(layer)?.get(''));
  let value: Value | undefined;
  for (const layer of counting) value = mergeLayer(value, layer.value as Value, profile);
  if (value === undefined) return [];

  const explained = leavesOf(value, '').map(([pointer, leaf]): ExplainedValue => {
    const [setter, ...overridden] = mentions(counting, pointer);
    const strategy = profile.lists.get(pointer);
    return {
      path: pointer,
      value: shown(leaf, pointer, options.redact),
      source: setter === undefined ? '' : sourceOf(setter.layer, pointer),
      overrode: overridden.map((mention) => ({
        value: shown(mention.value, pointer, options.redact),
        source: sourceOf(mention.layer, pointer),
      })),
      ...(strategy === undefined || overridden.length === 0
        ? {}
        : { note: `combined by ${typeof strategy === 'string' ? strategy : strategy.by}` }),
    };
  });
  return [
    ...explained,
    ...deletions(counting, value, options).map(({ layer, pointer }): ExplainedValue => {
      const [, ...overridden] = mentions(counting, pointer);
      return {
        path: pointer,
        value: undefined,
        source: sourceOf(layer, pointer),
        overrode: overridden.map((mention) => ({
          value: shown(mention.value, pointer, options.redact),
          source: sourceOf(mention.layer, pointer),
        })),
        note: 'deleted',
      };
    }),
  ];
}

/** Scalars, lists as a whole, and empty maps. */
function leavesOf(value: Value, pointer: string): [string, Value][] {
  if (!isMap(value)) return [[pointer, value]];
  const entries = entriesOf(value);
  if (entries.length === 0) return [[pointer, value]];
  return entries.flatMap(([key, member]) => leavesOf(member, pointerTo(pointer, key)));
}

/** The layers that say something at a pointer, strongest first, as far as no stronger one replaced what is above it. */
function mentions(
  layers: readonly SourceDocument[],
  pointer: string,
): readonly { readonly layer: SourceDocument; readonly value: Value }[] {
  const found: { layer: SourceDocument; value: Value }[] = [];
  for (const layer of layers.toReversed()) {
    const value = valueAt(layer.value, pointer);
    if (value !== undefined) found.push({ layer, value });
    if (replacesAbove(layer, pointer)) break;
  }
  return found;
}

function replacesAbove(layer: SourceDocument, pointer: string): boolean {
  let above = '';
  for (const step of stepsOf(pointer)) {
    const value = valueAt(layer.value, above);
    if (value !== undefined && !isMap(value)) return true;
    above = pointerTo(above, step);
  }
  return false;
}

/** Nulls that took away what a weaker layer says, and that no stronger layer gave back. */
function deletions(layers: readonly SourceDocument[], value: Value, options: ExplainOptions) {
  if (options.profile.null === 'keep') return [];
  const seen = new Set<string>();
  return layers.toReversed().flatMap((layer) =>
    leavesOf(layer.value as Value, '')
      .filter(([pointer, leaf]) => leaf === null && valueAt(value, pointer) === undefined && !seen.has(pointer))
      .map(([pointer]) => {
        seen.add(pointer);
        return { layer, pointer };
      }),
  );
}

function shown(value: Value, pointer: string, redact: Redactor): string {
  return redact.covers(pointer) ? redactionMark : lineText(redact.apply(value, pointer));
}
