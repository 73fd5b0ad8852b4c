// Numbers of things in a sentence.

/** `1,500`. */
export function number(value: number): string {
  return value.toLocaleString('en');
}

/** `1 version`, `2 versions`; a noun with an unusual plural gives it. */
export function count(value: number, noun: string, plural = `${noun}s`): string {
  return `${number(value)} ${value === 1 ? noun : plural}`;
}
