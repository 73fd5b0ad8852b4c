import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failure } from '../core/problem/problem.ts';

/** Files that are under way at a time. */
const most = 64;

/** Writes many files below one folder, each whole or not at all. */
export class FileWriter {
  readonly #directory: string;
  readonly #folders = new Map<string, Promise<unknown>>();
  #writing: Promise<void>[] = [];

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Begins to write, and waits while much is under way. @throws AppcfgError when this or an earlier file cannot be written. */
  async write(path: string, text: string): Promise<void> {
    this.#writing.push(this.#writeWhole(join(this.#directory, path), text));
    if (this.#writing.length >= most) await this.end();
  }

  /** Everything is written then. @throws AppcfgError */
  async end(): Promise<void> {
    const writing = this.#writing;
    this.#writing = [];
    await Promise.all(writing);
  }

  async #writeWhole(file: string, text: string): Promise<void> {
    try {
      await this.#folder(dirname(file));
      await writeFile(`${file}.part`, text);
      await rename(`${file}.part`, file);
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      throw failure('output-unwritable', `"${file}" cannot be written (${reason})`, {
        hint: { text: 'check the folder given with --out' },
      });
    }
  }

  #folder(path: string): Promise<unknown> {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const made = mkdir(path, { recursive: true });
    this.#folders.set(path, made);
    return made;
  }
}
