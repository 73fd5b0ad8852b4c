// The files of a tree on disk. Symbolic links are followed inside the tree only: what is deployed is what was reviewed.
// Reading ahead takes half the time of system calls that alternate with parsing and merging.
import {
  closeSync,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import type { Problem } from '../core/problem/problem.ts';
import {
  type Entry,
  type EntryKind,
  FileTooLarge,
  isInternal,
  largestFile,
  linkOutside,
  type TreeSource,
  unreadable,
} from './tree-source.ts';

/** Characters of files that are held at a time. */
const mostCharacters = 1_000_000;

const withKinds = { encoding: 'utf8', withFileTypes: true } as const;

export class DiskSource implements TreeSource {
  readonly name: string;
  #entries = new Map<string, readonly Entry[]>();
  #texts = new Map<string, string>();
  /** By the path of a folder without files: the names of its folders. */
  #withoutFiles = new Map<string, readonly string[]>();
  /** Nearly every file fits. Reading into it is faster than asking for the size of a file first. */
  readonly #buffer = Buffer.allocUnsafeSlow(65_536);

  /** @param root the folder that holds `template/` and `tenants/` */
  constructor(root: string) {
    this.name = root;
  }

  kindOf(path: string): EntryKind | Problem | undefined {
    const stat = lstatSync(`${this.name}/${path}`, { throwIfNoEntry: false });
    return stat && (stat.isSymbolicLink() ? this.#kindOfTarget(path) : kindOfEntry(stat));
  }

  list(folder: string): readonly Entry[] {
    const known = this.#entries.get(folder);
    if (known !== undefined) return known;
    const all = readdirSync(`${this.name}/${folder}`, withKinds);
    if (all.every((entry) => entry.isDirectory())) {
      this.#withoutFiles.set(
        folder,
        all.map(({ name }) => name),
      );
    }
    return all
      .filter(({ name }) => !name.startsWith('.') && !name.startsWith('_'))
      .map((entry) => ({
        name: entry.name,
        kind: entry.isSymbolicLink() ? this.#kindOfTarget(`${folder}/${entry.name}`) : kindOfEntry(entry),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  isEmpty(folder: string): boolean {
    const folders = this.#withoutFiles.get(folder);
    if (folders === undefined) return false;
    return folders.every((name) => {
      this.list(`${folder}/${name}`);
      return this.isEmpty(`${folder}/${name}`);
    });
  }

  text(path: string): string {
    return this.#texts.get(path) ?? this.#read(path, (bytes) => bytes.toString());
  }

  bytes(path: string): Uint8Array {
    return this.#read(path, (bytes) => Buffer.from(bytes));
  }

  readAhead(folders: readonly string[], isWanted: (name: string) => boolean): boolean {
    this.#entries = new Map();
    this.#texts = new Map();
    this.#withoutFiles = new Map();
    try {
      for (const folder of folders) this.#entries.set(folder, this.list(folder));
      for (const [path, entries] of [...this.#entries]) {
        for (const { name, kind } of entries) {
          if (kind === 'folder') this.#entries.set(`${path}/${name}`, this.list(`${path}/${name}`));
        }
      }
      return this.#readTextsAhead(isWanted);
    } catch {
      return false;
    }
  }

  /**
   * @param use called with bytes that the next file replaces
   * @throws FileTooLarge, before memory is used for the file
   */
  #read<T>(path: string, use: (bytes: Buffer) => T): T {
    const buffer = this.#buffer;
    const file = openSync(`${this.name}/${path}`, 'r');
    try {
      let end = 0;
      for (let count = -1; count !== 0; end += count) count = readSync(file, buffer, end, buffer.length - end, null);
      if (end < buffer.length) return use(buffer.subarray(0, end));
      if (fstatSync(file).size > largestFile) throw new FileTooLarge();
      return use(Buffer.concat([buffer, readFileSync(file)]));
    } finally {
      closeSync(file);
    }
  }

  #readTextsAhead(isWanted: (name: string) => boolean): boolean {
    let characters = 0;
    for (const [path, entries] of this.#entries) {
      for (const { name, kind } of entries) {
        if (kind !== 'file' || !isWanted(name)) continue;
        const file = `${path}/${name}`;
        const text = this.text(file);
        this.#texts.set(file, text);
        characters += text.length;
        if (characters > mostCharacters) return false;
      }
    }
    return true;
  }

  #kindOfTarget(link: string): EntryKind | Problem {
    try {
      const root = realpathSync(this.name);
      const target = realpathSync(join(this.name, link));
      const isInside = target === root || target.startsWith(root + sep);
      if (!isInside || isInternal(target.slice(root.length))) return linkOutside(link, target);
      return kindOfEntry(statSync(target));
    } catch (error) {
      return unreadable(link, error);
    }
  }
}

function kindOfEntry(entry: Dirent | Stats): EntryKind {
  if (entry.isDirectory()) return 'folder';
  return entry.isFile() ? 'file' : 'other';
}
