// "… meant?"
import { distance } from 'fastest-levenshtein';

/** The nearest of some names, where one is near enough to be a slip. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((candidate) => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ far }) => far <= Math.ceil(name.length / 3))
    .sort((a, b) => a.far - b.far);
  return best?.candidate;
}
