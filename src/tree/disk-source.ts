// The tree's folders and files. What many tenants need is read ahead, folders first: system calls that follow upon each
// other take half the time of those that stand between parsing and merging.
// Links in the tree: what is reviewed must be what is deployed, so they stay inside.
import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Problem } from '../core/problem/problem.ts';

export interface Entry {
  readonly name: string;
  isDirectory(): boolean;
  isFile(): boolean;
  isSymbolicLink(): boolean;
}

/** Characters of files that are held at a time. */
const most = 1_000_000;

/** In full, and made once: Node takes options faster so. */
const asText = { encoding: 'utf8', flag: 'r' } as const;

const withKinds = { encoding: 'utf8', withFileTypes: true } as const;

/** Paths are relative to the tree's root, with `/`. */
export class TreeFiles {
  readonly #root: string;
  readonly #isWanted: (name: string) => boolean;
  #entries = new Map<string, readonly Entry[]>();
  #texts = new Map<string, string>();

  /** @param isWanted whether a file of that name is going to be read. */
  constructor(root: string, isWanted: (name: string) => boolean) {
    this.#root = root;
    this.#isWanted = isWanted;
  }

  /**
   * Reads what is in some folders and in the folders below them, and forgets what was read ahead before.
   * @returns false if not all of it was read: it is too much, or something cannot be read, which whoever asks for it will see.
   */
  readAhead(folders: readonly string[]): boolean {
    this.#entries = new Map();
    this.#texts = new Map();
    try {
      for (const folder of folders) this.#entries.set(folder, this.list(folder));
      for (const [path, entries] of [...this.#entries]) {
        for (const entry of entries) {
          const below = `${path}/${entry.name}`;
          if (entry.isDirectory()) this.#entries.set(below, this.list(below));
        }
      }
      return this.#readFilesAhead();
    } catch {
      return false;
    }
  }

  /** A folder's entries in the order of their code units, so that every machine reads alike; hidden ones are left out. */
  list(path: string): readonly Entry[] {
    const known = this.#entries.get(path);
    if (known !== undefined) return known;
    const entries = readdirSync(`${this.#root}/${path}`, withKinds).filter(
      ({ name }) => !name.startsWith('.') && !name.startsWith('_'),
    );
    return entries.length > 1 ? entries.sort((a, b) => (a.name < b.name ? -1 : 1)) : entries;
  }

  /** A file's text, with the sign of replacement in the place of what is not UTF-8. Node reads a text faster than bytes. */
  text(path: string): string {
    return this.#texts.get(path) ?? readFileSync(`${this.#root}/${path}`, asText);
  }

  bytes(path: string): Buffer {
    return readFileSync(`${this.#root}/${path}`);
  }

  #readFilesAhead(): boolean {
    let characters = 0;
    for (const [path, entries] of this.#entries) {
      for (const entry of entries) {
        if (!entry.isFile() || !this.#isWanted(entry.name)) continue;
        const file = `${path}/${entry.name}`;
        const text = this.text(file);
        this.#texts.set(file, text);
        characters += text.length;
        if (characters > most) return false;
      }
    }
    return true;
  }
}

/** @param path of a link, relative to the root. @returns what it leads to, or what is wrong with that. */
export function followLink(root: string, path: string): { readonly stat: Stats } | { readonly problem: Problem } {
  try {
    const top = realpathSync(root);
    const target = realpathSync(join(root, path));
    if (target === top || target.startsWith(top + sep)) return { stat: statSync(target) };
    const message = `the link leads out of the tree, to ${target}`;
    const hint = 'copy what it points to into the tree: what is reviewed must be what is deployed';
    return {
      problem: {
        code: 'symlink-outside-tree',
        severity: 'error',
        message,
        hint: { text: hint },
        source: { file: path },
      },
    };
  } catch (error) {
    return { problem: unreadable(path, error) };
  }
}

/** A file, folder or link that cannot be read, and why. */
export function unreadable(path: string, error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return {
    code: 'file-unreadable',
    severity: 'error',
    message: `cannot be read (${code})`,
    hint:
      code === 'ELOOP'
        ? { text: 'the link leads back to itself' }
        : { text: 'check that it exists and that you may read it' },
    source: { file: path },
  };
}
