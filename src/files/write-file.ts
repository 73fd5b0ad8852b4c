// The files that `-o FORMAT=FILE` names: looked at before anything is done, written at the end.

import { accessSync, constants, realpathSync, type Stats, statSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { failure } from '../core/problem/problem.ts';

export type WriteOutput = (file: string, text: string) => Promise<void>;

/** @returns writes one of the files whole, or not at all. @throws AppcfgError for a file that cannot be written */
export function openOutputFiles(outputs: readonly { readonly file?: string }[], cwd: string): WriteOutput {
  const paths = new Map<string, Target>();
  for (const { file } of outputs) {
    if (file === undefined) continue;
    const target = targetOf(file, cwd);
    if ([...paths.values()].some(({ path }) => path === target.path)) {
      throw failure('usage-invalid', `two outputs want the file "${file}"`, {
        hint: { text: 'give each a file of its own' },
      });
    }
    paths.set(file, target);
  }
  return async (file, text) => {
    const target = paths.get(file);
    if (target === undefined) throw new Error(`${file} is not one of the outputs`);
    if (target.special) await writeFile(target.path, text);
    else await replace(target.path, text);
  };
}

interface Target {
  /** Absolute, links followed: a link stays what it is. */
  readonly path: string;
  /** A pipe or a device: to be written to, not to be replaced. */
  readonly special: boolean;
}

function targetOf(file: string, cwd: string): Target {
  const path = real(resolve(cwd, file));
  const stat = statOf(path);
  if (stat?.isDirectory()) throw unwritable(file, 'it is a folder');
  const folder = dirname(path);
  if (statOf(folder)?.isDirectory() !== true) {
    throw unwritable(file, `make its folder first: mkdir -p ${dirname(file)}`);
  }
  const special = stat !== undefined && !stat.isFile();
  for (const needed of special ? [path] : stat === undefined ? [folder] : [folder, path]) {
    if (!isWritable(needed)) throw unwritable(file, `you may not write to ${needed === folder ? 'its folder' : 'it'}`);
  }
  return { path, special };
}

function unwritable(file: string, hint: string) {
  return failure('output-unwritable', `the output file "${file}" cannot be written`, { hint: { text: hint } });
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
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

async function replace(path: string, text: string): Promise<void> {
  const part = `${path}.part`;
  try {
    await writeFile(part, text);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
