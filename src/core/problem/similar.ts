// Which names are so similar that one is probably a typo of the other.

/** Names that are one edit apart are similar only from so many characters on. */
const shortest = 5;

/**
 * Equal but for case, `-` and `_`; or one insertion, deletion, substitution or transposition apart. Names that differ in digits
 * alone are numbered, such as `host1` and `host2`.
 */
export function areSimilar(one: string, other: string): boolean {
  if (one === other || Math.abs(one.length - other.length) > Math.max(1, separators(one), separators(other)))
    return false;
  return (one.length >= shortest && other.length >= shortest && isOneEdit(one, other)) || plain(one) === plain(other);
}

function separators(name: string): number {
  let count = 0;
  for (const character of name) if (character === '-' || character === '_') count += 1;
  return count;
}

function plain(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase();
}

function isOneEdit(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const [a, b] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  const isTransposed = a.length === 2 && b.length === 2 && a[0] === b[1] && a[1] === b[0];
  if (!isTransposed && (a.length > 1 || b.length > 1)) return false;
  return !/^[0-9]*$/.test(a + b);
}
