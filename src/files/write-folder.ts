import { dirname, join } from 'node:path';
import { failure } from '../core/problem/problem.ts';
import { makeFolder, writeFile } from './write-file.ts';

/** Files that are written at the same time. */
const filesAtOnce = 64;

/** Writes many files below one folder, each whole or not at all. */
export class FolderWriter {
  readonly #directory: string;
  readonly #folders = new Map<string, Promise<unknown>>();
  #writing: Promise<void>[] = [];

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Begins to write a file; waits while many are being written. @throws AppcfgError when this or an earlier file cannot be written */
  async write(path: string, text: string): Promise<void> {
    this.#writing.push(this.#write(join(this.#directory, path), text));
    if (this.#writing.length >= filesAtOnce) await this.end();
  }

  /** Waits until everything is written. @throws AppcfgError */
  async end(): Promise<void> {
    const writing = this.#writing;
    this.#writing = [];
    await Promise.all(writing);
  }

  async #write(path: string, text: string): Promise<void> {
    try {
      await this.#makeFolder(dirname(path));
      await writeFile(path, text);
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      throw failure('output-unwritable', `"${path}" cannot be written (${reason})`, {
        hint: { text: 'check the folder given with --out' },
      });
    }
  }

  /** Each folder is made once, however many files are in it. */
  #makeFolder(path: string): Promise<unknown> {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const made = makeFolder(path);
    this.#folders.set(path, made);
    return made;
  }
}
