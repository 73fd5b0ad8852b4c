// "did you mean": hints for names that do not exist.
import { distance } from 'fastest-levenshtein';
import type { Hint } from './hint.ts';

/**
 * What to do about a name that does not exist.
 * @param otherwise where no name is similar; without it the names that exist are listed
 */
export function suggest(name: string, names: readonly string[], otherwise: Hint = { text: available(names) }): Hint {
  const near = nearest(name, names);
  return near === undefined ? otherwise : { text: `did you mean "${near}"?` };
}

/** The most similar of some names; undefined where none is similar enough for a typo. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((candidate) => ({ candidate, edits: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= Math.ceil(name.length / 3))
    .sort((a, b) => a.edits - b.edits);
  return best?.candidate;
}

/** `available: a, b` */
export function available(names: readonly string[]): string {
  return names.length === 0 ? 'there is none' : `available: ${listNames(names)}`;
}

/** At most ten names, and an ellipsis where there are more. */
export function listNames(names: readonly string[]): string {
  return `${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`;
}
