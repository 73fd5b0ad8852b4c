import type { SourcePosition } from '../model/source-position.ts';
import type { Problem } from '../problem/problem.ts';
import type { SourceDocument } from './layers.ts';
import { locateInLayers, locateSource } from './locate-source.ts';
import type { MergeMismatch } from './merge-layers.ts';

/** @param layers of the profile, least specific first, up to the one that could not be merged. */
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
