/** As many names as help in a message: ten of them, and whether there are more. */
export function listNames(names: readonly string[]): string {
  return `${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`;
}
