import { findRepository } from './repository.ts';
import { type GitLocation, runGit } from './run-git.ts';

/**
 * Files of a folder that a commit has touched since a time, up to a revision; paths relative to the folder. In a shallow clone
 * the oldest commit touches all of its files. Undefined where Git cannot tell.
 */
export async function touchedFiles(
  commit: string,
  since: Date,
  location: GitLocation,
): Promise<ReadonlySet<string> | undefined> {
  const prefix = findRepository(location.directory)?.prefix ?? '';
  const below = prefix === '' ? '' : `${prefix}/`;
  try {
    const output = await runGit(location, {
      options: [
        ...(['log', '--format=', '--name-only', '-z', '--no-renames', '--no-relative', '--no-ext-diff'] as const),
        ...['--no-show-signature', `--since=${since.toISOString()}`],
      ],
      operands: [commit, '--', ...['template', 'tenants'].map((folder) => `${below}${folder}`)],
      settings: [['log.showRoot', 'true']],
    });
    const paths = output.toString('utf8').split('\0');
    return new Set(paths.map((path) => path.replace(/^\n/, '').slice(below.length)).filter((path) => path !== ''));
  } catch {
    location.signal?.throwIfAborted();
    return undefined;
  }
}
