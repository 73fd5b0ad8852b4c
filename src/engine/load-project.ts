// What every command that talks to AppConfig does first: settings, tree and project, all problems told, AWS untouched.
import type { AccountRegion } from '../core/model/account-region.ts';
import type { DesiredApplication } from '../core/model/desired-state.ts';
import type { CommitRelation, Origin } from '../core/model/origin.ts';
import { selectsAll } from '../core/model/selection.ts';
import type { Problem } from '../core/problem/problem.ts';
import { RenderCache } from '../core/render/render-cache.ts';
import type { Policy } from '../core/settings/policy.ts';
import type { Settings } from '../core/settings/settings.ts';
import { checkSettings } from '../core/settings/settings-warnings.ts';
import { WaveChecks } from '../core/settings/waves.ts';
import { relationToHead } from '../git/commit-relation.ts';
import { readOrigin } from '../git/origin.ts';
import { readSettings } from '../tree/read-settings.ts';
import type { Session, SessionOptions } from './connect/session.ts';
import type { Context } from './context.ts';
import { type ReadDesired, readDesiredApplications } from './load-tree.ts';
import type { CommonOptions, WaveOption } from './options.ts';
import { projectName } from './project-name.ts';

export interface Prepared {
  readonly settings: Settings;
  readonly project: string;
  readonly desired: readonly DesiredApplication[];
  readonly origin: Origin;
  readonly relationTo: (commit: string) => Promise<CommitRelation>;
  /** What is already parsed and rendered of the tree. */
  readonly cache: RenderCache;
}

/** Undefined when something is wrong; the problems were emitted then. */
export async function prepare(options: CommonOptions, context: Context): Promise<Prepared | undefined> {
  const reporting = new Reporting(context);
  const settings = await prepareTree(context, reporting);
  const cache = new RenderCache();
  const desired: DesiredApplication[] = [];
  for await (const application of readCheckedApplications({
    directory: context.directory,
    settings,
    selection: options.selection,
    cache,
    report: reporting.report,
  })) {
    desired.push(application);
    if (context.signal.aborted) return undefined;
  }
  return prepareRun({ settings, desired, cache }, reporting, context);
}

/** The selected applications, with a look at whether each address has a wave, and each wave an address. */
export async function* readCheckedApplications(options: ReadDesired): AsyncGenerator<DesiredApplication> {
  const { settings, selection } = options;
  const checks = new WaveChecks(settings);
  let wrong = false;
  const report = (problem: Problem) => {
    wrong ||= problem.severity === 'error';
    options.report(problem);
  };
  for await (const application of readDesiredApplications({ ...options, report })) {
    checks.look(application);
    yield application;
  }
  const isTreeWrong = wrong;
  for (const problem of checks.missing()) report(problem);
  if (selectsAll(selection) && !isTreeWrong) for (const problem of checks.emptyWaves()) report(problem);
}

/** The same without the tree. */
export async function prepareSettings(context: Context): Promise<Prepared | undefined> {
  const reporting = new Reporting(context);
  const settings = await prepareTree(context, reporting);
  return prepareRun({ settings, desired: [], cache: new RenderCache() }, reporting, context);
}

/** The settings, their problems told. Where they are wrong, what could be understood of them serves to look for more problems. */
export async function prepareTree(context: Context, reporting: Reporting): Promise<Settings> {
  context.emit({ type: 'phase-started', phase: 'reading-tree' });
  const { settings, problems } = await readSettings(context.directory);
  for (const problem of [...problems, ...checkSettings(settings)]) reporting.report(problem);
  return settings;
}

async function prepareRun(
  tree: Pick<Prepared, 'settings' | 'desired' | 'cache'>,
  reporting: Reporting,
  context: Context,
): Promise<Prepared | undefined> {
  const { settings } = tree;
  const { directory, environment } = context;
  if (reporting.wrong) return undefined;
  const project = await projectName({ directory, settings, environment });
  for (const problem of project.problems) reporting.report(problem);
  const origin = await readOrigin(directory, environment);
  return { ...tree, project: project.name, origin, relationTo: relationToHead(directory, origin.commit) };
}

/** Emits problems, and remembers whether one of them was an error. */
export class Reporting {
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

/** What to open for all of the tree: where a run looks at everything, orphans may be anywhere. */
export function sessionOptions(
  prepared: Prepared,
  about: Pick<SessionOptions, 'access' | 'context'> & { readonly options: CommonOptions & Partial<WaveOption> },
): SessionOptions {
  const { settings, project, desired } = prepared;
  return {
    ...about,
    settings,
    project,
    desired,
    everywhere: selectsAll(about.options.selection) && about.options.wave === undefined,
  };
}

/** Says where a run looks, and that it does. */
export function emitStart(command: string, { reached }: Session, context: Context): void {
  const [{ target }, ...others] = reached;
  const also = others.length === 0 ? {} : { otherTargets: others.map((each) => each.target) };
  context.emit({ type: 'run-started', command, target, ...also });
  context.emit({ type: 'phase-started', phase: 'reading-live-state' });
}

/** Flags that a policy is made from. */
export type PolicyOptions = CommonOptions &
  Partial<Pick<Policy, 'only' | 'adopt' | 'supersede' | 'retryRolledBack' | 'allowOlder' | 'allowShrink'>> &
  Partial<WaveOption>;

/** What flags and the account and Region add to the project. */
export function policyOf(prepared: Prepared, accountRegion: AccountRegion, options: PolicyOptions): Policy {
  return {
    settings: prepared.settings,
    project: prepared.project,
    accountRegion,
    origin: prepared.origin,
    only: options.only,
    adopt: options.adopt ?? false,
    supersede: options.supersede ?? false,
    retryRolledBack: options.retryRolledBack ?? false,
    allowOlder: options.allowOlder ?? false,
    allowShrink: options.allowShrink ?? false,
    selective: !selectsAll(options.selection) || options.wave !== undefined,
  };
}
