// Reads a file that the user names.
import { readFileSync, statSync } from 'node:fs';

/** Bytes. The diff of 50,000 changed addresses has fewer. */
const largest = 100_000_000;

/** Why a file that does not exist cannot be read. */
export const noSuchFile = 'there is no such file';

/** @returns its text, without a byte-order mark; otherwise why it cannot be read */
export function readNamedFile(path: string): { readonly text: string } | { readonly reason: string } {
  const stat = statOf(path);
  if (stat === undefined) return { reason: noSuchFile };
  if (!stat.isFile()) return { reason: stat.isDirectory() ? 'it is a folder' : 'it is not a regular file' };
  if (stat.size > largest) return { reason: 'it has more than 100 MB' };
  try {
    return { text: readFileSync(path, 'utf8').replace(/^\ufeff/, '') };
  } catch {
    return { reason: 'it cannot be read' };
  }
}

function statOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A part of the path is a file, or a link to itself.
    return undefined;
  }
}
