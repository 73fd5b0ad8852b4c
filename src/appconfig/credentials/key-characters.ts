/** What makes a value unusable in a request: `ends with a newline`. Undefined where nothing does. */
export function characterProblem(value: string): string | undefined {
  if (/[\r\n]$/.test(value)) return 'ends with a newline';
  return /[^\x21-\x7e]/.test(value) ? 'contains a space or another character that no key has' : undefined;
}
