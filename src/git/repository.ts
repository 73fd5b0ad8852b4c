import { lstatSync, readFileSync, realpathSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** The repository of a folder. All paths are absolute, with symbolic links followed. */
export interface Repository {
  /** The `.git` of the work tree: a folder, or of a linked work tree or submodule a file. */
  readonly gitDirectory: string;
  readonly workTree: string;
  /** The folder below the work tree, with `/`; '' is the work tree itself. */
  readonly prefix: string;
}

/**
 * The repository with the nearest `.git` upwards. Git is not asked: it would take a folder that looks like a bare repository
 * for one, and a tree can contain such a folder. To look for `.git` is also faster than to start Git.
 */
export function findRepository(directory: string): Repository | undefined {
  let start: string;
  try {
    start = realpathSync(directory);
  } catch {
    return undefined;
  }
  for (let folder = start; ; folder = dirname(folder)) {
    const gitDirectory = join(folder, '.git');
    if (isTrusted(gitDirectory, { workTree: folder, tree: start })) {
      return { gitDirectory, workTree: folder, prefix: relative(folder, start).replaceAll(sep, '/') };
    }
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * Whether a tree cannot have brought this `.git`. Git never tracks a path with a component `.git`; but an archive can contain a
 * file or link `.git` that names a folder beside it.
 */
function isTrusted(path: string, { workTree, tree }: { readonly workTree: string; readonly tree: string }): boolean {
  const stat = statOf(path);
  if (stat === undefined || !isOwnerTrusted(stat, tree)) return false;
  if (stat.isDirectory()) return true;
  try {
    const target = stat.isSymbolicLink() ? path : gitFileTarget(path, workTree);
    return target !== undefined && isOutsideOf(realpathSync(target), workTree);
  } catch {
    return false;
  }
}

/** What a file `.git` names. */
function gitFileTarget(path: string, workTree: string): string | undefined {
  const [, target] = /^gitdir: (.+?)\r?\n?$/.exec(readFileSync(path, 'utf8')) ?? [];
  return target === undefined ? undefined : resolve(workTree, target);
}

/** A folder that is below `.git` cannot come from the tree, either. */
function isOutsideOf(target: string, workTree: string): boolean {
  const below = relative(workTree, target);
  return below.startsWith('..') || isAbsolute(below) || below.split(sep).includes('.git');
}

/** Another user's `.git`, for instance in a shared temporary folder, is none for this tree. */
function isOwnerTrusted({ uid }: Stats, tree: string): boolean {
  return uid === 0 || uid === statOf(tree)?.uid;
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
