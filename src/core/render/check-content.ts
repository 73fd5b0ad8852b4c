import { stepsOf, valueAt } from '../document/json-pointer.ts';
import { createRedactor } from '../document/redact.ts';
import { lineText } from '../document/write-json.ts';
import type { SourcePosition } from '../model/source-position.ts';
import { entriesOf, isMap, memberOf, type Value } from '../model/value.ts';
import type { Problem } from '../problem/problem.ts';
import type { SourceDocument } from './layers.ts';
import { sourceIn } from './locate-source.ts';
import type { MergeMismatch } from './merge-layers.ts';
import type { RedundantOverride } from './redundant-overrides.ts';

/** What cannot be combined. @param layers up to the one that was merged, weakest first. */
export function mismatchProblem(profile: string, layers: readonly SourceDocument[], mismatch: MergeMismatch): Problem {
  const [layer, ...weaker] = layers.toReversed();
  // An item's number in what was merged is not its number in one layer.
  const list = mismatch.pointer.replace(/\/[0-9]+$/, '');
  const place =
    mismatch.layer === 'weaker' ? placeOfValue(weaker.toReversed(), list) : layer && sourceIn(layer, mismatch.pointer);
  return {
    code: 'list-strategy-mismatch',
    severity: 'error',
    message: mismatch.message,
    hint: { text: `mend the file, or profiles.${profile}.lists in appcfg.yml` },
    ...(place === undefined ? {} : { source: place }),
  };
}

/** @param dead what of it is dead in each environment; a problem is what is dead in all of them. */
export function deadProblems(document: SourceDocument, dead: readonly (readonly RedundantOverride[])[]): Problem[] {
  const [first = [], ...others] = dead;
  if (first.length === 0) return [];
  const deadThere = others.map((overrides) => new Set(overrides.map(({ pointer }) => pointer)));
  const everywhere = first.filter(({ pointer }) => deadThere.every((pointers) => holdsOrCovers(pointers, pointer)));
  return everywhere.map(({ pointer, message }) => ({
    code: 'override-redundant',
    severity: 'warning',
    message,
    hint: { text: 'delete these lines: without them the result is the same' },
    source: sourceIn(document, pointer),
  }));
}

/** Whether a pointer, or one above it, is among some. */
function holdsOrCovers(pointers: ReadonlySet<string>, pointer: string): boolean {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    if (pointers.has(at)) return true;
    if (at === '') return false;
  }
}

/** AppConfig refuses other documents at the first deployment. Source: AppConfig User Guide, type reference for feature flags. */
export function flagProblems(value: Value, source: SourcePosition): Problem[] {
  const problem = (message: string): Problem => ({
    code: 'content-invalid',
    severity: 'error',
    message,
    hint: { text: 'a feature-flag document is { version: "1", flags: {…}, values: {…} }' },
    source,
  });
  if (!isMap(value)) return [problem('a feature-flag document is a map')];
  const unknown = entriesOf(value)
    .map(([key]) => key)
    .filter((key) => !['version', 'flags', 'values'].includes(key));
  return [
    ...(memberOf(value, 'version') === '1' ? [] : [problem('a feature-flag document needs version: "1"')]),
    ...unknown.map((key) => problem(`a feature-flag document has no "${key}"`)),
  ];
}

/** Where the strongest layer that has the value says it. */
export function placeOfValue(layers: readonly SourceDocument[], pointer: string): SourcePosition | undefined {
  const steps = stepsOf(pointer).length;
  for (let at = pointer, left = steps; left >= 0; at = at.slice(0, at.lastIndexOf('/')), left -= 1) {
    const layer = layers.findLast((document) => valueAt(document.value, at) !== undefined);
    if (layer !== undefined) return sourceIn(layer, at);
  }
  return undefined;
}

export function redactsSomething(value: Value, pattern: string): boolean {
  return lineText(createRedactor([pattern]).apply(value)) !== lineText(value);
}
