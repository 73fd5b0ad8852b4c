import { lstat, mkdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { failure } from '../core/problem/problem.ts';
import { LinkInPath } from './real-path.ts';
import { makeFolder, writeFile } from './write-file.ts';

/** Files that are written at the same time. */
const filesAtOnce = 64;

/** Writes many files below one folder, each whole or not at all. Below it no symbolic link is followed. */
export class FolderWriter {
  readonly #directory: string;
  readonly #mode: number | undefined;
  /** The folder itself. */
  readonly #made: Promise<void>;
  /** Those below it, by relative path. */
  readonly #folders = new Map<string, Promise<void>>();
  #writing: { readonly done: Promise<void>; readonly whenWritten: () => void }[] = [];

  /**
   * @param directory absolute, see `realFolder`
   * @param mode of the files
   */
  constructor(directory: string, mode?: number) {
    this.#directory = directory;
    this.#mode = mode;
    this.#made = makeFolder(directory);
    // Awaited with the first file.
    this.#made.catch(() => {});
  }

  /**
   * Begins to write a file; waits while many are being written.
   * @param whenWritten called in the order of the files
   * @throws AppcfgError when this or an earlier file cannot be written
   */
  async write(path: string, text: string | Uint8Array, whenWritten: () => void = () => {}): Promise<void> {
    this.#writing.push({ done: this.#write(join(this.#directory, path), text), whenWritten });
    if (this.#writing.length >= filesAtOnce) await this.end();
  }

  /** Waits until everything is written. @throws AppcfgError */
  async end(): Promise<void> {
    const writing = this.#writing;
    this.#writing = [];
    await Promise.all(writing.map(({ done }) => done));
    for (const { whenWritten } of writing) whenWritten();
    // The next files are most often in other folders.
    this.#folders.clear();
  }

  async #write(path: string, text: string | Uint8Array): Promise<void> {
    try {
      await this.#makeFolder(dirname(path));
      await writeFile(path, text, this.#mode);
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : messageOf(error);
      throw failure('output-unwritable', `"${path}" cannot be written (${reason})`, {
        hint: {
          text:
            error instanceof LinkInPath
              ? 'delete the link: no link below the folder is followed'
              : 'check the folder, and that it may be written to',
        },
      });
    }
  }

  /** Each folder is made once, however many files are in it. @throws LinkInPath */
  #makeFolder(path: string): Promise<void> {
    const below = relative(this.#directory, path);
    if (below.split(sep)[0] === '..') throw new Error('it is not below the folder');
    const known = below === '' ? this.#made : this.#folders.get(below);
    if (known !== undefined) return known;
    const made = this.#makeFolder(dirname(path)).then(() => makeRealFolder(path));
    this.#folders.set(below, made);
    return made;
  }
}

/** Makes a folder that may exist. @throws LinkInPath */
async function makeRealFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const stat = await lstat(path);
    if (stat.isSymbolicLink()) throw new LinkInPath(path);
    if (!stat.isDirectory()) throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
