// The files of a tree on disk. Symbolic links are followed inside the tree only: what is deployed is what was reviewed.
// Reading ahead takes half the time of system calls that alternate with parsing and merging.
import { type Dirent, lstatSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
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

/** Created once, and complete: Node reads faster with it. */
const asText = { encoding: 'utf8', flag: 'r' } as const;

const withKinds = { encoding: 'utf8', withFileTypes: true } as const;

export class DiskSource implements TreeSource {
  readonly name: string;
  #entries = new Map<string, readonly Entry[]>();
  #texts = new Map<string, string>();

  /** @param root the folder that holds `template/` and `tenants/` */
  constructor(root: string) {
    this.name = root;
  }

  kindOf(path: string): EntryKind | Problem | undefined {
    const stat = lstatSync(`${this.name}/${path}`, { throwIfNoEntry: false });
    return stat && this.#kind(stat, path);
  }

  list(folder: string): readonly Entry[] {
    const known = this.#entries.get(folder);
    if (known !== undefined) return known;
    return readdirSync(`${this.name}/${folder}`, withKinds)
      .filter(({ name }) => !name.startsWith('.') && !name.startsWith('_'))
      .map((entry) => ({ name: entry.name, kind: this.#kind(entry, `${folder}/${entry.name}`) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  text(path: string): string {
    return this.#texts.get(path) ?? readFileSync(this.#checked(path), asText);
  }

  bytes(path: string): Uint8Array {
    return readFileSync(this.#checked(path));
  }

  readAhead(folders: readonly string[], isWanted: (name: string) => boolean): boolean {
    this.#entries = new Map();
    this.#texts = new Map();
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

  /** The file on disk. @throws FileTooLarge, before memory is used for it */
  #checked(path: string): string {
    const file = `${this.name}/${path}`;
    if (statSync(file).size > largestFile) throw new FileTooLarge();
    return file;
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

  #kind(entry: Dirent | Stats, path: string): EntryKind | Problem {
    if (entry.isSymbolicLink()) return this.#kindOfTarget(path);
    if (entry.isDirectory()) return 'folder';
    return entry.isFile() ? 'file' : 'other';
  }

  #kindOfTarget(link: string): EntryKind | Problem {
    try {
      const root = realpathSync(this.name);
      const target = realpathSync(join(this.name, link));
      const isInside = target === root || target.startsWith(root + sep);
      if (!isInside || isInternal(target.slice(root.length))) return linkOutside(link, target);
      return this.#kind(statSync(target), link);
    } catch (error) {
      return unreadable(link, error);
    }
  }
}
