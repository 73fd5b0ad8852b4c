import type { Target } from '../core/settings/effective-settings.ts';
import type { TreeSource } from './tree-source.ts';

/** The environments of all tenants of a tree, by the names of their folders. No file is read, and no problem is reported. */
export function targetsOf(source: TreeSource): readonly Target[] {
  return foldersIn(source, 'tenants').flatMap((tenant) =>
    foldersIn(source, `tenants/${tenant}`).map((environment) => ({ tenant, environment })),
  );
}

/** The names of its folders; where it cannot be read, none. */
export function foldersIn(source: TreeSource, path: string): readonly string[] {
  try {
    if (source.kindOf(path) !== 'folder') return [];
    return source.list(path).flatMap(({ name, kind }) => (kind === 'folder' ? [name] : []));
  } catch {
    return [];
  }
}
