import { readRollbackState, resourcesOfRollback } from '../../appconfig/read/read-rollback-state.ts';
import type { RollbackRequest } from '../../core/assess/rollback-verdict.ts';
import { liveContentLearner } from '../../core/events/learn-contents.ts';
import { mergePlans } from '../../core/plan/merge-plans.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { planRollback } from '../../core/planners/plan-rollback.ts';
import { AppcfgError, failure, type Problem } from '../../core/problem/problem.ts';
import { withExpectedMinutes } from '../../core/rollout/simulate-plan.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { strategyHint } from '../../core/settings-file/settings-rules.ts';
import { emitUnreached, inAccountRegions } from '../connect/each-account-region.ts';
import { warnOfTimeLimits } from '../connect/job-limits.ts';
import { runSession } from '../connect/run-session.ts';
import type { Session } from '../connect/session.ts';
import type { Context } from '../context.ts';
import {
  type RequestedOfAccountRegion,
  readRequestedEverywhere,
  sessionForRequest,
} from '../inspect/read-requested.ts';
import { type LoadedProject, loadProjectWithoutTree } from '../load-project.ts';
import type { RollbackOptions } from '../options.ts';
import { emitPlanEvents } from '../show-plan.ts';
import { type ApplyInput, applyRun, isAppliable } from './apply-run.ts';

interface Run {
  readonly project: LoadedProject;
  readonly options: RollbackOptions;
  readonly context: Context;
}

/** Rolls deployments back. Reads AppConfig only: a tree with errors must not prevent a rollback. */
export async function rollback(options: RollbackOptions, context: Context): Promise<void> {
  const project = await loadProjectWithoutTree(context);
  if (project === undefined) return;
  refuseUnknownStrategy(options.deploymentStrategy, project.settings);
  const commit = options.commit === undefined ? undefined : await commitOf(options.commit, project);
  const sessionOptions = sessionForRequest(project, { options, access: 'write', context });
  await runSession('rollback', sessionOptions, async (session) => {
    const run = { project, options, context };
    const read = await readRequestedEverywhere(session, run);
    if (options.to !== undefined && 'number' in options.to) refuseAmbiguousNumber(options.to.number, read);
    const { plan, ...planned } = await planRollbackRun(read, requestOf(options.to, commit), { session, run });
    refuseUnknownVersion(plan, options);
    await refuseUnknownCommit(plan, run);
    emitPlanEvents(plan, context);
    warnOfTimeLimits(plan, planned.connection, { options, context });
    if (options.dryRun || !isAppliable(plan)) return;
    await applyRun(plan, planned, { busyTimeoutMs: options.busyTimeoutMs });
  });
}

/** Plans each account and Region, and merges the plans. */
async function planRollbackRun(
  read: readonly [RequestedOfAccountRegion, ...RequestedOfAccountRegion[]],
  request: RollbackRequest,
  { session, run: { project, options, context } }: { readonly session: Session; readonly run: Run },
): Promise<ApplyInput & { readonly plan: Plan }> {
  const { relationTo } = project;
  const { emit } = context;
  const { signal } = session;
  const onContent = liveContentLearner(context.scrubber, project.settings);
  const { deploymentStrategy } = options;
  const of = read.reduce((sum, { targets }) => sum + targets.length, 0);
  let applications = 0;
  const onProgress = () => {
    applications += 1;
    emit({ type: 'reading-progressed', applications, of });
  };
  const work = async ({ at, policy, targets }: RequestedOfAccountRegion) => {
    const { connection, accountRegion, isOwn } = at;
    const planning = { request, policy, deploymentStrategy, now: connection.serviceClock.now() };
    const state = await readRollbackState(connection, targets, {
      ...planning,
      relationTo,
      signal,
      onProgress,
      onContent,
    });
    const plan = planRollback(state, planning);
    const reach = { connection, resources: resourcesOfRollback(state, plan) };
    return { id: accountRegion.id, isOwn, plan, reach };
  };
  const { done: planned, failed } = await inAccountRegions(session, read, work);
  emitUnreached(failed, emit);
  const [{ reach }] = planned;
  const { connection } = reach;
  return {
    plan: withExpectedMinutes(mergePlans(planned, []), connection.serviceClock.now()),
    reaches: new Map(planned.map((each) => [each.id, each.reach])),
    connection,
    relationTo,
    emit,
    signal,
  };
}

function requestOf(to: RollbackOptions['to'], commit: string | undefined): RollbackRequest {
  if (commit !== undefined) return { kind: 'commit', commit };
  return to === undefined ? { kind: 'newest' } : { kind: 'version', version: to };
}

/**
 * The SHA of a commit, or its first digits. Digits are taken as they are: AppConfig may know a commit that the clone lacks.
 * @throws AppcfgError for a revision that Git does not know
 */
async function commitOf(revision: string, project: LoadedProject): Promise<string> {
  if (/^[0-9a-f]{7,64}$/i.test(revision)) return revision;
  const commit = await project.findCommit(revision);
  if (commit !== undefined) return commit;
  const meant = await project.similarRevision(revision);
  const otherwise = 'give at least the first seven digits of its SHA; the history shows the commit of each deployment';
  throw failure('commit-unknown', `--commit "${revision}" is not a revision in this Git repository`, {
    hint: {
      text: meant === undefined ? otherwise : `did you mean "${meant}"? Otherwise ${otherwise}`,
      command: { run: 'history', args: [] },
    },
  });
}

/** @throws AppcfgError */
function refuseUnknownStrategy(name: string | undefined, settings: Settings): void {
  const hint = name === undefined ? undefined : strategyHint(name, [...settings.deploymentStrategies.keys()]);
  if (hint === undefined) return;
  throw failure('usage-invalid', `"${name}" is not a deployment strategy`, { hint: { text: hint } });
}

/** @throws AppcfgError for a version that no selected profile has */
function refuseUnknownVersion({ addresses }: Plan, { to }: RollbackOptions): void {
  const [first] = addresses;
  if (to === undefined || !addresses.every(({ blockedBy }) => blockedBy?.code === 'version-missing')) return;
  if (first?.blockedBy === undefined) return;
  const { message, hint, subject } = first.blockedBy;
  const what = addresses.length === 1 ? message : 'no selected configuration profile has this version';
  throw failure('usage-invalid', `--to: ${what}`, { hint, ...(subject && { subject }) });
}

/**
 * A typo in a commit must not look like a rollback. In a clone without all commits, or without a repository, it may be a commit
 * whose rollback is repeated.
 * @throws AppcfgError for a commit that neither Git nor AppConfig knows
 */
async function refuseUnknownCommit({ addresses }: Plan, { project, options, context }: Run): Promise<void> {
  const { commit } = options;
  if (commit === undefined || addresses.length > 0) return;
  const isKnown = await project.knowsCommit(commit);
  if (isKnown === true) return;
  const problem: Problem = {
    code: 'commit-unknown',
    severity: isKnown === false ? 'error' : 'warning',
    message: `--commit ${commit}: nothing from this commit is live or in flight, and Git does not have it`,
    hint: {
      text:
        isKnown === false
          ? 'check it for typos; the history shows the commit of each deployment'
          : 'check it for typos, or fetch the Git history: git fetch --unshallow; the history shows the commit of each deployment',
      command: { run: 'history', args: [] },
    },
  };
  if (isKnown === false) throw new AppcfgError([problem]);
  context.emit({ type: 'problem-found', problem });
}

/** Each profile numbers its versions by itself. @throws AppcfgError */
function refuseAmbiguousNumber(to: number, read: readonly RequestedOfAccountRegion[]): void {
  const profiles = new Set(
    read.flatMap(({ at, targets }) =>
      targets.flatMap(({ environments }) =>
        environments.flatMap((each) => each.configurationProfiles.map(({ id }) => `${at.accountRegion.id} ${id}`)),
      ),
    ),
  );
  if (profiles.size < 2) return;
  throw failure(
    'usage-invalid',
    `--to ${to} is a version number, but ${profiles.size} configuration profiles are selected, and each has its own version numbers`,
    { hint: { text: 'name one profile of one tenant, or give a version label: equal contents have equal labels' } },
  );
}
