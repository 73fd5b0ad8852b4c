// The one writer of files. What is in the folder decides neither where a file goes nor what is changed: it is created under a
// random name, and then replaces what was there, be it a file, a hard link or a symbolic link.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Of files that only the user may read. */
export const privateMode = 0o600;
const usualMode = 0o666;

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_WRONLY } = constants;

/**
 * Writes a file whole or not at all. Its folder must exist.
 * @param path without symbolic links in its folders, see `realFile`
 */
export async function writeFile(path: string, text: string, mode = usualMode): Promise<void> {
  const part = join(dirname(path), `.appcfg-${randomUUID()}.part`);
  const file = await open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  try {
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Makes a folder and those above it, where they do not exist. */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  await mkdir(path, { recursive: true, mode });
}

/** Writes to a pipe or device, which cannot be replaced. */
export async function writeToStream(path: string, text: string): Promise<void> {
  const stream = await open(path, O_WRONLY | O_APPEND);
  try {
    await stream.writeFile(text);
  } finally {
    await stream.close();
  }
}
