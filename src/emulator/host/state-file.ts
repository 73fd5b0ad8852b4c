// An embedded AppConfig whose state outlives the process.
import { readdir, readlink, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, parse, resolve } from 'node:path';
import { pid } from 'node:process';
import { type Restored, restore, type Snapshot } from '../state/restore.ts';
import { stateText } from '../state/snapshot-text.ts';
import type { SdkHandler } from '../wire/message.ts';
import { createEmulator, type Emulator, type EmulatorOptions } from './emulator.ts';
import { FileLocked, lockFile } from './file-lock.ts';
import { readIfThere } from './read-if-exists.ts';

/** Why a state file could not be opened or written. */
export class StateFileError extends Error {
  readonly reason: 'damaged' | 'locked' | 'too-large';

  constructor(reason: 'damaged' | 'locked' | 'too-large', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StateFileError';
    this.reason = reason;
  }
}

/** How a state file is to be opened. */
export interface StateFileOptions extends Omit<EmulatorOptions, 'state'> {
  readonly path: string;
  /** What a file that is not there yet is to hold. */
  readonly initial?: Restored | undefined;
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

/** Opens an embedded AppConfig with its state in a file, which is made if it is missing. @throws StateFileError */
export async function openStateFile(options: StateFileOptions): Promise<StateFile> {
  const { path: given, initial, ...settings } = options;
  const path = await linkedFile(resolve(given));
  const unlock = await lockFile(path).catch((error: unknown) => {
    throw error instanceof FileLocked ? new StateFileError('locked', error.message, { cause: error }) : error;
  });
  try {
    await removeLeftovers(path);
    const kept = await load(path);
    const state = kept ?? initial;
    const saver = new Saver(path, () => emulator.snapshot());
    const emulator = createEmulator({ ...settings, state }, () => saver.save());
    if (kept === undefined && initial !== undefined) await saver.save();
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
  readonly #state: () => Snapshot;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #finished = false;

  constructor(path: string, state: () => Snapshot) {
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
    try {
      await writeFile(temporary, `${this.#text()}\n`, { mode: 0o600 });
      await rename(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  #text(): string {
    try {
      return stateText(this.#state());
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new StateFileError('too-large', `what is in ${this.#path} has become too large for one file`, {
        cause: error,
      });
    }
  }
}

/** What holders of before left that ended while they were writing. */
async function removeLeftovers(path: string): Promise<void> {
  const { dir, base } = parse(path);
  const leftovers = (await readdir(dir)).filter(
    (name) => name.startsWith(`${base}.`) && /^\.\d+\.tmp$/.test(name.slice(base.length)),
  );
  await Promise.all(leftovers.map((name) => rm(join(dir, name), { force: true })));
}

/** The file itself, where a link leads to it: whoever opens it by another name must meet the same lock. */
async function linkedFile(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real !== undefined) return real;
  const target = await readlink(path).catch(() => undefined);
  return target === undefined ? path : resolve(dirname(path), target);
}

async function load(path: string): Promise<Restored | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  try {
    return restore(JSON.parse(text));
  } catch (error) {
    throw new StateFileError('damaged', `${path} is not a state of the embedded AppConfig that can be read`, {
      cause: error,
    });
  }
}
