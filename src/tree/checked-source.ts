// A tree's folders and texts, where what cannot be read is a problem.
import type { Problem } from '../core/problem/problem.ts';
import type { TreeProblems } from './checks/tree-problems.ts';
import { type Entry, type EntryKind, type TreeSource, unreadable } from './tree-source.ts';

export interface Folder {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

export class CheckedSource {
  readonly #source: TreeSource;
  readonly #problems: TreeProblems;

  constructor(source: TreeSource, problems: TreeProblems) {
    this.#source = source;
    this.#problems = problems;
  }

  hasFolder(path: string): boolean {
    const kind = this.#checkedKind(this.#source.kindOf(path));
    if (kind === undefined || kind === 'folder') return kind !== undefined;
    this.#problems.error('tree-not-found', `"${path}" is not a folder`, {
      hint: { text: `move the file: ${path}/ has to be a folder of configurations` },
      source: { file: path },
    });
    return false;
  }

  list(path: string): Folder {
    const files: string[] = [];
    const folders: string[] = [];
    for (const { name, kind } of this.entries(path)) {
      const isKind = this.#checkedKind(kind);
      if (isKind === 'folder') folders.push(name);
      else if (isKind === 'file') files.push(name);
      else if (isKind === 'other') this.#problems.ignored(`${path}/${name}`, 'it is neither a file nor a folder');
    }
    return { files, folders };
  }

  /** Also those that are no file and no folder. */
  entries(path: string): readonly Entry[] {
    try {
      return this.#source.list(path);
    } catch (error) {
      this.#problems.addOne(unreadable(path, error));
      return [];
    }
  }

  #checkedKind(kind: EntryKind | Problem | undefined): EntryKind | undefined {
    if (typeof kind !== 'object') return kind;
    this.#problems.addOne(kind);
    return undefined;
  }

  /** The text of a file, without a byte order mark; undefined, after adding a problem, where it has none. */
  text(path: string): string | undefined {
    try {
      const text = this.#source.text(path);
      // Either part of the file is not UTF-8, or the file has this character.
      if (text.includes('\ufffd')) return this.#decode(path);
      // A second one is a part of the text, and an error of the document.
      return text.startsWith('\ufeff') ? text.slice(1) : text;
    } catch (error) {
      this.#problems.addOne(unreadable(path, error));
      return undefined;
    }
  }

  #decode(path: string): string | undefined {
    const bytes = this.#source.bytes(path);
    try {
      return utf8.decode(bytes);
    } catch {
      const text = new TextDecoder().decode(bytes);
      const line = text.slice(0, text.indexOf('\ufffd')).split('\n').length;
      this.#problems.error('text-invalid', 'the file is not UTF-8', {
        hint: { text: 'save it as UTF-8' },
        source: { file: path, line },
      });
      return undefined;
    }
  }
}

/** Removes a byte order mark. */
const utf8 = new TextDecoder('utf-8', { fatal: true });
