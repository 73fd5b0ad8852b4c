// Lists that are too long to read, shortened.
import { number } from '../../core/problem/quantity.ts';

/** The first of some items, and a line that counts the rest: nothing, or `… and 5 more changes; list all with …`. */
export function firstOf<T>(
  items: readonly T[],
  most: number,
  noun = '',
): { readonly shown: readonly T[]; readonly more: readonly string[] } {
  const hidden = items.length - most;
  return hidden > 0 ? { shown: items.slice(0, most), more: [moreText(hidden, noun)] } : { shown: items, more: [] };
}

/** `… and 5 more changes; list all with -v or -o json`, or with what else lists them. */
export function moreText(hidden: number, noun: string, how = '-v or -o json'): string {
  const nouns = noun === '' ? '' : ` ${noun}${hidden === 1 ? '' : 's'}`;
  return `… and ${number(hidden)} more${nouns}; list all with ${how}`;
}

/** `a, b, …`. */
export function someOf(names: Iterable<string>, most: number): string {
  const all = [...names];
  return [...all.slice(0, most), ...(all.length > most ? ['…'] : [])].join(', ');
}
