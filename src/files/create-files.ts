import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hint } from '../core/problem/hint.ts';
import { failure } from '../core/problem/problem.ts';
import { FolderWriter } from './write-folder.ts';

export interface NewFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly text: string | Uint8Array;
}

/**
 * Writes files that do not exist: all of them or, where one exists or cannot be written, none.
 * @param directory see `realFolder`
 * @param hint what to do where one exists
 * @throws AppcfgError
 */
export async function createFiles(directory: string, files: readonly NewFile[], hint: Hint): Promise<void> {
  const found: string[] = [];
  for (const { path } of files) if (await exists(join(directory, path))) found.push(path);
  const [first] = found;
  if (first !== undefined) {
    const others = found.length === 1 ? '' : ` (and ${found.length - 1} more)`;
    throw failure('destination-exists', `${first} exists already${others}; nothing was written`, { hint });
  }
  const writer = new FolderWriter(directory);
  try {
    for (const { path, text } of files) await writer.write(path, text);
    await writer.end();
  } catch (error) {
    for (const { path } of files) await rm(join(directory, path), { force: true });
    throw error;
  }
}

/** Whether something has this path, also a link that leads nowhere. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
