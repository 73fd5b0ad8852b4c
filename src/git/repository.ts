// Asks Git: which commit this is, and how another one stands to it. Everything works without Git, too.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Environment } from '../engine/context.ts';

/** Starting Git to be told that there is no repository takes longer than looking. */
export function isInRepository(directory: string, environment: Environment): boolean {
  if (environment.GIT_DIR) return true;
  for (let folder = directory; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return true;
    if (folder === dirname(folder)) return false;
  }
}
