// What every command that talks to AppConfig does first: settings, tree and project, all problems told, AWS untouched.
import { notYet } from '../core/settings-checks.ts';
import type { Problem } from '../core/errors.ts';
import type { CommitRelation } from '../core/live.ts';
import type { DesiredApplication } from '../core/model.ts';
import type { Origin, Policy } from '../core/policy.ts';
import type { Selection } from '../core/selection.ts';
import type { Settings } from '../core/settings.ts';
import { readSettings } from '../tree/read-settings.ts';
import type { Context } from './context.ts';
import { readDesiredApplications } from './desired-state.ts';
import { relationToHead, readOrigin } from './git.ts';
import type { CommonOptions } from './options.ts';
import { projectName } from './project.ts';

export interface Prepared {
  readonly settings: Settings;
  readonly project: string;
  readonly desired: readonly DesiredApplication[];
  readonly origin: Origin;
  readonly relationTo: (commit: string) => Promise<CommitRelation>;
}

/** Undefined when something is wrong; the problems were emitted then. */
export async function prepare(options: CommonOptions, context: Context): Promise<Prepared | undefined> {
  const prepared = await prepareSettings(context);
  const problems = new Reporting(context);
  const { settings } = prepared ?? (await readSettings(context.directory));
  const desired: DesiredApplication[] = [];
  for await (const application of readDesiredApplications({
    directory: context.directory,
    settings,
    selection: options.selection,
    report: problems.report,
  })) {
    desired.push(application);
    if (context.signal.aborted) return undefined;
  }
  return problems.wrong || prepared === undefined ? undefined : { ...prepared, desired };
}

/** The same without the tree. */
export async function prepareSettings(context: Context): Promise<Prepared | undefined> {
  context.emit({ type: 'phase-started', phase: 'reading-tree' });
  const { directory, environment } = context;
  const reporting = new Reporting(context);
  const { settings, problems } = await readSettings(directory);
  const project = await projectName({ directory, settings, environment });
  for (const problem of [...problems, ...notYet(settings), ...project.problems]) reporting.report(problem);
  if (reporting.wrong) return undefined;
  const origin = await readOrigin(directory, environment);
  return { settings, project: project.name, desired: [], origin, relationTo: relationToHead(directory, origin.commit) };
}

/** Emits problems, and remembers whether one of them was an error. */
class Reporting {
  wrong = false;
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  readonly report = (problem: Problem): void => {
    this.wrong ||= problem.severity === 'error';
    this.#context.emit({ type: 'problem-found', problem });
  };
}

export function isSelective(selection: Selection): boolean {
  return selection.tenants.length + selection.environments.length + selection.configurationProfiles.length > 0;
}

/** What the flags and the place add to what was prepared. */
export function policyOf(
  prepared: Prepared,
  place: { readonly region: string; readonly account: string | undefined },
  options: CommonOptions & Partial<Pick<Policy, 'adopt' | 'supersede' | 'retryRolledBack' | 'allowOlder' | 'allowShrink'>>,
): Policy {
  return {
    settings: prepared.settings,
    project: prepared.project,
    region: place.region,
    account: place.account,
    origin: prepared.origin,
    adopt: options.adopt ?? false,
    supersede: options.supersede ?? false,
    retryRolledBack: options.retryRolledBack ?? false,
    allowOlder: options.allowOlder ?? false,
    allowShrink: options.allowShrink ?? false,
    selective: isSelective(options.selection),
  };
}
