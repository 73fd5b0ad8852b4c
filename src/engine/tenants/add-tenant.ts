import { differingEntries, textWithTenant } from '../../core/edit/tenant-settings.ts';
import type { FileChange } from '../../core/events/event.ts';
import { isLiteralName, nameOfGlob } from '../../core/model/globs.ts';
import { isSelected } from '../../core/model/selection.ts';
import type { Hint } from '../../core/problem/hint.ts';
import { failure } from '../../core/problem/problem.ts';
import { suggest } from '../../core/problem/suggest.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { parseSettings } from '../../core/settings-file/parse-settings.ts';
import { createFiles, type NewFile } from '../../files/create-files.ts';
import { checkNewEnvironment, checkNewTenant } from '../../tree/checks/new-tenant.ts';
import { foldersIn, targetsOf } from '../../tree/targets.ts';
import { filesOfTenant } from '../../tree/tenants/files-of-tenant.ts';
import type { Context } from '../context.ts';
import type { AddTenantOptions } from '../options.ts';
import {
  type ChangeableTree,
  changeSettings,
  openChangeableTree,
  realTree,
  requireTenant,
  type SettingsFile,
} from './change-tree.ts';

/** Makes the folders of a tenant, or copies those of another one and its settings. Nothing is overwritten. */
export async function addTenant(options: AddTenantOptions, context: Context): Promise<void> {
  const { name } = options;
  const tree = await openChangeableTree(context);
  if (tree === undefined) return;
  const created = await createTenant(options, tree, context);
  context.emit({
    type: 'files-changed',
    directory: context.directory,
    files: created.files,
    isWritten: true,
    next: [
      ...created.notes,
      { text: 'see what a sync would do', command: { run: 'diff', args: [], selects: { tenant: name } } },
      { text: 'deploy the tenant', command: { run: 'sync', args: [], selects: { tenant: name } } },
    ],
  });
}

export interface CreatedTenant {
  readonly files: readonly FileChange[];
  readonly notes: readonly Hint[];
  /** As the file has them now. */
  readonly settings: Settings;
}

/** @throws AppcfgError; then nothing was written */
export async function createTenant(
  { name, like, environments }: AddTenantOptions,
  tree: ChangeableTree,
  context: Context,
): Promise<CreatedTenant> {
  if (like !== undefined) requireTenant(like, tree);
  checkNewTenant(name, tree.tenants, tree.settings);
  const files = like === undefined ? emptyFolders(environments, tree) : copiesOf(like, environments, tree);
  const settings = like === undefined ? undefined : changedSettings({ like, name }, tree);
  const directory = realTree(context);
  // Before the files: the tenant never exists with other settings.
  if (settings !== undefined) await changeSettings(settings.after.path, settings.after.text, context);
  const created = files.map(({ path, text }) => ({ path: `tenants/${name}/${path}`, text }));
  try {
    await createFiles(directory, created, { text: 'choose another name' });
  } catch (error) {
    if (settings !== undefined) await changeSettings(settings.before.path, settings.before.text, context);
    throw error;
  }
  const notes = like === undefined ? [] : settingsNotes({ like, name }, settings?.after ?? tree.settingsFile);
  return {
    settings:
      settings === undefined ? tree.settings : (await parseSettings(settings.after.text, settings.after.path)).settings,
    files: [
      ...(settings === undefined ? [] : [{ file: settings.after.path, change: 'changed' as const }]),
      ...created.map(({ path }) => ({ file: path, change: 'created' as const })),
    ],
    notes,
  };
}

/** Git keeps no folder without a file. */
const placeholder = '.gitkeep';

/** @throws AppcfgError */
function emptyFolders(globs: readonly string[], { settings, source }: ChangeableTree): readonly NewFile[] {
  const isListed = settings.environments !== undefined;
  const known = isListed
    ? [...(settings.environments?.keys() ?? [])]
    : [...new Set([...foldersIn(source, 'template'), ...targetsOf(source).map(({ environment }) => environment)])];
  const named = globs.filter((glob) => !isListed && !glob.startsWith('!') && isLiteralName(glob)).map(nameOfGlob);
  for (const name of named) checkNewEnvironment(name, known);
  const environments = selectedEnvironments(globs, [...new Set([...known, ...named])]);
  if (environments.length === 0) {
    throw failure('usage-invalid', 'neither the settings nor the tree have an environment', {
      hint: { text: 'name the environments of the tenant: --env dev --env prod' },
    });
  }
  return environments.map((environment) => ({ path: `${environment}/${placeholder}`, text: '' }));
}

/** @throws AppcfgError */
function copiesOf(like: string, globs: readonly string[], { source }: ChangeableTree): readonly NewFile[] {
  const all = foldersIn(source, `tenants/${like}`);
  const environments = selectedEnvironments(globs, all);
  const files = filesOfTenant(source, like)
    .filter(({ path }) => !isBelow(path, all) || isBelow(path, environments))
    .map(({ path, bytes }) => ({ path, text: bytes }));
  const empty = environments.filter((environment) => !files.some(({ path }) => isBelow(path, [environment])));
  if (environments.length === 0) {
    throw failure('tenant-empty', `the tenant "${like}" has no environment to copy`, {
      hint: { text: 'leave out --like, and name the environments: --env dev --env prod' },
    });
  }
  return [...files, ...empty.map((environment) => ({ path: `${environment}/${placeholder}`, text: '' }))];
}

function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path.startsWith(`${folder}/`));
}

/** @throws AppcfgError where one of the globs selects nothing */
function selectedEnvironments(globs: readonly string[], known: readonly string[]): readonly string[] {
  const missing = globs.find((glob) => !glob.startsWith('!') && !known.some((name) => isSelected(name, [glob])));
  if (missing !== undefined) {
    throw failure('environment-unknown', `--env "${missing}": there is no such environment`, {
      hint: suggest(missing, known),
    });
  }
  return known.filter((name) => isSelected(name, globs));
}

interface Copy {
  readonly like: string;
  readonly name: string;
}

/** Undefined: nothing changes. @throws AppcfgError */
function changedSettings(
  tenant: Copy,
  { settingsFile }: ChangeableTree,
): { readonly before: SettingsFile; readonly after: SettingsFile } | undefined {
  if (settingsFile === undefined) return undefined;
  const { path } = settingsFile;
  const text = textWithTenant(settingsFile.text, tenant);
  if (text === undefined) {
    const [entry] = differingEntries(settingsFile.text, tenant);
    throw failure(
      'output-unwritable',
      `${entry?.pointer ?? path} cannot be changed with its comments kept; nothing was written`,
      {
        hint: { text: `add "${tenant.name}" beside "${tenant.like}" by hand, and run the command again` },
        source: { file: path },
      },
    );
  }
  return text === settingsFile.text ? undefined : { before: settingsFile, after: { path, text } };
}

/** Where the settings still treat the two differently: a glob of the user's matches only one of them. */
function settingsNotes(tenant: Copy, file: SettingsFile | undefined): readonly Hint[] {
  return differingEntries(file?.text ?? '', tenant).map(({ position, selects }) => ({
    text:
      selects === 'like'
        ? `${position} applies to "${tenant.like}" only: give "${tenant.name}" an entry with the same labels and settings`
        : `${position} applies to "${tenant.name}" only: exclude it there if "${tenant.name}" is to be as "${tenant.like}" is`,
  }));
}
