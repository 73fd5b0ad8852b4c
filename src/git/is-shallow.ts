import { askGit, type GitLocation } from './run-git.ts';

/** Whether the clone lacks older commits; undefined without a repository. */
export async function isShallow(location: GitLocation): Promise<boolean | undefined> {
  const answer = await askGit(location, ['rev-parse', '--is-shallow-repository']);
  return answer === undefined ? undefined : answer === 'true';
}
