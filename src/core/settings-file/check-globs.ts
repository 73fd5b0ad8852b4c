import { globMistake, mostGlobs } from '../model/globs.ts';
import { failure } from '../problem/problem.ts';

/** @param what the flag or argument. @throws AppcfgError for globs that could take long, or that have no meaning */
export function checkGlobs(what: string, globs: readonly string[]): void {
  if (globs.length > mostGlobs) {
    throw failure(
      'usage-invalid',
      `${globs.length.toLocaleString('en')} values of ${what} exceed the limit of ${mostGlobs.toLocaleString('en')}`,
      {
        hint: { text: 'match several names with one glob' },
      },
    );
  }
  for (const glob of globs) {
    const mistake = globMistake(glob);
    if (mistake === undefined) continue;
    const shown = glob.length > 60 ? `${glob.slice(0, 57)}...` : glob;
    throw failure('usage-invalid', `${what} "${shown}" ${mistake}`, {
      hint: { text: "globs are like 'acme-*' or '{dev,qa}'" },
    });
  }
}
