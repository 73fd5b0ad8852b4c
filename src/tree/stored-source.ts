// The files of a tree that are in memory, such as those of a revision. Symbolic links are followed inside the tree only.
import { posix } from 'node:path';
import type { Problem } from '../core/problem/problem.ts';
import {
  type Entry,
  type EntryKind,
  FileTooLarge,
  isInternal,
  linkOutside,
  type TreeSource,
  unreadable,
} from './tree-source.ts';

/** A file as it is stored. Bytes are undefined where the file is too large. */
export type StoredFile =
  | { readonly kind: 'file'; readonly bytes: Uint8Array | undefined }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'other' };

/** As many links as Linux follows in one path. */
const mostLinks = 40;

/** Why a path leads to nothing. */
type Astray = { readonly code: 'ENOENT' | 'ELOOP' } | { readonly outside: string };

export class StoredSource implements TreeSource {
  readonly name: string;
  readonly #files: ReadonlyMap<string, StoredFile>;
  /** Names by folder. */
  readonly #folders = new Map<string, Set<string>>([['', new Set()]]);

  /** @param files by path, with `/`; a folder is there if it has files */
  constructor(name: string, files: ReadonlyMap<string, StoredFile>) {
    this.name = name;
    this.#files = files;
    for (const path of files.keys()) this.#addToFolder(path);
  }

  kindOf(path: string): EntryKind | Problem | undefined {
    const at = this.#follow(folderOf(path));
    if (typeof at !== 'string') return undefined;
    const entry = joined(at, posix.basename(path));
    return this.#files.has(entry) || this.#folders.has(entry) ? this.#kind(entry, path) : undefined;
  }

  list(folder: string): readonly Entry[] {
    const at = this.#target(folder);
    const names = this.#folders.get(at);
    if (names === undefined) throw errorOf('ENOENT');
    return [...names]
      .filter((name) => !name.startsWith('.') && !name.startsWith('_'))
      .sort()
      .map((name) => ({ name, kind: this.#kind(joined(at, name), joined(folder, name)) }));
  }

  /** What is stored has no folders without files. */
  isEmpty(): boolean {
    return false;
  }

  text(path: string): string {
    const bytes = this.bytes(path);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  }

  bytes(path: string): Uint8Array {
    const file = this.#files.get(this.#target(path));
    if (file?.kind !== 'file') throw errorOf('EISDIR');
    if (file.bytes === undefined) throw new FileTooLarge();
    return file.bytes;
  }

  readAhead(): boolean {
    return true;
  }

  #addToFolder(path: string): void {
    for (let below = path; below !== ''; ) {
      const folder = folderOf(below);
      const names = this.#folders.get(folder);
      names?.add(posix.basename(below));
      if (names !== undefined) return;
      this.#folders.set(folder, new Set([posix.basename(below)]));
      below = folder;
    }
  }

  #kind(entry: string, path: string): EntryKind | Problem {
    const kind = this.#files.get(entry)?.kind ?? 'folder';
    if (kind !== 'link') return kind;
    const target = this.#follow(entry);
    if (typeof target === 'string') {
      const targetKind = this.#files.get(target)?.kind;
      return targetKind === 'file' || targetKind === 'other' ? targetKind : 'folder';
    }
    return 'outside' in target ? linkOutside(path, target.outside) : unreadable(path, errorOf(target.code));
  }

  /** The path without links. @throws where there is nothing */
  #target(path: string): string {
    const target = this.#follow(path);
    if (typeof target === 'string') return target;
    throw errorOf('outside' in target ? 'ENOENT' : target.code);
  }

  #follow(path: string): string | Astray {
    let left = path.split('/');
    let at = '';
    for (let links = 0; left.length > 0; ) {
      const [name = '', ...others] = left;
      left = others;
      if (name === '' || name === '.') continue;
      if (name === '..') {
        if (at === '') return { outside: path };
        at = folderOf(at);
        continue;
      }
      const next = joined(at, name);
      const file = this.#files.get(next);
      if (file?.kind === 'link') {
        links += 1;
        if (links > mostLinks) return { code: 'ELOOP' };
        if (file.target === '') return { code: 'ENOENT' };
        if (file.target.startsWith('/') || isInternal(file.target)) return { outside: file.target };
        if (posix.normalize(joined(at, file.target)).startsWith('..')) return { outside: file.target };
        left = [...file.target.split('/'), ...left];
        continue;
      }
      if (file === undefined && !this.#folders.has(next)) return { code: 'ENOENT' };
      at = next;
    }
    return at;
  }
}

function folderOf(path: string): string {
  const folder = posix.dirname(path);
  return folder === '.' ? '' : folder;
}

function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** As Node throws for a file on disk. */
function errorOf(code: string): Error {
  return Object.assign(new Error(code), { code });
}
