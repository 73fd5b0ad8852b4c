// How the files of a tree are read, on disk or elsewhere.
import type { Problem } from '../core/problem/problem.ts';

export type EntryKind = 'file' | 'folder' | 'other';

export interface Entry {
  readonly name: string;
  /** Of a symbolic link, the kind of its target; a problem where the link must not or cannot be followed. */
  readonly kind: EntryKind | Problem;
}

/** Paths are relative to the root of the tree, with `/`; '' is the root. */
export interface TreeSource {
  /** The root, for messages. */
  readonly name: string;
  /** The kind of what is at a path; undefined where nothing is. */
  kindOf(path: string): EntryKind | Problem | undefined;
  /**
   * The entries of a folder, in the order of their code units: the same on every machine. Names that begin with `.` or `_`
   * are left out. @throws where the folder cannot be read
   */
  list(folder: string): readonly Entry[];
  /** Whether there is no file in a folder, nor in those in it, also none whose name begins with `.` or `_`. */
  isEmpty(folder: string): boolean;
  /** The text of a file; U+FFFD replaces what is not UTF-8. @throws where it cannot be read; FileTooLarge */
  text(path: string): string;
  /** @throws where it cannot be read; FileTooLarge */
  bytes(path: string): Uint8Array;
  /**
   * Reads folders and the folders in them, so that the next reads are fast. Forgets what it read ahead before.
   * @param isWanted whether a file with this name will be read
   * @returns false where not all of it was read: it is too much, or a read failed and will fail again
   */
  readAhead(folders: readonly string[], isWanted: (name: string) => boolean): boolean;
}

/** Bytes of a file: four times the largest content. */
export const largestFile = 8_388_608;

/** Thrown by sources for a file that is not read. */
export class FileTooLarge extends Error {}

const hintsByCode: ReadonlyMap<string, string> = new Map([
  ['ELOOP', 'the symbolic link leads back to itself'],
  ['ENOENT', 'if it is a symbolic link, the file that it names does not exist'],
  ['EISDIR', 'it is a folder: replace it with a file'],
]);

/** A file, folder or link that cannot be read. */
export function unreadable(path: string, error: unknown): Problem {
  if (error instanceof FileTooLarge) {
    return {
      code: 'file-too-large',
      severity: 'error',
      message: `the file has more than ${largestFile.toLocaleString('en')} bytes`,
      hint: { text: 'split the configuration: AppConfig takes at most 2,097,152 bytes' },
      source: { file: path },
    };
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return {
    code: 'file-unreadable',
    severity: 'error',
    message: `cannot be read (${code})`,
    hint: { text: hintsByCode.get(code) ?? 'check that it exists and that you may read it' },
    source: { file: path },
  };
}

/** A symbolic link that must not be followed: what is deployed is what was reviewed. */
export function linkOutside(link: string, target: string): Problem {
  return {
    code: 'symlink-outside-tree',
    severity: 'error',
    message: `the symbolic link leads out of the tree, to ${target}`,
    hint: { text: 'copy its target into the tree, so that every change of it is reviewed' },
    source: { file: link },
  };
}

/** Whether a path goes through a folder of Git or of appcfg, which hold credentials and local state. */
export function isInternal(path: string): boolean {
  return /(?:^|[\\/])\.(?:git|appcfg)(?:$|[\\/])/i.test(path);
}
