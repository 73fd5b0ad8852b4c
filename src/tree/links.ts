// Links in the tree: what is reviewed must be what is deployed, so they stay inside.
import { realpathSync, type Stats, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Problem } from '../core/errors.ts';

/** @param path of a link, relative to the root. @returns what it leads to, or what is wrong with that. */
export function followLink(root: string, path: string): { readonly stat: Stats } | { readonly problem: Problem } {
  try {
    const top = realpathSync(root);
    const target = realpathSync(join(root, path));
    if (target === top || target.startsWith(top + sep)) return { stat: statSync(target) };
    const message = `the link leads out of the tree, to ${target}`;
    const hint = 'copy what it points to into the tree: what is reviewed must be what is deployed';
    return { problem: { code: 'symlink-outside-tree', severity: 'error', message, hint, source: path } };
  } catch (error) {
    return { problem: unreadable(path, error) };
  }
}

/** A file, folder or link that cannot be read, and why. */
export function unreadable(path: string, error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return {
    code: 'file-unreadable',
    severity: 'error',
    message: `cannot be read (${code})`,
    hint: code === 'ELOOP' ? 'the link leads back to itself' : 'check that it exists and that you may read it',
    source: path,
  };
}
