import type { Problem } from '../../core/problem/problem.ts';
import type { Entry, EntryKind, TreeSource } from '../../tree/tree-source.ts';

/** A tree in which one file has another text, or exists. Its folder must exist. */
export class OverlaySource implements TreeSource {
  readonly #source: TreeSource;
  readonly #path: string;
  readonly #text: string;

  constructor(source: TreeSource, path: string, text: string) {
    this.#source = source;
    this.#path = path;
    this.#text = text;
  }

  get name(): string {
    return this.#source.name;
  }

  kindOf(path: string): EntryKind | Problem | undefined {
    return path === this.#path ? 'file' : this.#source.kindOf(path);
  }

  list(folder: string): readonly Entry[] {
    const entries = this.#source.list(folder);
    const at = this.#path.lastIndexOf('/');
    if (this.#path.slice(0, at) !== folder) return entries;
    const name = this.#path.slice(at + 1);
    const others = entries.filter((entry) => entry.name !== name);
    return [...others, { name, kind: 'file' as const }].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  isEmpty(folder: string): boolean {
    return this.#source.isEmpty(folder) && !this.#path.startsWith(`${folder}/`);
  }

  text(path: string): string {
    return path === this.#path ? this.#text : this.#source.text(path);
  }

  bytes(path: string): Uint8Array {
    return path === this.#path ? Buffer.from(this.#text) : this.#source.bytes(path);
  }

  readAhead(folders: readonly string[], isWanted: (name: string) => boolean): boolean {
    return this.#source.readAhead(folders, isWanted);
  }
}
