// An embedded AppConfig whose state outlives the process.
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { kill, pid } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEmulator, type Emulator, type EmulatorOptions, type SdkHandler } from './emulator.ts';

/** Why a state file could not be opened. */
export class StateFileError extends Error {
  readonly reason: 'damaged' | 'locked';

  constructor(reason: 'damaged' | 'locked', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StateFileError';
    this.reason = reason;
  }
}

/** How a state file is to be opened. */
export interface StateFileOptions extends Omit<EmulatorOptions, 'state'> {
  readonly path: string;
}

/** An embedded AppConfig and the file it keeps its state in. */
export interface StateFile {
  /** Answers a call that changes something only after the change is on disk. */
  readonly emulator: Emulator;
  /** The same, for the AWS SDK. */
  readonly requestHandler: SdkHandler;
  /** Saves once more, and lets others open the file. */
  close(): Promise<void>;
}

const patienceMs = 2_000;
/** Locks held in this process: a lock of ours that is not among them was left by an earlier process with our number. */
const held = new Set<string>();
/** Sets apart the files that one process makes on its way to a lock. */
let attempts = 0;

/** Opens an embedded AppConfig with its state in a file, which is made if it is missing. @throws StateFileError */
export async function openStateFile(options: StateFileOptions): Promise<StateFile> {
  const { path: given, ...settings } = options;
  const path = resolve(given);
  const unlock = await lock(path);
  try {
    const state = await load(path);
    const saver = new Saver(path, () => emulator.snapshot());
    const emulator = restoreInto(path, () => createEmulator({ ...settings, state }, () => saver.save()));
    let closed: Promise<void> | undefined;
    const close = async () => {
      try {
        await saver.finish();
      } finally {
        await unlock();
      }
    };
    return {
      emulator,
      requestHandler: emulator.requestHandler(),
      close: () => {
        closed ??= close();
        return closed;
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Writes states one after the other; all who ask while one is being written share the next. */
class Saver {
  readonly #path: string;
  readonly #state: () => unknown;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #finished = false;

  constructor(path: string, state: () => unknown) {
    this.#path = path;
    this.#state = state;
  }

  /** Saves for the last time: once the file is free for others, a late call must not write it. */
  finish(): Promise<void> {
    const last = this.save();
    this.#finished = true;
    return last;
  }

  save(): Promise<void> {
    if (this.#finished) return Promise.reject(new Error(`${this.#path} was closed before the change was saved`));
    this.#next ??= this.#afterRunning();
    return this.#next;
  }

  async #afterRunning(): Promise<void> {
    await this.#running?.catch(() => {});
    // A turn of the event loop, so that calls that were made together are saved together.
    await new Promise<void>((done) => setImmediate(done));
    this.#running = this.#next;
    this.#next = undefined;
    const temporary = `${this.#path}.${pid}.tmp`;
    await writeFile(temporary, `${JSON.stringify(this.#state())}\n`, { mode: 0o600 });
    await rename(temporary, this.#path);
  }
}

async function load(path: string): Promise<unknown> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  return restoreInto(path, (): unknown => JSON.parse(text));
}

function restoreInto<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new StateFileError('damaged', `${path} is not a state of the embedded AppConfig that can be read`, {
      cause: error,
    });
  }
}

async function lock(path: string): Promise<() => Promise<void>> {
  const lockPath = `${path}.lock`;
  const deadline = Date.now() + patienceMs;
  while (!(await createLock(lockPath))) {
    if (await isAbandoned(lockPath)) {
      await takeAway(lockPath);
    } else if (Date.now() >= deadline) {
      const owner = (await readIfThere(lockPath))?.trim();
      throw new StateFileError('locked', `${path} is in use by process ${owner ?? 'unknown'} (${lockPath})`);
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

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
