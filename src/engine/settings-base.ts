// The settings base: a revision that the change is not part of. What it redacts stays redacted, whatever the tree has. In a
// merge-request pipeline it is the tip of the target branch; elsewhere what a flag names, or else origin/HEAD, where it is known.
import type { Redaction } from '../core/document/redact.ts';
import { protectedSettings } from '../core/guards/protected-settings.ts';
import { formatAddress } from '../core/model/address.ts';
import type { DesiredApplication } from '../core/model/desired-state.ts';
import { AppcfgError, type Problem } from '../core/problem/problem.ts';
import type { Settings } from '../core/settings/settings.ts';
import { unknownSettings } from '../core/settings-file/parse-settings.ts';
import { findCommit, type NamedRevision, readRevision, treePaths } from '../git/revision-source.ts';
import type { CiJob } from '../gitlab/ci-job.ts';
import { DiskSource } from '../tree/disk-source.ts';
import { readSettings } from '../tree/read-settings.ts';
import { StoredSource } from '../tree/stored-source.ts';
import { targetsOf } from '../tree/targets.ts';
import type { Context } from './context.ts';
import type { ProblemReporter } from './problem-reporter.ts';

export interface SettingsBase extends NamedRevision {
  /** As problems name it. */
  readonly name: string;
  /** Whether a user named it: then the run needs it. */
  readonly isNamed: boolean;
}

type MergeRequest = NonNullable<CiJob['mergeRequest']>;

/** Where settings can be. */
const settingsPaths = ['appcfg.yml', 'appcfg.yaml'];

/**
 * The settings with the redaction in force: the union of the tree's and that of the settings base; of what may be shown although
 * it looks like a secret, what both have. The only function that decides it. Where the base cannot be read, every value is redacted.
 * @throws AppcfgError for a revision that a flag names and Git does not know
 */
export async function withRedactionInForce(
  settings: Settings,
  context: Context,
  reporter: ProblemReporter,
): Promise<Settings> {
  if (settings.redact === unknownSettings.redact) return settings;
  const redact = new Set(settings.redact);
  let { secretsShown } = settings;
  for (const base of await settingsBasesOf(context)) {
    const ofBase = await redactionOf(base, context, reporter);
    for (const pattern of ofBase.redact) redact.add(pattern);
    secretsShown = secretsShown.filter((pattern) => ofBase.secretsShown.includes(pattern));
  }
  const own = new Set(settings.redact);
  const redactOfBase = [...redact].filter((pattern) => !own.has(pattern));
  return { ...settings, redact: [...redact], redactOfBase, secretsShown };
}

/**
 * Guard *settings*: why a merge-request pipeline must not contact AWS with these settings; undefined where it may.
 * @param run.desired what it asks for, of the tree or not
 */
export async function settingsRefusal(
  { settings, desired }: { readonly settings: Settings; readonly desired: readonly DesiredApplication[] },
  context: Context,
): Promise<Problem | undefined> {
  const { mergeRequest } = context.job;
  if (mergeRequest === undefined) return undefined;
  return (await judgeSettings({ settings, desired }, targetBranch(mergeRequest), context)).refusal;
}

async function judgeSettings(
  { settings, desired }: { readonly settings: Settings; readonly desired: readonly DesiredApplication[] },
  base: SettingsBase,
  context: Context,
): Promise<{ readonly refusal: Problem | undefined; readonly isReadable: boolean }> {
  const { source, settings: ofBase, problems } = await readBase(base, context, treePaths);
  const targets = targetsOf(new DiskSource(context.directory));
  const inTree = new Set(targets.map(formatAddress));
  const [error] = problems;
  const refusal = protectedSettings.check({
    branch: base.name,
    base: error ?? { settings: ofBase, targets: source === undefined ? [] : targetsOf(source) },
    head: { settings, targets },
    requested: desired
      .flatMap(({ tenant, environments }) => environments.map(({ name }) => ({ tenant, environment: name })))
      .filter((target) => !inTree.has(formatAddress(target))),
  });
  return { refusal, isReadable: error === undefined };
}

/**
 * The revision that a diff of a merge request compares the tree with, offline, where guard *settings* keeps it from what is live;
 * emits why, unless the revision cannot be read: then the comparison fails. Undefined where it may contact AWS, or where the tree's settings have errors.
 */
export async function comparedOffline(context: Context): Promise<NamedRevision | undefined> {
  const { mergeRequest } = context.job;
  if (mergeRequest === undefined) return undefined;
  const { settings, problems } = await readSettings(new DiskSource(context.directory));
  if (problems.some(({ severity }) => severity === 'error')) return undefined;
  const base = targetBranch(mergeRequest);
  const { refusal, isReadable } = await judgeSettings({ settings, desired: [] }, base, context);
  if (refusal === undefined) return undefined;
  if (!isReadable) return base;
  const message = `compared with ${base.name} offline, not with what is live: ${refusal.message}`;
  const hint = { text: 'to compare with what is live, merge the settings first, in a merge request of their own' };
  context.emit({ type: 'problem-found', problem: { ...refusal, severity: 'warning', message, hint } });
  return base;
}

/** `main:template/A.yml:3:1`, as Git names a file of a revision. */
export function inRevision(problem: Problem, revision: string): Problem {
  const { file = '', ...position } = problem.source ?? {};
  return { ...problem, source: { file: `${revision}:${file}`, ...position, isInOtherTree: true } };
}

/** The revision that a review of what is live compares the tree with; undefined where none is known. */
export async function reviewBase(context: Context): Promise<SettingsBase | undefined> {
  const [base] = await settingsBasesOf(context);
  return base;
}

async function settingsBasesOf(context: Context): Promise<readonly SettingsBase[]> {
  const { job, settingsBases } = context;
  const named = settingsBases.map((base) => ({ ...base, name: base.revision, isNamed: true }));
  if (job.mergeRequest !== undefined) return [targetBranch(job.mergeRequest), ...named];
  if (named.length > 0) return named;
  const revision = await findCommit('refs/remotes/origin/HEAD', context);
  return revision === undefined ? [] : [{ revision, flag: 'the revision', name: 'origin/HEAD', isNamed: false }];
}

/** The whole name of the reference: a tag or a branch of a similar name is another one. */
function targetBranch({ targetBranch: branch }: MergeRequest): SettingsBase {
  const name = `origin/${branch}`;
  return { revision: `refs/remotes/${name}`, flag: 'the target branch', name, isNamed: false };
}

async function redactionOf(base: SettingsBase, context: Context, reporter: ProblemReporter): Promise<Redaction> {
  const { settings, problems } = await readBase(base, context);
  const [error] = problems;
  if (error === undefined) return settings;
  if (base.isNamed) for (const problem of problems) reporter.report(problem);
  else reporter.report(unreadable(base, error));
  return unknownSettings;
}

/** Its settings, and the errors because of which they are not known. @throws AppcfgError for one that a flag names */
async function readBase(base: SettingsBase, context: Context, paths: readonly string[] = settingsPaths) {
  try {
    const { files } = await readRevision(base, context, paths);
    const source = new StoredSource(base.name, files);
    const { settings, problems } = await readSettings(source);
    const errors = problems.filter(({ severity }) => severity === 'error');
    return { source, settings, problems: errors.map((problem) => inRevision(problem, base.name)) };
  } catch (error) {
    if (base.isNamed || !(error instanceof AppcfgError)) throw error;
    return { source: undefined, settings: unknownSettings, problems: error.problems };
  }
}

function unreadable({ name }: SettingsBase, { message, hint, source }: Problem): Problem {
  return {
    code: 'settings-base-unreadable',
    severity: 'warning',
    message: `the settings of ${name} cannot be read, so every value is redacted: ${message}`,
    hint,
    ...(source && { source }),
  };
}
