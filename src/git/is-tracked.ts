import { findRepository } from './repository.ts';
import { type GitLocation, NoRepository, runGit } from './run-git.ts';

/** Whether Git tracks a file or folder, or a file in it; also where Git cannot tell. */
export async function isTracked(path: string, location: GitLocation): Promise<boolean> {
  const prefix = findRepository(location.directory)?.prefix ?? '';
  try {
    const files = await runGit(location, {
      options: ['ls-files', '-z', '--full-name'],
      operands: [prefix === '' ? path : `${prefix}/${path}`],
    });
    return files.length > 0;
  } catch (error) {
    location.signal?.throwIfAborted();
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return !(error instanceof NoRepository || isMissing);
  }
}
