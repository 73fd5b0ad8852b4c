import type { Problem } from '../../core/problem/problem.ts';
import type { Entry, EntryKind, TreeSource } from '../tree-source.ts';

/** A tree in which some files have another text, exist, or do not exist. */
export class OverlaySource implements TreeSource {
  readonly #source: TreeSource;
  readonly #files: ReadonlyMap<string, string | undefined>;
  /** What is changed in a folder: its files and the folders that may be new, by name. Undefined: deleted. */
  readonly #folders = new Map<string, Map<string, EntryKind | undefined>>();

  /** @param files texts by path; undefined: there is no such file */
  constructor(source: TreeSource, files: ReadonlyMap<string, string | undefined>) {
    this.#source = source;
    this.#files = files;
    for (const [path, text] of files) {
      const isThere = text !== undefined;
      this.#note(path, isThere ? 'file' : undefined);
      if (!isThere) continue;
      for (let folder = parentOf(path); folder !== ''; folder = parentOf(folder)) this.#note(folder, 'folder');
    }
  }

  get name(): string {
    return this.#source.name;
  }

  kindOf(path: string): EntryKind | Problem | undefined {
    if (this.#files.has(path)) return this.#files.get(path) === undefined ? undefined : 'file';
    return this.#source.kindOf(path) ?? (this.#hasFilesIn(path) ? 'folder' : undefined);
  }

  list(folder: string): readonly Entry[] {
    const changed = this.#folders.get(folder);
    if (changed === undefined) return this.#source.list(folder);
    const entries = this.#source.kindOf(folder) === undefined ? [] : this.#source.list(folder);
    const present = new Set(entries.map(({ name }) => name));
    const added = [...changed].flatMap(([name, kind]): readonly Entry[] =>
      kind === undefined || present.has(name) || /^[._]/.test(name) ? [] : [{ name, kind }],
    );
    const left = entries.filter(({ name }) => !changed.has(name) || changed.get(name) !== undefined);
    return [...left, ...added].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  isEmpty(folder: string): boolean {
    return !this.#hasFilesIn(folder) && this.#source.isEmpty(folder);
  }

  text(path: string): string {
    return this.#files.get(path) ?? this.#source.text(path);
  }

  bytes(path: string): Uint8Array {
    const text = this.#files.get(path);
    return text === undefined ? this.#source.bytes(path) : Buffer.from(text);
  }

  readAhead(folders: readonly string[], isWanted: (name: string) => boolean): boolean {
    return this.#source.readAhead(folders, isWanted);
  }

  #note(path: string, kind: EntryKind | undefined): void {
    const folder = parentOf(path);
    const names = this.#folders.get(folder) ?? new Map<string, EntryKind | undefined>();
    this.#folders.set(folder, names.set(path.slice(folder === '' ? 0 : folder.length + 1), kind));
  }

  #hasFilesIn(folder: string): boolean {
    return [...(this.#folders.get(folder)?.values() ?? [])].some((kind) => kind !== undefined);
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
