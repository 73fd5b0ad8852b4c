// The folder of the tree: the working directory, or --chdir.
import { statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { failure } from '../../core/problem/problem.ts';
import { workTreesOf } from '../../engine/untrusted-folders.ts';
import { isInside, realPath } from '../../files/real-path.ts';
import type { CiJob } from '../../gitlab/ci-job.ts';

/** The value of --chdir, and what messages call it: a flag or a variable. */
export interface Chdir {
  readonly name: string;
  readonly value: string;
}

interface Surroundings {
  readonly cwd: string;
  readonly job: CiJob;
}

/** The folder of the tree. @throws AppcfgError */
export function directoryOf(chdir: Chdir | undefined, of: Surroundings): string {
  if (chdir === undefined) return resolve(of.cwd);
  const directory = resolve(of.cwd, chdir.value);
  if (isDirectory(directory)) return insideOf(directory, chdir.name, of);
  throw failure('usage-invalid', `${chdir.name} "${chdir.value}" is not a folder`, {
    hint: { text: 'name the folder that contains template/ and tenants/' },
  });
}

/**
 * A folder of the Git work tree must not be a link out of it: the link's author would choose what is read. In a merge request it is
 * no link at all, because the target branch has its settings in the folder of this name. @throws AppcfgError
 */
function insideOf(directory: string, name: string, { cwd, job }: Surroundings): string {
  const workTrees = workTreesOf(cwd);
  const named = resolve(realPath(cwd), relative(cwd, directory));
  const real = realPath(directory);
  if (!isInside(named, workTrees) || named === real) return directory;
  const staysInside = isInside(real, workTrees);
  if (staysInside && job.mergeRequest === undefined) return directory;
  const where = staysInside ? 'through a symbolic link' : 'out of the work tree';
  throw failure('symlink-outside-tree', `${name} "${directory}" leads ${where}, to ${real}`, {
    hint: { text: 'name the folder itself' },
  });
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
