// One process at a time: a lock beside a file that is free again as soon as its holder has ended, however it ended.
import { link, rm, stat, writeFile } from 'node:fs/promises';
import { kill, pid } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, readIfThere } from './read-if-exists.ts';

/** Another process holds the lock. */
export class FileLocked extends Error {}

const patienceMs = 2_000;
/** Locks held in this process: a lock of ours that is not among them was left by an earlier process with our number. */
const held = new Set<string>();
/** Sets apart the files that one process makes on its way to a lock. */
let attempts = 0;

/**
 * Takes the lock that goes with a file: `<path>.lock`, with our process number in it. A lock whose holder has ended is taken
 * over at once. @returns what gives it back. @throws FileLocked after two seconds
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const lockPath = `${path}.lock`;
  const deadline = Date.now() + patienceMs;
  while (!(await createLock(lockPath))) {
    if (await isAbandoned(lockPath)) {
      await takeAway(lockPath);
    } else if (Date.now() >= deadline) {
      const owner = (await readIfThere(lockPath))?.trim();
      throw new FileLocked(`${path} is in use by process ${owner ?? 'unknown'} (${lockPath})`);
    } else {
      await sleep(25);
    }
  }
  return async () => {
    if (!held.delete(lockPath)) return;
    if ((await readIfThere(lockPath))?.trim() === String(pid)) await rm(lockPath, { force: true });
  };
}

/** Makes the lock with our number already in it, so that nobody ever reads an empty one. */
async function createLock(lockPath: string): Promise<boolean> {
  if (held.has(lockPath)) return false;
  held.add(lockPath);
  attempts += 1;
  const own = `${lockPath}.${pid}.${attempts}`;
  let created = false;
  try {
    await writeFile(own, `${pid}\n`, { mode: 0o600 });
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
    const code = codeOf(error);
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    return await createWithoutLink(lockPath);
  }
}

/** For file systems without hard links. */
async function createWithoutLink(lockPath: string): Promise<boolean> {
  try {
    await writeFile(lockPath, `${pid}\n`, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isAbandoned(lockPath: string): Promise<boolean> {
  const text = await readIfThere(lockPath);
  if (text === undefined) return false;
  const owner = Number(text.trim());
  if (!Number.isInteger(owner) || owner <= 0) return await isOld(lockPath);
  return owner === pid ? !held.has(lockPath) : !isAlive(owner);
}

/** Takes an abandoned lock away, unless somebody else is at it or was quicker. */
async function takeAway(lockPath: string): Promise<void> {
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
    return codeOf(error) === 'EPERM';
  }
}

async function isOld(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > patienceMs;
  } catch {
    return false;
  }
}
