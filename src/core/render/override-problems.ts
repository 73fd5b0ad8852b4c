// The problems of merging an override, with the positions of both layers.
import { valueAt } from '../document/json-pointer.ts';
import { formatSource, type SourcePosition } from '../model/source-position.ts';
import { isList, isMap, type Value } from '../model/value.ts';
import type { Problem } from '../problem/problem.ts';
import type { SourceDocument } from './layers.ts';
import { locateInLayers, locateSource } from './locate-source.ts';
import type { MergeMismatch } from './merge-layers.ts';
import { isError, type OverrideFinding } from './override-findings.ts';

/**
 * @param layers of the profile, least specific first, up to the override
 * @returns undefined for a new key that a less specific layer has, and another one deletes
 */
export function overrideProblem(layers: readonly SourceDocument[], finding: OverrideFinding): Problem | undefined {
  const override = layers.at(-1);
  const inherited = layers.slice(0, -1);
  const { type, pointer } = finding;
  if (override === undefined) return undefined;
  if (type === 'key' && inherited.some(({ value }) => valueAt(value, pointer) !== undefined)) return undefined;
  const position = locateInLayers(inherited, finding.inherited);
  const { code, message, hint } = describe(finding, {
    at: position === undefined ? 'a less specific layer' : formatSource(position),
    value: valueAt(override.value, pointer),
  });
  const severity = isError(finding) ? 'error' : 'warning';
  return { code, severity, message, hint: { text: hint }, source: locateSource(override, pointer) };
}

/** @param context.at what the finding concerns: file and line. `value`: of the override */
function describe(
  finding: OverrideFinding,
  { at, value }: { readonly at: string; readonly value: Value | undefined },
): Pick<Problem, 'code' | 'message'> & { readonly hint: string } {
  const { type, pointer } = finding;
  switch (type) {
    case 'bare-key':
      return {
        code: 'null-implicit',
        message: `${pointer} has no value, and would delete the inherited value of ${at}`,
        hint: 'delete the line to keep the inherited value, or write null or ~ to delete it',
      };
    case 'kind': {
      const what = pointer === '' ? 'the whole configuration' : pointer;
      return {
        code: 'kind-changed',
        message: `${what} is a ${finding.from} in ${at}, and becomes a ${finding.to}`,
        hint: kindHint(finding, value),
      };
    }
    case 'key':
      return {
        code: 'key-suspicious',
        message: `${pointer} is a new key, similar to "${finding.similar}" in ${at}`,
        hint: `did you mean "${finding.similar}"?`,
      };
  }
}

function kindHint({ from, to, pointer }: Extract<OverrideFinding, { type: 'kind' }>, value: Value | undefined): string {
  if (typeof value === 'string' && /^[^\s:]+:\S/.test(value)) {
    return 'write a space after the colon: without it the line is a string, not a key with a value';
  }
  if (from === 'map' && isList(value) && value.length > 0 && value.every(isMap)) {
    return 'delete the dash before the key: with it the line is an item of a list';
  }
  if (from === 'number' && to === 'string') return 'delete the quotes to make it a number';
  // For a whole configuration that is an error, which no setting lowers.
  return pointer === '' ? `write a ${from}` : `write a ${from}, or make sure that all clients accept a ${to}`;
}

/**
 * The problem of lists that cannot be combined.
 * @param layers of the profile, least specific first, up to the one that could not be merged.
 */
export function mismatchProblem(profile: string, layers: readonly SourceDocument[], mismatch: MergeMismatch): Problem {
  const source = mismatchSource(layers, mismatch);
  return {
    code: 'list-strategy-mismatch',
    severity: 'error',
    message: mismatch.message,
    hint: { text: `fix the file, or profiles.${profile}.lists in appcfg.yml` },
    ...(source === undefined ? {} : { source }),
  };
}

function mismatchSource(layers: readonly SourceDocument[], mismatch: MergeMismatch): SourcePosition | undefined {
  const override = layers.at(-1);
  if (mismatch.layer === 'override') return override && locateSource(override, mismatch.pointer);
  // The index of an item in the merged list is not its index in the list of one layer: the list is located instead.
  return locateInLayers(layers.slice(0, -1), mismatch.list);
}
