import { findRepository } from './repository.ts';
import { type GitLocation, runGit } from './run-git.ts';

/** The files that make the tree. */
const treeParts = ['template', 'tenants', 'appcfg.yml', 'appcfg.yaml'];

/**
 * Whether Git would list a file of the tree as changed; also where Git cannot tell. Filters of file contents, such as that of Git
 * LFS, are not started.
 */
export async function hasChanges(location: GitLocation): Promise<boolean> {
  const prefix = findRepository(location.directory)?.prefix ?? '';
  try {
    const status = await runGit(location, {
      options: ['status', '--porcelain', '-z', '--untracked-files=normal', '--ignore-submodules=all'],
      operands: treeParts.map((part) => (prefix === '' ? part : `${prefix}/${part}`)),
      settings: await withoutFilters(location),
    });
    return status.length > 0;
  } catch {
    location.signal?.throwIfAborted();
    return true;
  }
}

/** Settings that switch off each filter that is set: a tree's attributes choose one for each file, and cannot be left out. */
async function withoutFilters(location: GitLocation): Promise<readonly (readonly [string, string])[]> {
  const names = await runGit(location, {
    options: ['config', '-z', '--name-only', '--get-regexp'],
    operands: ['^filter\\..*'],
  }).catch(whereNoneMatches);
  const filters = new Set(
    names
      .toString('utf8')
      .split('\0')
      .map((name) => name.slice(0, name.lastIndexOf('.')))
      .filter((filter) => filter !== ''),
  );
  return [...filters].flatMap((filter) => [
    [`${filter}.clean`, ''],
    [`${filter}.smudge`, ''],
    [`${filter}.process`, ''],
    [`${filter}.required`, 'false'],
  ]);
}

/** Git ends with 1 where no name matches. @throws for any other end: a filter might be set */
function whereNoneMatches(error: unknown): Buffer {
  if (error instanceof Error && 'code' in error && error.code === 1) return Buffer.alloc(0);
  throw error;
}
