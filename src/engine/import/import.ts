import { basename, dirname, resolve } from 'node:path';
import { listApplications } from '../../appconfig/read/list-resources.ts';
import { liveContentLearner } from '../../core/events/learn-contents.ts';
import { folderNameFault, similarNames } from '../../core/import/folder-names.ts';
import { type Importable, type ImportedApplication, importable, importSkipped } from '../../core/import/importable.ts';
import { type ImportedTree, importedTree } from '../../core/import/imported-tree.ts';
import { type TenantNames, tenantsByMap, tenantsByPattern } from '../../core/import/tenant-names.ts';
import type { ListedApplication } from '../../core/live/live-state.ts';
import type { Subject } from '../../core/model/address.ts';
import { matchesAny } from '../../core/model/globs.ts';
import { everything, isSelected } from '../../core/model/selection.ts';
import { flagsFor, flagWith, type Hint, type HintCommand } from '../../core/problem/hint.ts';
import { mergeProblems } from '../../core/problem/merge-problems.ts';
import { nameFault } from '../../core/problem/names.ts';
import { failure, type Problem } from '../../core/problem/problem.ts';
import { number } from '../../core/problem/quantity.ts';
import { listNames, suggest } from '../../core/problem/suggest.ts';
import { folderToWrite } from '../../files/folder-to-write.ts';
import { StagedFolder } from '../../files/staged-folder.ts';
import { FolderWriter } from '../../files/write-folder.ts';
import { readOrigin } from '../../git/origin.ts';
import { runSession } from '../connect/run-session.ts';
import type { Session } from '../connect/session.ts';
import type { Context } from '../context.ts';
import { makePolicy } from '../inspect/make-policy.ts';
import { loadSettings } from '../load-project.ts';
import type { ImportOptions } from '../options.ts';
import { ProblemReporter } from '../problem-reporter.ts';
import { projectName } from '../project-name.ts';
import { untrustedFolders } from '../untrusted-folders.ts';
import { interruptibly } from './interruptibly.ts';
import { proveImport } from './prove-import.ts';
import { type LiveContents, readLiveContents } from './read-live-contents.ts';
import { readTenantMap } from './tenant-map.ts';

interface Run {
  readonly options: ImportOptions;
  readonly context: Context;
  readonly project: string;
  /** How applications are named after tenants. */
  readonly pattern: string;
  /** From application to tenant; undefined: a pattern gives the tenant. */
  readonly map: ReadonlyMap<string, string> | undefined;
  readonly folder: StagedFolder;
  /** Whether the tree of the local AppConfig is in another folder. */
  readonly isElsewhere: boolean;
  readonly reporter: ProblemReporter;
}

/** Writes a tree that renders to what is live. It appears whole and proved, or not at all. */
export async function importTree(options: ImportOptions, context: Context): Promise<void> {
  const reporter = new ProblemReporter(context);
  const out = options.out ?? context.directory;
  const directory = folderToWrite(resolve(context.cwd, out), {
    name: `--out "${out}"`,
    untrusted: untrustedFolders(context),
  });
  const map = options.map === undefined ? undefined : readTenantMap(options.map, context);
  const mapFile = options.map === undefined ? undefined : resolve(context.cwd, options.map);
  const ignored = mapFile !== undefined && dirname(mapFile) === directory ? [basename(mapFile)] : [];
  const folder = new StagedFolder(directory, { name: out, ignored });
  const isElsewhere =
    options.local && directory !== folderToWrite(context.directory, { name: '--chdir', untrusted: [] });
  if (isElsewhere && folder.has('.appcfg')) throw otherState(out);
  const settings = await loadSettings(context, reporter);
  if (reporter.hasErrors) return;
  const { name: project, problems } = await projectName(settings, { ...context, directory });
  const named = `no project name is set; the tree gets the project name "${project}", the name of the folder`;
  for (const problem of problems) reporter.report({ ...problem, message: named });
  const pattern = options.applicationName ?? settings.applicationName;
  const run = { options, context, project, pattern, map, folder, isElsewhere, reporter };
  const session = { settings, project, desired: [], everywhere: false, options, access: 'read', context } as const;
  await runSession('import', session, async (session) => {
    const learnContent = liveContentLearner(context.scrubber, settings);
    const read = await readApplications(session, { ...run, learnContent });
    const importing = importable(read.applications, {
      environment: (name) => isSelected(name, options.selection.environments),
      profile: (name) => isSelected(name, options.selection.configurationProfiles),
    });
    const found = await interruptibly(importing, session.signal);
    const skipped = mergeProblems([...read.skipped, ...found.skipped]);
    for (const problem of [...skipped, ...found.warnings]) reporter.report(problem);
    if (found.profiles.size === 0) throw nothingToImport(options);
    const making = importedTree(found, {
      project,
      region: options.local ? undefined : session.reached[0].accountRegion.region,
      names: map === undefined ? read.names : tenantsByMap(namesIn(found, read.names)),
      applications: read.live.map(({ application }) => application),
    });
    const tree = await interruptibly(making, session.signal);
    if (!options.dryRun) await writeTree(tree, { run, read, found, session });
    const { tenants, environments, addresses, leaves, liveLeaves } = tree;
    context.emit({
      type: 'tree-imported',
      directory: out,
      files: tree.files.map(({ path, leaves: own }) => ({ path, leaves: own })),
      summary: {
        tenants,
        environments,
        addresses,
        leaves,
        liveLeaves,
        unparsed: found.unparsed.length,
        skipped: countOf(skipped),
      },
      isWritten: !options.dryRun,
      next: options.dryRun ? [] : nextSteps(options, found),
    });
  });
}

/** The applications of the map of which something is imported. */
function namesIn({ profiles }: Importable, { tenants }: TenantNames): ReadonlyMap<string, string> {
  const present = new Set(
    [...profiles.values()].flatMap(({ addresses }) => addresses.map(({ address }) => address.tenant)),
  );
  return new Map([...tenants].filter(([, tenant]) => present.has(tenant)));
}

function countOf(problems: readonly Problem[]): number {
  return problems.reduce((sum, { count = 1 }) => sum + count, 0);
}

function nextSteps({ out }: ImportOptions, { profiles }: Importable): readonly Hint[] {
  const there = out === undefined ? [] : flagWith('--chdir', out);
  const tenants = [...profiles.values()].flatMap(({ addresses }) => addresses.map(({ address }) => address.tenant));
  const [tenant] = tenants.sort();
  const command = (run: 'diff' | 'sync', selected: Subject): HintCommand => ({
    run,
    args: ['--adopt', ...flagsFor(selected), ...there],
    selects: 'all',
  });
  return [
    { text: 'see that an adoption deploys nothing', command: command('diff', {}) },
    { text: 'adopt one tenant, then the others', command: command('sync', tenant === undefined ? {} : { tenant }) },
  ];
}

function otherState(out: string) {
  return failure('destination-exists', `the folder "${out}" has a local AppConfig of its own`, {
    hint: { text: 'import into another folder, or delete .appcfg there: the new tree gets a copy of this one' },
  });
}

function nothingToImport({ local }: ImportOptions) {
  const where = local
    ? 'the folder: the local AppConfig is that of --chdir, or of this folder'
    : 'the account and Region';
  return failure('selection-empty', 'nothing is live that can be imported', {
    hint: { text: `check ${where}, and the flags that select; warnings name what was skipped` },
  });
}

interface ReadApplications {
  /** In the order of the tenants' names. */
  readonly applications: readonly ImportedApplication[];
  readonly live: readonly LiveContents[];
  readonly skipped: readonly Problem[];
  readonly names: TenantNames;
  /** In the account and Region. */
  readonly applicationCount: number;
}

async function readApplications(
  { reached: [at], signal }: Session,
  run: Run & { readonly learnContent: (application: string, text: string) => void },
): Promise<ReadApplications> {
  const { project, context, learnContent } = run;
  const listed = await listApplications(at.connection, signal);
  const { chosen, names, skipped } = chooseApplications(listed, run);
  let applications = 0;
  const read = await readLiveContents(at.connection, chosen, {
    project,
    signal,
    onContent: learnContent,
    onProgress: () => {
      applications += 1;
      context.emit({ type: 'reading-progressed', applications, of: chosen.length });
    },
  });
  const live = read.filter((each) => 'application' in each);
  const others = chosen.flatMap(({ name }, index): Problem[] => {
    const owner = read[index];
    if (owner === undefined || 'application' in owner) return [];
    const message = `the application is managed by project "${owner.project}": skipped`;
    return [importSkipped(message, 'content of another project is not read', { tenant: tenantOf(names, name) })];
  });
  const imported = live.map(({ application, versions }): ImportedApplication => {
    const byNumber = new Map(versions.map((each) => [`${each.profileId} ${each.versionNumber}`, each.content]));
    const versionOf = (profileId: string, number: number) => byNumber.get(`${profileId} ${number}`);
    return { tenant: tenantOf(names, application.name), application, versionOf };
  });
  return {
    applications: imported.sort((a, b) => (a.tenant < b.tenant ? -1 : 1)),
    live,
    skipped: [...skipped, ...others],
    names,
    applicationCount: listed.length,
  };
}

function tenantOf({ tenants }: TenantNames, application: string): string {
  return tenants.get(application) ?? application;
}

/** The applications that are read, each with its tenant. @throws AppcfgError where a flag selects nothing */
function chooseApplications(listed: readonly ListedApplication[], { options, pattern, map }: Run) {
  const all = listed.map(({ name }) => name);
  const selected =
    options.applications.length === 0 ? all : all.filter((name) => isSelected(name, options.applications));
  for (const glob of options.applications) {
    if (glob.startsWith('!') || all.some((name) => matchesAny(name, [glob]))) continue;
    throw failure('selection-empty', `no application matches --application '${glob}'`, { hint: suggest(glob, all) });
  }
  for (const name of map?.keys() ?? []) {
    if (all.includes(name)) continue;
    throw failure('selection-empty', `there is no application "${name}", which the file of --map names`, {
      hint: suggest(name, all),
    });
  }
  const names = map === undefined ? tenantsByPattern(pattern, selected) : tenantsByMap(map);
  const impossible = new Set(names.impossible);
  const unnamed: string[] = [];
  const skipped: Problem[] = selected.flatMap((name) => {
    if (names.tenants.has(name)) return [];
    if (impossible.has(name)) return [badApplicationName(name, 'has braces, which are placeholders in appcfg.yml')];
    // What a map does not name is left out on purpose.
    if (map === undefined) unnamed.push(name);
    return [];
  });
  if (unnamed.length > 0) skipped.push(unnamedApplications(unnamed, names.pattern));
  const usable = selected.filter((name) => {
    const tenant = names.tenants.get(name);
    if (tenant === undefined || !isSelected(tenant, options.selection.tenants)) return false;
    const fault = folderNameFault(tenant);
    const ofApplication = nameFault(name);
    if (fault !== undefined) skipped.push(badName(tenant, fault));
    else if (ofApplication !== undefined) skipped.push(badApplicationName(name, `has ${ofApplication}`));
    return fault === undefined && ofApplication === undefined;
  });
  // Of two names that look the same the first is taken.
  const similarTenants = similarNames(usable.map((name) => tenantOf(names, name)).sort());
  for (const [tenant, other] of similarTenants) skipped.push(badName(tenant, `looks like "${other}"`));
  const similar = similarNames(usable.filter((name) => !similarTenants.has(tenantOf(names, name))).sort());
  for (const [name, other] of similar) skipped.push(badApplicationName(name, `looks like "${other}"`));
  const chosen = listed.filter(
    ({ name }) => usable.includes(name) && !similar.has(name) && !similarTenants.has(tenantOf(names, name)),
  );
  return { chosen, names, skipped };
}

function badName(tenant: string, fault: string): Problem {
  const hint = `leave it to what manages it now, or import it into a tree of its own, with --application`;
  return importSkipped(`the name "${tenant}" of the tenant ${fault}`, hint, { tenant });
}

/** They are no tenants, so none is the subject. */
function unnamedApplications(names: readonly string[], pattern: string): Problem {
  const [what, them] =
    names.length === 1 ? ['the application does', 'it'] : [`${number(names.length)} applications do`, 'them'];
  const message = `${what} not match "${pattern}": ${listNames(names)}`;
  return { ...importSkipped(message, `map ${them} with --map`), count: names.length };
}

function badApplicationName(name: string, fault: string): Problem {
  return importSkipped(`the name "${name}" of the application ${fault}`, 'leave it to what manages it now', {
    tenant: name,
  });
}

async function writeTree(
  tree: ImportedTree,
  of: { readonly run: Run; readonly read: ReadApplications; readonly found: Importable; readonly session: Session },
): Promise<void> {
  const { run, read, found, session } = of;
  const { context, folder, project, options } = run;
  const [at] = session.reached;
  let isDone = false;
  try {
    await folder.open();
    const writer = new FolderWriter(folder.staging);
    for (const { path, content } of tree.files) await writer.write(path, content);
    await writer.end();
    const origin = await readOrigin(context, context.job);
    await proveImport(
      {
        directory: folder.staging,
        addresses: [...found.profiles.values()].flatMap(({ addresses }) => addresses),
        live: read.live,
        applicationCount: read.applicationCount,
        policyOf: (settings) =>
          makePolicy({ settings, project, origin }, at.accountRegion, {
            ...options,
            selection: everything,
            adopt: true,
          }),
      },
      context,
    );
    session.signal.throwIfAborted();
    // The state of a local AppConfig is beside its tree: without it the next commands would meet an empty one.
    if (run.isElsewhere) await session.local?.copyTo(folder.staging);
    await folder.commit('tenants');
    isDone = true;
  } finally {
    if (!isDone) folder.abandon();
  }
}
