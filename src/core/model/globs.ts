import picomatch from 'picomatch';

/** Whether a glob has no special characters, so that it matches one name only. */
export function isLiteralName(glob: string): boolean {
  return !/[*?![\]{}()]/.test(glob);
}

/** Whether at least one glob matches; false for an empty list. */
export function matchesAny(name: string, globs: readonly string[]): boolean {
  return globs.some((glob) => matcherOf(glob)(name));
}

const matchers = new Map<string, (name: string) => boolean>();

function matcherOf(glob: string): (name: string) => boolean {
  let matcher = matchers.get(glob);
  if (matcher === undefined) {
    // A name that contains glob characters also matches itself.
    const matches = picomatch(glob, { dot: true, nonegate: true });
    matcher = (name) => name === glob || matches(name);
    matchers.set(glob, matcher);
  }
  return matcher;
}
