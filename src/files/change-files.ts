import { lstat, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { failure } from '../core/problem/problem.ts';
import { count } from '../core/problem/quantity.ts';
import { LinkInPath, realFile, realFolder, realPath } from './real-path.ts';
import { changeFile, makeFolder, ReadOnlyFile } from './write-file.ts';

export interface FileText {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  /** Undefined: the file is deleted. */
  readonly text: string | undefined;
}

interface Destination {
  readonly directory: string;
  /** See `realFile`. */
  readonly untrusted: readonly string[];
  /** The command, for the hint. */
  readonly again: string;
}

/** Files of a folder that symbolic links lead to, or that are reached by one. */
export function linkedFiles(directory: string, paths: readonly string[]): ReadonlySet<string> {
  const root = realPath(directory);
  const folders = new Map<string, string>();
  const linked = new Set<string>();
  for (const path of paths) {
    const file = join(root, path);
    const folder = folders.get(dirname(file)) ?? realFolder(dirname(file), []);
    folders.set(dirname(file), folder);
    const real = realPath(join(folder, basename(file)));
    if (real === file) continue;
    linked.add(path).add(real.slice(root.length + 1).replaceAll(sep, '/'));
  }
  return linked;
}

/** The folders that have nothing but these files. */
export async function foldersOfOnly(directory: string, paths: readonly string[]): Promise<readonly string[]> {
  const folders = new Set(paths.map((path) => dirname(path)));
  const files = new Set(paths);
  const emptied: string[] = [];
  for (const folder of folders) {
    const names = await readdir(join(directory, folder));
    if (names.every((name) => files.has(`${folder}/${name}`))) emptied.push(folder);
  }
  return emptied;
}

/**
 * Changes, creates and deletes files in this order. Where one of them is read-only or a folder, nothing is written.
 * @throws AppcfgError
 */
export async function changeFiles(files: readonly FileText[], destination: Destination): Promise<void> {
  const paths = files.map(({ path }) => ({
    path,
    file: at(path, destination, () => realFile(join(destination.directory, path), destination.untrusted)),
  }));
  for (const { path, file } of paths) {
    const found = await lstat(file).catch(() => undefined);
    if (found?.isDirectory()) throw unwritable(path, new NamedFolder(file), destination);
    if (found?.isFile() && (found.mode & 0o222) === 0) throw unwritable(path, new ReadOnlyFile(file), destination);
  }
  for (const [index, { path, text }] of files.entries()) {
    const file = paths[index]?.file ?? '';
    try {
      if (text === undefined) await rm(file, { force: true });
      else {
        await makeFolder(dirname(file));
        await changeFile(file, text);
      }
    } catch (error) {
      throw unwritable(path, error, destination, { written: index, of: files.length });
    }
  }
}

class NamedFolder extends Error {}

function at<T>(path: string, destination: Destination, find: () => T): T {
  try {
    return find();
  } catch (error) {
    throw unwritable(path, error, destination);
  }
}

/** @param progress where files were written before this one */
function unwritable(
  path: string,
  error: unknown,
  { again }: Destination,
  progress: { readonly written: number; readonly of: number } = { written: 0, of: 0 },
): Error {
  const [message, hint] = describe(error, again);
  if (progress.written === 0)
    return failure('output-unwritable', message, { hint: { text: hint }, source: { file: path } });
  const done = `${progress.written} of ${count(progress.of, 'change')} ${progress.written === 1 ? 'is' : 'are'} written`;
  return failure('output-unwritable', `${message}; ${done}`, {
    hint: { text: `${hint}, and ${again} again: what is written is whole` },
    source: { file: path },
  });
}

function describe(error: unknown, again: string): readonly [message: string, hint: string] {
  if (error instanceof LinkInPath) return [`its path leads through the symbolic link ${error.link}`, 'delete the link'];
  if (error instanceof ReadOnlyFile) return ['the file is read-only', `make it writable, and ${again} again`];
  if (error instanceof NamedFolder) return ['a folder has the name of the file', 'rename the folder'];
  const reason = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return [`the file cannot be written${reason}`, 'check the permissions of the file and its folder'];
}
