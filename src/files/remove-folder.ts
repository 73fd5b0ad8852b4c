import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Removes a folder and all in it at once. Links in it are removed, not what they lead to.
 * @param path see `realFolder`
 */
export async function removeFolder(path: string): Promise<void> {
  // Where the run is cut off, no half of it is left: names that begin with a dot are not read.
  const part = join(dirname(path), `.appcfg-${randomUUID()}.part`);
  await rename(path, part);
  await rm(part, { recursive: true });
}
