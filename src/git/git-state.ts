import { type GitLocation, NoRepository, runGit } from './run-git.ts';

/** Whether Git can be asked about the history of a folder. */
export async function gitState(location: GitLocation): Promise<'complete' | 'shallow' | 'no repository' | 'missing'> {
  try {
    const answer = await runGit(location, { options: ['rev-parse', '--is-shallow-repository'] });
    return answer.toString().trim() === 'true' ? 'shallow' : 'complete';
  } catch (error) {
    location.signal?.throwIfAborted();
    if (error instanceof NoRepository) return 'no repository';
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'missing';
    return 'no repository';
  }
}
