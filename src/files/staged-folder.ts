// A folder that gets its content whole: it is written into a folder inside of it, and renamed at the end.
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../core/problem/problem.ts';
import { makeFolder, writeFile } from './write-file.ts';

const stagingName = '.appcfg-import';

/** In the staging folder: what it had when its content began to be renamed, with the numbers that the file system gave it. */
const markName = '.renaming';

/** What may be in a folder that counts as empty: a fresh repository, and what appcfg keeps there. */
const usual =
  /^(?:\.git(?:ignore|attributes)?|\.appcfg(?:-import)?|README(?:\.md)?|LICENSE(?:\.md)?|node_modules|package(?:-lock)?\.json|\.npmrc|\.nvmrc|\.node-version|\.editorconfig|.+\.tgz|\.gitlab(?:-ci\.yml)?|CODEOWNERS|iam)$/;

export class StagedFolder {
  readonly #directory: string;
  readonly #name: string;
  readonly #isNew: boolean;

  /**
   * @param directory absolute, see `realFolder`
   * @param options.name as the user gave it
   * @param options.ignored the names of files that may be there
   * @throws AppcfgError where the folder is not empty
   */
  constructor(directory: string, { name, ignored }: { readonly name: string; readonly ignored: readonly string[] }) {
    this.#directory = directory;
    this.#name = name;
    const found = namesIn(directory);
    this.#isNew = found === undefined;
    const moved = this.#movedBefore();
    const others = (found ?? []).filter((each) => !usual.test(each) && !ignored.includes(each) && !moved.has(each));
    if (others.length === 0) return;
    const named = others.slice(0, 3).map((each) => `"${each}"`);
    throw failure('destination-exists', `the folder "${name}" is not empty: it has ${named.join(', ')}`, {
      hint: { text: 'import into an empty folder: --out DIR' },
    });
  }

  /** Whether the folder has an entry already. */
  has(entry: string): boolean {
    return namesIn(this.#directory)?.includes(entry) === true;
  }

  /** Where the content is written. */
  get staging(): string {
    return join(this.#directory, stagingName);
  }

  /** Removes what an earlier run left when it was cut off. */
  async open(): Promise<void> {
    try {
      for (const moved of this.#movedBefore()) rmSync(join(this.#directory, moved), { recursive: true });
      this.discard();
      await makeFolder(this.staging);
    } catch (error) {
      throw this.#unwritable(error);
    }
  }

  /**
   * Renames what was written into the folder itself.
   * @param last the entry without which the others mean nothing
   */
  async commit(last: string): Promise<void> {
    const entries = readdirSync(this.staging).sort((a, b) => Number(a === last) - Number(b === last));
    const numbers = entries.map((entry) => [entry, lstatSync(join(this.staging, entry)).ino]);
    try {
      await writeFile(join(this.staging, markName), JSON.stringify(numbers));
      for (const entry of entries) await rename(join(this.staging, entry), join(this.#directory, entry));
    } catch (error) {
      throw this.#unwritable(error);
    }
    this.discard();
  }

  /** Removes what was not renamed. */
  discard(): void {
    rmSync(this.staging, { recursive: true, force: true });
  }

  /** The same where nothing was renamed: the folder is as it was. */
  abandon(): void {
    this.discard();
    if (this.#isNew && namesIn(this.#directory)?.length === 0) rmSync(this.#directory, { recursive: true });
  }

  /** What a run that was cut off had renamed, and is still the same. */
  #movedBefore(): ReadonlySet<string> {
    const moved = new Set<string>();
    for (const [entry, number] of this.#marked()) {
      const isMoved = lstatSync(join(this.staging, entry), { throwIfNoEntry: false }) === undefined;
      const found = lstatSync(join(this.#directory, entry), { throwIfNoEntry: false });
      if (isMoved && found?.ino === number) moved.add(entry);
    }
    return moved;
  }

  #marked(): readonly (readonly [entry: string, number: number])[] {
    try {
      const mark: unknown = JSON.parse(readFileSync(join(this.staging, markName), 'utf8'));
      return Array.isArray(mark) ? mark.filter(isMark) : [];
    } catch {
      return [];
    }
  }

  #unwritable(error: unknown): Error {
    const reason = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return failure('output-unwritable', `the folder "${this.#name}" cannot be written${reason}`, {
      hint: { text: 'check its permissions, or choose another folder: --out DIR' },
    });
  }
}

/** Undefined where there is no such folder. @throws AppcfgError where it is no folder */
function namesIn(directory: string): readonly string[] | undefined {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw failure('output-unwritable', `the folder "${directory}" cannot be read`, {
      hint: { text: 'choose another folder: --out DIR' },
    });
  }
}

function isMark(entry: unknown): entry is readonly [string, number] {
  return (
    Array.isArray(entry) && typeof entry[0] === 'string' && /^[\w.]+$/.test(entry[0]) && typeof entry[1] === 'number'
  );
}
