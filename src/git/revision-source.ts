import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failure } from '../core/problem/problem.ts';
import type { Environment } from '../engine/context.ts';
import { execute, git } from './run-git.ts';

/** A folder's files as they were in some revision. */
export interface CheckedOut {
  readonly directory: string;
  /** The commit, abbreviated. */
  readonly commit: string;
  close(): Promise<void>;
}

/** Writes a revision of a folder into a folder of its own; the repository and its index stay as they are. @throws AppcfgError */
export async function checkOut(directory: string, revision: string, environment: Environment): Promise<CheckedOut> {
  const commit = await git(directory, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
  if (commit === undefined) {
    const inRepository = (await git(directory, 'rev-parse', '--git-dir')) !== undefined;
    throw failure('usage-invalid', `--base "${revision}" is not a revision that Git knows here`, {
      hint: inRepository
        ? { text: `fetch it first: git fetch origin ${revision.replace(/^origin\//, '')}` }
        : { text: 'the tree is not in a Git repository, or git is not installed' },
    });
  }
  const prefix = ((await git(directory, 'rev-parse', '--show-prefix')) ?? '').replace(/\/$/, '');
  const room = await mkdtemp(join(tmpdir(), 'appcfg-base-'));
  const close = () => rm(room, { recursive: true, force: true });
  try {
    const tree = join(room, 'tree');
    await mkdir(tree);
    const env = { ...environment, GIT_INDEX_FILE: join(room, 'index') };
    const isThere = (await git(directory, 'cat-file', '-e', `${commit}:${prefix}`)) !== undefined;
    if (isThere) {
      const top = (await git(directory, 'rev-parse', '--show-toplevel')) ?? directory;
      await execute('git', ['read-tree', `${commit}:${prefix}`], { cwd: top, env });
      await execute('git', ['checkout-index', '--all', `--prefix=${tree}/`], { cwd: top, env, maxBuffer: 2 ** 26 });
    }
    return { directory: tree, commit: commit.slice(0, 10), close };
  } catch (error) {
    await close();
    throw error;
  }
}
