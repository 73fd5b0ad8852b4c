// The files of a state. They are read and created, and never through a symbolic link.
import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY, O_WRONLY } = constants;

/** A file's text, or undefined if the file does not exist. A symbolic link is not followed, a pipe not waited for. */
export async function readIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, { encoding: 'utf8', flag: O_RDONLY | O_NOFOLLOW | O_NONBLOCK });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Creates a file that only this user may read. @throws an error with the code `EEXIST` where anything has its name, a link too */
export async function createPrivately(path: string, text: string): Promise<void> {
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

/** The code of a system error, such as `ENOENT`. */
export function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
