// The one writer of files. What is in the folder decides neither where a file goes nor what is changed: it is created under a
// random name, and then replaces what was there, be it a file, a hard link or a symbolic link.
import { randomUUID } from 'node:crypto';
import { constants, writeSync } from 'node:fs';
import { chmod, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Of files that only the user may read. */
export const privateMode = 0o600;
const usualMode = 0o666;

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_WRONLY } = constants;

/**
 * Writes a file whole or not at all. Its folder must exist.
 * @param path without symbolic links in its folders, see `realFile`
 */
export async function writeFile(path: string, text: string | Uint8Array, mode = usualMode): Promise<void> {
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

/** A file that is to be changed, and that its owner protects. */
export class ReadOnlyFile extends Error {}

/** Changes a file that may exist: it keeps its permissions. @throws ReadOnlyFile */
export async function changeFile(path: string, text: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  const mode = found?.isFile() ? found.mode & 0o777 : undefined;
  if (mode !== undefined && (mode & 0o222) === 0) throw new ReadOnlyFile(path);
  await writeFile(path, text);
  if (mode !== undefined) await chmod(path, mode);
}

/** Makes a folder and those above it, where they do not exist. */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  await mkdir(path, { recursive: true, mode });
}

/** Writes to a pipe or device, which cannot be replaced. */
export async function writeToStream(path: string, text: string): Promise<void> {
  const stream = await open(path, O_WRONLY | O_APPEND).catch((error: NodeJS.ErrnoException) => {
    // A socket, as programs give to programs that they start, has no path that can be opened.
    if (error.code === 'ENXIO') return undefined;
    throw error;
  });
  if (stream === undefined) return writeToSocket(Number(openNumbers.get(path) ?? /\d+$/.exec(path)?.[0]), text);
  try {
    await stream.writeFile(text);
  } finally {
    await stream.close();
  }
}

const openNumbers: ReadonlyMap<string, number> = new Map([
  ['/dev/stdout', 1],
  ['/dev/stderr', 2],
]);

/** Waits for the reader where it is slower. */
async function writeToSocket(number: number, text: string): Promise<void> {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(number, rest));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
