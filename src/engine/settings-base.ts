// The settings base: a revision that the change is not part of. What it redacts stays redacted, whatever the tree has. In a
// merge-request pipeline it is the tip of the target branch; elsewhere what a flag names, or else origin/HEAD, where it is known.
import { AppcfgError, type Problem } from '../core/problem/problem.ts';
import { unknownSettings } from '../core/settings/parse-settings.ts';
import type { Settings } from '../core/settings/settings.ts';
import { findCommit, type NamedRevision, readRevision } from '../git/revision-source.ts';
import type { CiJob } from '../gitlab/ci-job.ts';
import { readSettings } from '../tree/read-settings.ts';
import { StoredSource } from '../tree/stored-source.ts';
import type { Context } from './context.ts';
import type { ProblemReporter } from './problem-reporter.ts';

interface SettingsBase extends NamedRevision {
  /** As problems name it. */
  readonly name: string;
  /** Whether a user named it: then the run needs it. */
  readonly isNamed: boolean;
}

type MergeRequest = NonNullable<CiJob['mergeRequest']>;

/** Where settings can be. */
const settingsPaths = ['appcfg.yml', 'appcfg.yaml'];

/**
 * The settings with the redaction in force: the union of the tree's and that of the settings base. The only function that
 * decides it. Where the base cannot be read, every value is redacted.
 * @throws AppcfgError for a revision that a flag names and Git does not know
 */
export async function withRedactionInForce(
  settings: Settings,
  context: Context,
  reporter: ProblemReporter,
): Promise<Settings> {
  if (settings.redact === unknownSettings.redact) return settings;
  const redact = new Set(settings.redact);
  for (const base of await settingsBasesOf(context)) {
    for (const pattern of await redactOf(base, context, reporter)) redact.add(pattern);
  }
  const own = new Set(settings.redact);
  return { ...settings, redact: [...redact], redactOfBase: [...redact].filter((pattern) => !own.has(pattern)) };
}

/** `main:template/A.yml:3:1`, as Git names a file of a revision. */
export function inRevision(problem: Problem, revision: string): Problem {
  const { file = '', ...position } = problem.source ?? {};
  return { ...problem, source: { file: `${revision}:${file}`, ...position } };
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

async function redactOf(base: SettingsBase, context: Context, reporter: ProblemReporter): Promise<readonly string[]> {
  const { settings, problems } = await readBase(base, context);
  const [error] = problems;
  if (error === undefined) return settings.redact;
  if (base.isNamed) for (const problem of problems) reporter.report(problem);
  else reporter.report(unreadable(base, error));
  return unknownSettings.redact;
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
    ...(hint && { hint }),
    ...(source && { source }),
  };
}
