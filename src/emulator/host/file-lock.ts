// A lock beside a file, for one process at a time. It is free as soon as its holder has ended, even if it was killed.
import { randomUUID } from 'node:crypto';
import { link, rm, stat } from 'node:fs/promises';
import { kill, pid } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPrivately, errorCode, readIfExists } from './local-files.ts';

/** Another process holds the lock. */
export class FileLocked extends Error {}

const timeoutMs = 2_000;
/** The locks this process holds. Any other lock with its process id was left by an earlier process with the same id. */
const held = new Set<string>();

/**
 * Takes the lock of a file: `<path>.lock`, which contains the process id. A lock whose holder has ended is replaced at
 * once. @returns a function that releases the lock @throws FileLocked after two seconds
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const lockPath = `${path}.lock`;
  const deadline = Date.now() + timeoutMs;
  while (!(await createLock(lockPath))) {
    if (await isAbandoned(lockPath)) {
      await removeAbandoned(lockPath);
    } else if (Date.now() >= deadline) {
      const owner = (await readIfExists(lockPath))?.trim();
      throw new FileLocked(`${path} is in use by process ${owner ?? 'unknown'} (${lockPath})`);
    } else {
      await sleep(25);
    }
  }
  return async () => {
    if (!held.delete(lockPath)) return;
    if ((await readIfExists(lockPath))?.trim() === String(pid)) await rm(lockPath, { force: true });
  };
}

/** Creates the lock with the process id already in it, so that no process ever reads an empty lock. */
async function createLock(lockPath: string): Promise<boolean> {
  if (held.has(lockPath)) return false;
  held.add(lockPath);
  const own = `${lockPath}.${pid}.${randomUUID()}`;
  let created = false;
  try {
    await createPrivately(own, `${pid}\n`);
    created = await linkOrCreate(own, lockPath);
    return created;
  } finally {
    if (!created) held.delete(lockPath);
    await rm(own, { force: true });
  }
}

async function linkOrCreate(own: string, lockPath: string): Promise<boolean> {
  try {
    await link(own, lockPath);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    return await createWithoutLink(lockPath);
  }
}

/** For file systems without hard links. */
async function createWithoutLink(lockPath: string): Promise<boolean> {
  try {
    await createPrivately(lockPath, `${pid}\n`);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isAbandoned(lockPath: string): Promise<boolean> {
  const text = await readIfExists(lockPath);
  if (text === undefined) return false;
  const owner = Number(text.trim());
  if (!Number.isInteger(owner) || owner <= 0) return await isOld(lockPath);
  return owner === pid ? !held.has(lockPath) : !isAlive(owner);
}

/** Removes an abandoned lock, unless another process is doing so or has done so. */
async function removeAbandoned(lockPath: string): Promise<void> {
  const turn = `${lockPath}.takeover`;
  if (!(await createWithoutLink(turn))) {
    if (await isOld(turn)) await rm(turn, { force: true });
    else await sleep(5);
    return;
  }
  try {
    if (await isAbandoned(lockPath)) await rm(lockPath, { force: true });
  } finally {
    await rm(turn, { force: true });
  }
}

function isAlive(owner: number): boolean {
  try {
    kill(owner, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

async function isOld(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > timeoutMs;
  } catch {
    return false;
  }
}
