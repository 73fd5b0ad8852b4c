// The files that `-o FORMAT=FILE` names: checked before anything is done, written at the end.
import { accessSync, constants, lstatSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Hint } from '../core/problem/hint.ts';
import { type AppcfgError, failure } from '../core/problem/problem.ts';
import { LinkInPath, realFile } from './real-path.ts';
import { writeFile, writeToStream } from './write-file.ts';

export type WriteOutput = (file: string, text: string) => Promise<void>;

export interface OutputOptions {
  readonly cwd: string;
  /** Folders in which no symbolic link is followed: a link that is named itself is replaced. */
  readonly untrusted: readonly string[];
  /** Of the files; as usual where undefined. */
  readonly mode?: number | undefined;
}

/** Checks files that are to be written. @returns what writes them. @throws AppcfgError for a file that cannot be written */
export function openOutputFiles(files: readonly string[], options: OutputOptions): WriteOutput {
  const targets = new Map<string, Target>();
  for (const file of files) {
    const target = targetOf(file, options);
    if ([...targets.values()].some(({ path }) => path === target.path)) {
      throw failure('usage-invalid', `two outputs write to the same file "${file}"`, {
        hint: { text: 'give each its own file' },
      });
    }
    targets.set(file, target);
  }
  return async (file, text) => {
    if (targets.get(file) === undefined) throw new Error(`${file} is not one of the outputs`);
    // The run may have taken long: a folder of the path may be another one now.
    const { path, isStream } = targetOf(file, options);
    await (isStream ? writeToStream(path, text) : writeFile(path, text, options.mode));
  };
}

interface Target {
  /** Absolute. */
  readonly path: string;
  /** A pipe or a device: it is written to, and not replaced. */
  readonly isStream: boolean;
}

/** What a process has open, by number. */
const openFile = /^\/dev\/(?:stdout|stderr|fd\/\d+)$|^\/proc\/self\/fd\/\d+$/;

/** @throws AppcfgError */
function targetOf(file: string, { cwd, untrusted }: OutputOptions): Target {
  const named = resolve(cwd, file);
  if (openFile.test(named)) return { path: named, isStream: true };
  const path = withoutLinks(file, () => realFile(named, untrusted));
  const stat = statOf(path);
  if (stat?.isDirectory()) throw unwritable(file, 'name a file: this is a folder');
  const folder = dirname(path);
  if (statOf(folder)?.isDirectory() !== true) {
    const command = { program: ['mkdir', '-p'], paths: [dirname(file)], from: 'user' } as const;
    throw unwritable(file, { text: 'create its folder first', command });
  }
  const isStream = stat?.isFIFO() === true || stat?.isCharacterDevice() === true;
  if (!isStream && stat !== undefined && !stat.isFile() && !stat.isSymbolicLink()) {
    throw unwritable(file, 'name a file: this is a socket or a disk');
  }
  for (const needed of isStream ? [path] : stat?.isFile() === true ? [folder, path] : [folder]) {
    if (!isWritable(needed)) {
      throw unwritable(file, `get write permission for ${needed === folder ? 'its folder' : 'the file'}`);
    }
  }
  return { path, isStream };
}

/** @throws AppcfgError instead of LinkInPath */
function withoutLinks(file: string, act: () => string): string {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof LinkInPath)) throw error;
    throw unwritable(file, `delete the symbolic link ${error.link}, or name a file elsewhere`);
  }
}

function unwritable(file: string, hint: string | Hint): AppcfgError {
  return failure('output-unwritable', `the output file "${file}" cannot be written`, {
    hint: typeof hint === 'string' ? { text: hint } : hint,
  });
}

/** Of a link, not of its target. */
function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
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
