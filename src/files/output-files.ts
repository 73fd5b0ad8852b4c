// The files that `-o FORMAT=FILE` names: checked before anything is done, written at the end.
import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type AppcfgError, failure } from '../core/problem/problem.ts';
import { realPath } from './real-path.ts';
import { writeFile, writeInPlace } from './write-file.ts';

export type WriteOutput = (file: string, text: string) => Promise<void>;

/** Checks files that are to be written. @returns what writes them. @throws AppcfgError for a file that cannot be written */
export function openOutputFiles(files: readonly string[], cwd: string): WriteOutput {
  const targets = new Map<string, Target>();
  for (const file of files) {
    const target = targetOf(file, cwd);
    if ([...targets.values()].some(({ path }) => path === target.path)) {
      throw failure('usage-invalid', `two outputs write to the same file "${file}"`, {
        hint: { text: 'give each its own file' },
      });
    }
    targets.set(file, target);
  }
  return (file, text) => {
    const target = targets.get(file);
    if (target === undefined) throw new Error(`${file} is not one of the outputs`);
    return target.isStream ? writeInPlace(target.path, text) : writeFile(target.path, text);
  };
}

interface Target {
  /** Absolute, symbolic links followed: the file behind a link is replaced, and not the link. */
  readonly path: string;
  /** A pipe or a device: it is written to, and not replaced. */
  readonly isStream: boolean;
}

function targetOf(file: string, cwd: string): Target {
  const path = realPath(resolve(cwd, file));
  const stat = statOf(path);
  if (stat?.isDirectory()) throw unwritable(file, 'name a file: this is a folder');
  const folder = dirname(path);
  if (statOf(folder)?.isDirectory() !== true) {
    throw unwritable(file, `create its folder first: mkdir -p ${dirname(file)}`);
  }
  const isStream = stat !== undefined && !stat.isFile();
  for (const needed of isStream ? [path] : stat === undefined ? [folder] : [folder, path]) {
    if (!isWritable(needed)) {
      throw unwritable(file, `get write permission for ${needed === folder ? 'its folder' : 'the file'}`);
    }
  }
  return { path, isStream };
}

function unwritable(file: string, hint: string): AppcfgError {
  return failure('output-unwritable', `the output file "${file}" cannot be written`, { hint: { text: hint } });
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
