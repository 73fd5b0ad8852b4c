import { findRepository } from '../git/repository.ts';
import type { Context } from './context.ts';

/** The folders that a tree's authors write: the tree, its Git work tree, and that of the folder where the command was started. */
export function untrustedFolders({ cwd, directory }: Pick<Context, 'cwd' | 'directory'>): readonly string[] {
  return [...new Set([directory, ...workTreesOf(directory), ...workTreesOf(cwd)])].filter((folder) => folder !== '/');
}

/** Where a folder is in its Git work tree, with `/`; '' for the work tree itself, and for a folder that is in none. */
export function pathInWorkTree(folder: string): string {
  return findRepository(folder)?.prefix ?? '';
}

/** The Git work tree that a folder is in, if any. */
export function workTreesOf(folder: string): readonly string[] {
  const repository = findRepository(folder);
  return repository === undefined ? [] : [repository.workTree];
}
