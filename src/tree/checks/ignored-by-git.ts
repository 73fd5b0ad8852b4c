// What of a tree no clone has, because Git ignores it.
import type { Problem } from '../../core/problem/problem.ts';

const configurationFile = /\.(?:ya?ml|json)$/;

/** What is selected, by its name. */
export interface SelectedNames {
  readonly tenant: (name: string) => boolean;
  readonly environment: (name: string) => boolean;
}

/**
 * Warnings for what is ignored: of a folder one, whatever it has.
 * @param paths in the tree, a folder before what is in it; a folder has a `/` at its end
 */
export function ignoredByGit(paths: readonly string[], selected: SelectedNames): readonly Problem[] {
  const problems: Problem[] = [];
  let folder: string | undefined;
  for (const path of paths) {
    // A tree that is ignored as a whole is kept elsewhere.
    if (path === '') return [];
    if (folder !== undefined && path.startsWith(folder)) continue;
    const what = partOfTree(path, selected);
    if (what === undefined) continue;
    if (path.endsWith('/')) folder = path;
    problems.push(problemOf(path.replace(/\/$/, ''), what));
  }
  return problems;
}

/** What a path is; undefined for what is no part of the tree, or not selected. Other files of its folders are `file-ignored`. */
function partOfTree(path: string, selected: SelectedNames): string | undefined {
  const isFolder = path.endsWith('/');
  const [top = '', ...names] = path.split('/').filter((name) => name !== '');
  if (names.some((name) => /^[._]/.test(name)) || (!isFolder && !configurationFile.test(path))) return undefined;
  if (top !== 'template' && top !== 'tenants') return 'the file';
  if (names.length === 0) return 'the folder, with all that is in it';
  const [tenant, ...inTenant] = top === 'tenants' ? names : [undefined, ...names];
  if (tenant !== undefined && !selected.tenant(tenant)) return undefined;
  const [environment] = isFolder ? inTenant : inTenant.slice(0, -1);
  if (environment !== undefined && !selected.environment(environment)) return undefined;
  if (!isFolder) return inTenant.length === 1 || inTenant.length === 2 ? 'the file' : undefined;
  if (inTenant.length === 0) return 'the tenant, with all of its files';
  return inTenant.length === 1 ? 'the environment, with all of its files' : undefined;
}

function problemOf(file: string, what: string): Problem {
  return {
    code: 'ignored-by-git',
    severity: 'warning',
    message: `Git ignores ${what}: no clone has it`,
    hint: {
      text: 'change .gitignore, or add it anyway',
      command: { program: ['git', 'add', '--force'], paths: [file], from: 'tree' },
    },
    source: { file },
  };
}
