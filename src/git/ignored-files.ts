import { findRepository } from './repository.ts';
import { type GitLocation, runGit } from './run-git.ts';

/**
 * The files of a tree that Git ignores and does not track, so that no clone has them; a folder, with a `/` at its end, where all that
 * is in it is ignored. Empty where Git cannot tell.
 * @param parts files and folders of the tree to look for
 * @returns paths in the tree, a folder before what is in it
 */
export async function ignoredFiles(location: GitLocation, parts: readonly string[]): Promise<readonly string[]> {
  const prefix = findRepository(location.directory)?.prefix ?? '';
  const start = prefix === '' ? '' : `${prefix}/`;
  try {
    const output = await runGit(location, {
      options: ['ls-files', '--others', '--ignored', '--exclude-standard', '--directory', '-z'],
      operands: parts.map((part) => start + part),
    });
    const paths = output
      .toString('utf8')
      .split('\0')
      .filter((path) => path !== '');
    // Of a folder above the tree that is ignored itself, Git lists that.
    return paths.map((path) => (path.startsWith(start) ? path.slice(start.length) : '')).sort();
  } catch {
    location.signal?.throwIfAborted();
    return [];
  }
}
