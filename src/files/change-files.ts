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
  const { directory, untrusted } = destination;
  const before = { written: 0, of: files.length };
  const paths = files.map(({ path }) => {
    try {
      return { path, file: realFile(join(directory, path), untrusted) };
    } catch (error) {
      throw unwritable(path, error, before);
    }
  });
  for (const { path, file } of paths) {
    const found = await lstat(file).catch(() => undefined);
    if (found?.isDirectory()) throw unwritable(path, new NamedFolder(file), before);
    if (found?.isFile() && (found.mode & 0o222) === 0) throw unwritable(path, new ReadOnlyFile(file), before);
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
      throw unwritable(path, error, { ...before, written: index });
    }
  }
}

class NamedFolder extends Error {}

interface Progress {
  /** Changes, before this one. */
  readonly written: number;
  readonly of: number;
}

function unwritable(path: string, error: unknown, { written, of }: Progress): Error {
  const [message, fix] = describe(error);
  const done = `; ${written} of ${count(of, 'change')} ${written === 1 ? 'is' : 'are'} written`;
  return failure('output-unwritable', written === 0 ? message : message + done, {
    hint: { text: `${fix}, then run it again`, command: { run: 'same', args: [] } },
    source: { file: path },
  });
}

function describe(error: unknown): readonly [message: string, fix: string] {
  if (error instanceof LinkInPath) return [`its path leads through the symbolic link ${error.link}`, 'delete the link'];
  if (error instanceof ReadOnlyFile) return ['the file is read-only', 'make it writable'];
  if (error instanceof NamedFolder) return ['a folder has the name of the file', 'rename the folder'];
  const reason = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return [`the file cannot be written${reason}`, 'check the permissions of the file and its folder'];
}
