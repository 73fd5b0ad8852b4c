// What commands share that change the folders of tenants and the settings entries for them.
import { failure } from '../../core/problem/problem.ts';
import { suggest } from '../../core/problem/suggest.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { changeFiles } from '../../files/change-files.ts';
import { folderToWrite } from '../../files/folder-to-write.ts';
import { DiskSource } from '../../tree/disk-source.ts';
import type { TreeSource } from '../../tree/tree-source.ts';
import type { Context } from '../context.ts';
import { loadSettings } from '../load-project.ts';
import { ProblemReporter } from '../problem-reporter.ts';
import { untrustedFolders } from '../untrusted-folders.ts';

export interface ChangeableTree {
  readonly source: TreeSource;
  readonly settings: Settings;
  /** Undefined: the tree has none. */
  readonly settingsFile: SettingsFile | undefined;
  readonly tenants: readonly string[];
}

export interface SettingsFile {
  readonly path: string;
  readonly text: string;
}

/** @returns undefined where the settings have errors, which were emitted. @throws AppcfgError where there is no tree */
export async function openChangeableTree(context: Context): Promise<ChangeableTree | undefined> {
  const reporter = new ProblemReporter(context);
  const settings = await loadSettings(context, reporter);
  if (reporter.hasErrors) return undefined;
  const source = new DiskSource(context.directory);
  const { file: path } = settings.sourceOf();
  const settingsFile = source.kindOf(path) === 'file' ? { path, text: source.text(path) } : undefined;
  const hasTenants = source.kindOf('tenants') === 'folder';
  if (!hasTenants && settingsFile === undefined && source.kindOf('template') === undefined) {
    throw failure('tree-not-found', `no folder "tenants" in ${context.directory}`, {
      hint: { text: 'make a tree', command: { run: 'init', args: [] } },
    });
  }
  const tenants = hasTenants ? source.list('tenants').map(({ name }) => name) : [];
  return { source, settings, settingsFile, tenants };
}

/** @throws AppcfgError */
export function requireTenant(name: string, { source, tenants }: ChangeableTree): void {
  if (tenants.includes(name) && source.kindOf(`tenants/${name}`) === 'folder') return;
  throw failure('selection-empty', `the tree has no tenant "${name}"`, { hint: suggest(name, tenants) });
}

/** The folder of the tree, for its writer. @throws AppcfgError */
export function realTree(context: Context): string {
  return folderToWrite(context.directory, { name: 'the folder of the tree', untrusted: untrustedFolders(context) });
}

/** @throws AppcfgError */
export function changeSettings(path: string, text: string, context: Context): Promise<void> {
  const { directory } = context;
  return changeFiles([{ path, text }], { directory, untrusted: untrustedFolders(context) });
}
