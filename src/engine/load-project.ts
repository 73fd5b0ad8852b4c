// What a run works on, read before AWS is contacted: settings, tree, the project's name and the commit.

import type { DesiredApplication } from '../core/model/desired-state.ts';
import type { CommitRelation, Origin } from '../core/model/origin.ts';
import { selectsAll } from '../core/model/selection.ts';
import type { Problem } from '../core/problem/problem.ts';
import { RenderCache } from '../core/render/render-cache.ts';
import type { Settings } from '../core/settings/settings.ts';
import { checkSettings } from '../core/settings-file/settings-warnings.ts';
import { WaveChecks } from '../core/settings-file/wave-checks.ts';
import { relationTo } from '../git/commit-relation.ts';
import { ignoredFiles } from '../git/ignored-files.ts';
import { knowsCommit } from '../git/knows-commit.ts';
import { readOrigin } from '../git/origin.ts';
import { findCommit, similarRevision } from '../git/revision-source.ts';
import { DiskSource } from '../tree/disk-source.ts';
import { readSettings } from '../tree/read-settings.ts';
import type { Context } from './context.ts';
import { type ReadDesired, readDesiredApplications } from './load-tree.ts';
import type { CommonOptions } from './options.ts';
import { ProblemReporter } from './problem-reporter.ts';
import { projectName } from './project-name.ts';
import { withRedactionInForce } from './settings-base.ts';

export interface LoadedProject {
  readonly settings: Settings;
  /** The owner of what is created. */
  readonly project: string;
  readonly desired: readonly DesiredApplication[];
  readonly origin: Origin;
  readonly relationTo: (commit: string) => Promise<CommitRelation>;
  /** The full id of a Git revision; undefined where Git does not know it. */
  readonly findCommit: (revision: string) => Promise<string | undefined>;
  /** What a revision that Git does not know may be meant to be. */
  readonly similarRevision: (revision: string) => Promise<string | undefined>;
  /** Undefined: the clone may lack it. */
  readonly knowsCommit: (commit: string) => Promise<boolean | undefined>;
  /** What is already parsed and rendered of the tree. */
  readonly cache: RenderCache;
}

/** What takes the problems of a selection that matches nothing, where another tree may have it. */
export interface OnUnmatched {
  readonly onUnmatched?: (problem: Problem) => void;
}

/**
 * @param reading.onFiles called with the files of the template, then with those of each tenant
 * @returns undefined where the tree or the settings have errors, which were emitted. @throws the reason of the context's signal
 */
export async function loadProject(
  options: CommonOptions,
  context: Context,
  { onFiles, onUnmatched }: Pick<ReadDesired, 'onFiles'> & OnUnmatched = {},
): Promise<LoadedProject | undefined> {
  const reporter = new ProblemReporter(context);
  const settings = await loadSettings(context, reporter);
  const { selection } = options;
  const cache = new RenderCache();
  const desired: DesiredApplication[] = [];
  const kept = onFiles === undefined ? {} : { onFiles };
  const reading = { ...readingOf({ settings, selection, cache }, context, reporter), ...kept };
  const report = (problem: Problem) =>
    onUnmatched !== undefined && problem.code === 'selection-empty' ? onUnmatched(problem) : reporter.report(problem);
  for await (const application of readCheckedApplications({ ...reading, report })) desired.push(application);
  return projectOf({ settings, desired, cache }, { context, reporter });
}

/** How the checked tree is read. What Git ignores of it is looked for, but not in a pipeline: its clone has nothing of it. */
export function readingOf(
  of: Pick<ReadDesired, 'settings' | 'selection' | 'cache'>,
  context: Context,
  { report }: ProblemReporter,
): ReadDesired {
  const { directory, signal, startBudget, scrubber, verbose } = context;
  const findIgnored: ReadDesired['findIgnored'] = (parts) => ignoredFiles(context, parts);
  const ignored = context.job.isCi ? {} : { findIgnored };
  return { ...of, directory, signal, startBudget, scrubber, verbose, report, ...ignored };
}

/** The same without reading the tree: `desired` is empty. */
export async function loadProjectWithoutTree(context: Context): Promise<LoadedProject | undefined> {
  const reporter = new ProblemReporter(context);
  return projectOf(
    { settings: await loadSettings(context, reporter), desired: [], cache: new RenderCache() },
    { context, reporter },
  );
}

/** Emits the problems of the settings. Settings with errors are returned as far as they are valid, to find further problems. */
export async function loadSettings(context: Context, reporter: ProblemReporter): Promise<Settings> {
  context.emit({ type: 'phase-started', phase: 'reading-tree' });
  const { settings: own, problems } = await readSettings(new DiskSource(context.directory));
  const settings = await withRedactionInForce(own, context, reporter);
  context.scrubber.redactBy(settings);
  reporter.adjustTo(settings.severities);
  const error = problems.find(({ severity }) => severity === 'error');
  if (error !== undefined) reporter.hideValues(error.source);
  for (const problem of [...problems, ...checkSettings(settings)]) reporter.report(problem);
  return settings;
}

/** The selected applications. Also checks that each address has a wave, and each wave an address. */
export async function* readCheckedApplications(options: ReadDesired): AsyncGenerator<DesiredApplication> {
  const { settings, selection } = options;
  const checks = new WaveChecks(settings);
  let hasErrors = false;
  const report = (problem: Problem) => {
    // The environment of a file with errors is known; what is wrong with a folder may hide environments.
    hasErrors ||= problem.severity === 'error' && !/\.(?:ya?ml|json)$/.test(problem.source?.file ?? '');
    options.report(problem);
  };
  for await (const application of readDesiredApplications({ ...options, report })) {
    checks.add(application);
    yield application;
  }
  for (const problem of checks.missing()) options.report(problem);
  // A wave may only seem empty where folders could not be read.
  if (selectsAll(selection) && !hasErrors) for (const problem of checks.emptyWaves()) options.report(problem);
}

async function projectOf(
  loaded: Pick<LoadedProject, 'settings' | 'desired' | 'cache'>,
  run: { readonly context: Context; readonly reporter: ProblemReporter },
): Promise<LoadedProject | undefined> {
  const { context, reporter } = run;
  if (reporter.hasErrors) return undefined;
  const { name, problems } = await projectName(loaded.settings, context);
  for (const problem of problems) reporter.report(problem);
  const origin = await readOrigin(context, context.job);
  return {
    ...loaded,
    project: name,
    origin,
    relationTo: relationTo(origin.commit, context),
    findCommit: (revision) => findCommit(revision, context),
    similarRevision: (revision) => similarRevision(revision, context),
    knowsCommit: (commit) => knowsCommit(commit, context),
  };
}
