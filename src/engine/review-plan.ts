// The review of a plan: against a revision of the tree, where one is known.
import { learnApplication } from '../core/events/learn-contents.ts';
import type { DesiredApplication } from '../core/model/desired-state.ts';
import type { Selection } from '../core/model/selection.ts';
import type { TracedTrees } from '../core/plan/group-sources.ts';
import type { Plan } from '../core/plan/plan.ts';
import { AppcfgError, type Problem } from '../core/problem/problem.ts';
import type { ProblemCode } from '../core/problem/problem-codes.ts';
import type { TreeFiles } from '../core/render/layers.ts';
import { makeReview, reviewOfLive } from '../core/review/make-review.ts';
import type { Review } from '../core/review/review.ts';
import { KeptFiles, withOwnRedaction } from '../core/review/reviewed-tree.ts';
import type { Settings } from '../core/settings/settings.ts';
import { findCommit, type NamedRevision, readRevision } from '../git/revision-source.ts';
import { DiskSource } from '../tree/disk-source.ts';
import { readSettings } from '../tree/read-settings.ts';
import { differingSchemas, schemaFiles } from '../tree/schema-contents.ts';
import { StoredSource } from '../tree/stored-source.ts';
import type { Context } from './context.ts';
import { type LoadedProject, loadProject, type OnUnmatched } from './load-project.ts';
import { readDesiredApplications } from './load-tree.ts';
import type { CommonOptions } from './options.ts';
import { ProblemReporter } from './problem-reporter.ts';
import { inRevision, reviewBase, type SettingsBase } from './settings-base.ts';

/** A tree with its files. */
export interface LoadedTree extends TreeFiles {
  /** As the tree has them. */
  readonly settings: Settings;
  readonly desired: readonly DesiredApplication[];
}

/** The tree of another revision. */
export interface LoadedBase extends LoadedTree {
  readonly revision: string;
  readonly commit: string;
  /** Profiles whose schema has another content there. */
  readonly differingSchemas?: ReadonlySet<string>;
}

/** The tree that a run works on. */
export interface LoadedHead<Project = Pick<LoadedProject, 'settings' | 'desired' | 'cache'>> {
  readonly project: Project;
  readonly files: TreeFiles;
  readonly selection: Selection;
}

/**
 * Reads the tree of a revision, with the redaction in force.
 * @param report called with the errors of that tree, as Git names its files
 * @throws AppcfgError for a revision that Git does not know
 */
export async function loadBase(
  base: NamedRevision & { readonly name?: string },
  { project, selection }: LoadedHead,
  {
    context,
    report,
    onUnmatched,
  }: { readonly context: Context; readonly report: (problem: Problem) => void } & OnUnmatched,
): Promise<LoadedBase> {
  const name = base.name ?? base.revision;
  const { files, commit } = await readRevision(base, context);
  const revision = new StoredSource(name, files);
  const reportError = (problem: Problem) => {
    if (problem.code === 'selection-empty') onUnmatched?.(problem);
    if (concernsBase(problem)) report(inRevision(problem, name));
  };
  const { settings: own, problems } = await readSettings(revision);
  for (const problem of problems) reportError(problem);
  const { directory, signal, startBudget, scrubber, verbose } = context;
  const { cache } = project;
  const { redact, secretsShown } = project.settings;
  const settings = { ...own, redact, secretsShown };
  scrubber.redactBy(settings);
  for (const application of project.desired) learnApplication(scrubber, application);
  const kept = new KeptFiles();
  const desired: DesiredApplication[] = [];
  for await (const application of readDesiredApplications({
    ...{ directory, revision, settings, selection, cache, scrubber, signal, startBudget, verbose },
    report: reportError,
    onFiles: kept.add,
  })) {
    desired.push(application);
  }
  const { template, tenants } = kept;
  const differing = await differingSchemasOf({ ...base, name }, project.settings, context);
  return { revision: name, commit, settings: own, template, tenants, desired, differingSchemas: differing };
}

/** Between the folder and a revision. */
async function differingSchemasOf(
  base: NamedRevision & { readonly name: string },
  settings: Settings,
  context: Context,
): Promise<ReadonlySet<string>> {
  const head = new DiskSource(context.directory);
  const files = schemaFiles(head, settings);
  const paths = [...new Set([...files.values()].flat())].filter((path) => !path.startsWith('..'));
  if (paths.length === 0) return new Set();
  const { files: stored } = await readRevision(base, context, paths);
  return differingSchemas(files, { base: new StoredSource(base.name, stored), head });
}

/** Only the errors of an old revision matter. What is missing from it was added since; a secret in it may be gone. */
function concernsBase({ severity, code }: Problem): boolean {
  const others: readonly ProblemCode[] = ['tree-not-found', 'selection-empty', 'secret-found'];
  return severity === 'error' && !others.includes(code);
}

export interface ReviewedPlan {
  /** With the settings that change. */
  readonly plan: Plan;
  readonly review: Review;
  readonly trees?: TracedTrees;
}

/** @param base undefined: only what the plan knows is reviewed */
export function reviewPlan(plan: Plan, head: LoadedHead, base: LoadedBase | undefined): ReviewedPlan {
  const { project, files, selection } = head;
  if (base === undefined) return { plan, review: reviewOfLive(project, plan, selection) };
  const { template, tenants } = files;
  const { review, settingsChanges } = makeReview({
    base,
    head: { settings: withOwnRedaction(project.settings), template, tenants, desired: project.desired },
    plan,
    redaction: {
      redact: [...base.settings.redact, ...project.settings.redact],
      secretsShown: project.settings.secretsShown,
    },
    selection,
    ...(base.differingSchemas && { differingSchemas: base.differingSchemas }),
  });
  const trees = { head: { template, tenants, settings: project.settings }, base };
  return { plan: { ...plan, settingsChanges }, review, trees };
}

/**
 * Reads the tree and that of the settings base, for a review of what is live. The base is undefined where none is known, or it
 * cannot be read: then there is a warning.
 * @returns undefined where the tree has errors, which were emitted
 */
export async function loadReviewed(
  options: CommonOptions,
  context: Context,
): Promise<{ readonly head: LoadedHead<LoadedProject>; readonly base: LoadedBase | undefined } | undefined> {
  const known = await reviewBase(context);
  const files = new KeptFiles();
  const project = await loadProject(options, context, known === undefined ? {} : { onFiles: files.add });
  if (project === undefined) return undefined;
  const head = { project, files, selection: options.selection };
  return { head, base: known && (await loadKnownBase(known, head, context)) };
}

async function loadKnownBase(
  known: SettingsBase,
  head: LoadedHead<LoadedProject>,
  context: Context,
): Promise<LoadedBase | undefined> {
  const { project, files } = head;
  const { commit, dirty } = project.origin;
  if (commit !== undefined && !dirty && (await findCommit(known.revision, context)) === commit) {
    const { template, tenants } = files;
    const settings = withOwnRedaction(project.settings);
    return { revision: known.name, commit, settings, template, tenants, desired: project.desired };
  }
  const errors: Problem[] = [];
  try {
    const base = await loadBase(known, head, { context, report: (problem) => errors.push(problem) });
    if (errors.length === 0) return base;
  } catch (error) {
    // That an unnamed base cannot be read is already reported: its redaction is not known.
    if (known.isNamed || !(error instanceof AppcfgError)) throw error;
    return undefined;
  }
  const [error] = errors;
  new ProblemReporter(context).report({
    code: 'settings-base-unreadable',
    severity: 'warning',
    message: `the tree of ${known.name} has errors, so nothing is compared with it: ${error?.message}`,
    hint: { text: 'fix them there, or name another revision with --settings-base' },
    ...(error?.source && { source: error.source }),
  });
  return undefined;
}
