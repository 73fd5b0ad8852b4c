import { isShallow } from './is-shallow.ts';
import { findCommit } from './revision-source.ts';
import type { GitLocation } from './run-git.ts';

/** Whether Git has a commit; undefined where it cannot be known: without a repository, or in a clone without all commits. */
export async function knowsCommit(commit: string, location: GitLocation): Promise<boolean | undefined> {
  if ((await findCommit(commit, location)) !== undefined) return true;
  return (await isShallow(location)) === false ? false : undefined;
}
