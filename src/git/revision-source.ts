import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failure } from '../core/problem/problem.ts';
import { askGit, type GitLocation, runGit } from './run-git.ts';

/** A folder's files as they were in a revision. */
export interface RevisionSource {
  readonly directory: string;
  /** The commit, abbreviated. */
  readonly commit: string;
  close(): Promise<void>;
}

/**
 * Writes a folder as it was in a revision into a temporary folder; the repository and its index stay as they are.
 * @throws AppcfgError for a revision that Git does not know
 */
export async function openRevision(revision: string, location: GitLocation): Promise<RevisionSource> {
  const ask = (...args: readonly string[]) => askGit(location, ...args);
  const commit = await ask('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
  if (commit === undefined) {
    const isRepository = (await ask('rev-parse', '--git-dir')) !== undefined;
    const reason = isRepository ? 'is not a revision in this Git repository' : 'needs a Git repository';
    throw failure('usage-invalid', `--base "${revision}" ${reason}`, {
      hint: {
        text: isRepository
          ? `fetch it first: git fetch origin ${revision.replace(/^origin\//, '')}`
          : 'run the command in a Git repository, with git installed',
      },
    });
  }
  const prefix = ((await ask('rev-parse', '--show-prefix')) ?? '').replace(/\/$/, '');
  const temporary = await mkdtemp(join(tmpdir(), 'appcfg-base-'));
  const close = () => rm(temporary, { recursive: true, force: true });
  try {
    const directory = join(temporary, 'tree');
    await mkdir(directory);
    const folder = `${commit}:${prefix}`;
    if ((await ask('cat-file', '-e', folder)) !== undefined) {
      const top = (await ask('rev-parse', '--show-toplevel')) ?? location.directory;
      const environment = { ...location.environment, GIT_INDEX_FILE: join(temporary, 'index') };
      await runGit({ directory: top, environment }, ['read-tree', folder]);
      await runGit({ directory: top, environment }, ['checkout-index', '--all', `--prefix=${directory}/`]);
    }
    return { directory, commit: commit.slice(0, 10), close };
  } catch (error) {
    await close();
    throw error;
  }
}
