import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GitLocation } from './run-git.ts';

/** Whether a folder is in a Git repository. To look for `.git` is faster than to start Git. */
export function isInRepository({ directory, environment }: GitLocation): boolean {
  if (environment.GIT_DIR) return true;
  for (let folder = directory; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return true;
    if (folder === dirname(folder)) return false;
  }
}
