import { readdirSync } from 'node:fs';
import { AppcfgError } from '../../core/problem/problem.ts';
import { type EntryKind, isInternal, type TreeSource, unreadable } from '../tree-source.ts';

export interface TenantFile {
  /** Relative to the folder of the tenant, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * All files of a tenant, also those whose names begin with `.` or `_`. What a symbolic link leads to counts as the file.
 * @throws AppcfgError where one cannot be read
 */
export function filesOfTenant(source: TreeSource, tenant: string): readonly TenantFile[] {
  return filesIn(source, { folder: `tenants/${tenant}`, below: '' });
}

function filesIn(source: TreeSource, at: { readonly folder: string; readonly below: string }): readonly TenantFile[] {
  return entriesIn(source, at.folder).flatMap(({ name, isLink }): readonly TenantFile[] => {
    const path = `${at.folder}/${name}`;
    const kind = kindOf(source, path);
    // A linked folder can lead back here; only one that is an environment is read.
    if (kind === 'folder' && !(isLink && at.below !== '')) {
      return filesIn(source, { folder: path, below: `${at.below}${name}/` });
    }
    return kind === 'file' ? [{ path: at.below + name, bytes: bytesOf(source, path) }] : [];
  });
}

function entriesIn(
  { name: root }: TreeSource,
  folder: string,
): readonly { readonly name: string; readonly isLink: boolean }[] {
  try {
    return readdirSync(`${root}/${folder}`, { encoding: 'utf8', withFileTypes: true })
      .map((entry) => ({ name: entry.name, isLink: entry.isSymbolicLink() }))
      .filter(({ name }) => !isInternal(name))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw new AppcfgError([unreadable(folder, error)]);
  }
}

function kindOf(source: TreeSource, path: string): EntryKind | undefined {
  const kind = source.kindOf(path);
  if (typeof kind === 'object') throw new AppcfgError([kind]);
  return kind;
}

function bytesOf(source: TreeSource, path: string): Uint8Array {
  try {
    return source.bytes(path);
  } catch (error) {
    throw new AppcfgError([unreadable(path, error)]);
  }
}
