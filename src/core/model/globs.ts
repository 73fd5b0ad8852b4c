import picomatch from 'picomatch';

/** Whether a glob is a name: nothing in it stands for something else. */
export function isLiteralName(glob: string): boolean {
  return !/[*?![\]{}()]/.test(glob);
}

/** Whether one of the globs matches; never, where there are none. */
export function matchesAny(name: string, globs: readonly string[]): boolean {
  return globs.some((glob) => matcherOf(glob)(name));
}

const matchers = new Map<string, (name: string) => boolean>();

function matcherOf(glob: string): (name: string) => boolean {
  let matcher = matchers.get(glob);
  if (matcher === undefined) {
    // A name that holds glob characters can still be named as it is.
    const matches = picomatch(glob, { dot: true, nonegate: true });
    matcher = (name) => name === glob || matches(name);
    matchers.set(glob, matcher);
  }
  return matcher;
}
