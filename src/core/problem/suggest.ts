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

/** As many names as help in a message: ten of them, and whether there are more. */
export function listNames(names: readonly string[]): string {
  return `${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`;
}
