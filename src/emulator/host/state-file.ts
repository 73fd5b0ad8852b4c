// An emulator whose state is kept in a file.
import { randomUUID } from 'node:crypto';
import { readdir, readlink, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join, parse, resolve } from 'node:path';
import { pid } from 'node:process';
import { type RestoredState, restore } from '../state/restore.ts';
import type { Snapshot } from '../state/snapshot.ts';
import { SnapshotWriter } from '../state/snapshot-writer.ts';
import type { SdkHandler } from '../wire/sdk-handler.ts';
import { createEmulator, type Emulator, type EmulatorOptions } from './emulator.ts';
import { FileLocked, lockFile } from './file-lock.ts';
import { createPrivately, readIfExists } from './local-files.ts';

/** Why a state file could not be opened or written. */
export class StateFileError extends Error {
  readonly reason: 'damaged' | 'locked' | 'too-large';

  constructor(reason: 'damaged' | 'locked' | 'too-large', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StateFileError';
    this.reason = reason;
  }
}

/** How to open a state file. */
export interface StateFileOptions extends Omit<EmulatorOptions, 'state'> {
  readonly path: string;
  /** The state for a file that does not exist yet. */
  readonly initial?: RestoredState | undefined;
}

/** An emulator that keeps its state in a file. */
export interface StateFile {
  /** Responds to a call that changes something only after the change is on disk. */
  readonly emulator: Emulator;
  /** The emulator as a handler for the AWS SDK. */
  readonly requestHandler: SdkHandler;
  /** Saves once more and releases the file. */
  close(): Promise<void>;
}

/** Opens an emulator with its state in a file, which it creates if it does not exist. @throws StateFileError */
export async function openStateFile(options: StateFileOptions): Promise<StateFile> {
  const { path: given, initial, ...settings } = options;
  const path = await resolveLink(resolve(given));
  const unlock = await lockFile(path).catch((error: unknown) => {
    throw error instanceof FileLocked ? new StateFileError('locked', error.message, { cause: error }) : error;
  });
  try {
    await removeLeftovers(path);
    const loaded = await load(path);
    const state = loaded ?? initial;
    const saver = new Saver(path, () => emulator.snapshot());
    const emulator = createEmulator({ ...settings, state }, () => saver.save());
    if (loaded === undefined && initial !== undefined) await saver.save();
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

/** Writes one state at a time. All calls made during a write share the next one. */
class Saver {
  readonly #path: string;
  readonly #state: () => Snapshot;
  readonly #writer = new SnapshotWriter();
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #finished = false;

  constructor(path: string, state: () => Snapshot) {
    this.#path = path;
    this.#state = state;
  }

  /** Saves for the last time. After the lock is released, a late call must not write the file. */
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
    // Waits for one turn of the event loop, so that calls made together are saved together.
    await new Promise<void>((done) => setImmediate(done));
    this.#running = this.#next;
    this.#next = undefined;
    const temporary = `${this.#path}.${pid}-${randomUUID()}.tmp`;
    try {
      await createPrivately(temporary, `${this.#text()}\n`);
      await rename(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true });
      // While the file cannot be written, every call fails for the same reason.
      if (error instanceof Error) error.message = error.message.replaceAll(temporary, this.#path);
      throw error;
    }
  }

  #text(): string {
    try {
      return this.#writer.text(this.#state());
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new StateFileError('too-large', `the state in ${this.#path} has become too large for one file`, {
        cause: error,
      });
    }
  }
}

/** Removes temporary files of processes that were killed while writing. */
async function removeLeftovers(path: string): Promise<void> {
  const { dir, base } = parse(path);
  const leftovers = (await readdir(dir)).filter(
    (name) => name.startsWith(`${base}.`) && /^\.\d+(?:-[\da-f-]{36})?\.tmp$/.test(name.slice(base.length)),
  );
  await Promise.all(leftovers.map((name) => rm(join(dir, name), { force: true })));
}

/** The target of a symbolic link: a process that opens the file by another name must find the same lock. */
async function resolveLink(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real !== undefined) return real;
  const target = await readlink(path).catch(() => undefined);
  return target === undefined ? path : resolve(dirname(path), target);
}

async function load(path: string): Promise<RestoredState | undefined> {
  const text = await readIfExists(path);
  if (text === undefined) return undefined;
  try {
    return restore(JSON.parse(text));
  } catch (error) {
    throw new StateFileError('damaged', `${path} is not a state file of the emulator, or is damaged`, {
      cause: error,
    });
  }
}
