// JSON that an earlier run has written, and whoever can write the file may have changed.
import type { AppcfgError } from '../problem/problem.ts';

export const formatVersion = 1;

/** @param refuse makes the error for any other text, of a reason. @throws that error */
export function readOutput(
  text: string,
  parse: (text: string) => unknown,
  refuse: (reason: string) => AppcfgError,
): { readonly formatVersion: number } {
  const document = parsed(text, parse, refuse);
  if (typeof document !== 'object' || document === null || !('formatVersion' in document)) {
    throw refuse('it is not a JSON document of appcfg');
  }
  if (document.formatVersion === formatVersion) return { ...document, formatVersion };
  const written = String(JSON.stringify(document.formatVersion)).slice(0, 20);
  throw refuse(`its formatVersion is ${written}, not ${formatVersion}`);
}

function parsed(...[text, parse, refuse]: Parameters<typeof readOutput>): unknown {
  try {
    return parse(text);
  } catch {
    throw refuse(text.trim() === '' ? 'it is empty' : 'it is not JSON, or cut off');
  }
}
