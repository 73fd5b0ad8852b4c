// `sync`: plans, shows the plan, and applies it.
import type { Connection } from '../../appconfig/client/connection.ts';
import { syncQuestion } from '../../core/approval/sync-question.ts';
import { publishedRate } from '../../core/model/service-limits.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { AppcfgError, type Problem } from '../../core/problem/problem.ts';
import { noWaitProblem } from '../../core/rollout/no-wait.ts';
import { scheduleOf } from '../../core/rollout/schedule.ts';
import { applicationsToRead } from '../../core/settings/waves.ts';
import { checkChanges } from '../check-changes.ts';
import { warnOfTimeLimits } from '../connect/job-limits.ts';
import { regionOf } from '../connect/open-appconfig.ts';
import { runSession, sessionForTree } from '../connect/run-session.ts';
import type { Session } from '../connect/session.ts';
import type { Context } from '../context.ts';
import { valueLocator } from '../explain-address.ts';
import { approvalIn } from '../inspect/approval-in.ts';
import { planRun } from '../inspect/plan-run.ts';
import type { SyncOptions } from '../options.ts';
import { loadReviewed, reviewPlan } from '../review-plan.ts';
import { emitPlan } from '../show-plan.ts';
import { applyRun, isAppliable } from './apply-run.ts';
import { ask, whereOf } from './ask.ts';
import { pruneAfterSync, SyncResults } from './prune-after-sync.ts';
import type { RecordedRun } from './record-deployments.ts';

/** Makes AppConfig match the tree: shows the plan and applies it. */
export async function sync(asked: SyncOptions, context: Context): Promise<void> {
  const approval = asked.expect === undefined ? undefined : approvalIn(asked.expect, context);
  const options = { ...asked, approval };
  const loaded = await loadReviewed(options, context);
  if (loaded === undefined) return;
  const { head, base } = loaded;
  const { project: whole } = head;
  const project = { ...whole, desired: applicationsToRead(whole, options.wave) };
  const { settings } = project;
  const region = regionOf({ options, settings, context, access: 'write' });
  const check = (plan: Plan) => checkChanges(plan, { head, base, acknowledged: options.acknowledge, region }, context);
  const { relationTo } = project;
  const needsAccount = approval?.namesAccounts === true;
  const to = { ...sessionForTree(project, { options, access: 'write', context }), needsAccount };
  await runSession('sync', to, async (session) => {
    const planned = await planRun(session, { project, options, context }, check);
    const { connection } = planned;
    if (!options.wait) refuseIfWaitingIsNeeded(planned.plan, connection);
    const { review, trees, ...reviewed } = reviewPlan(planned.plan, head, base);
    const plan = await emitPlan(reviewed.plan, { ...project, ...(trees && { trees }) }, context, review);
    if (options.wait) warnOfTimeLimits(plan, connection, { options, context });
    if (!isAppliable(plan)) return;
    if (options.dryRun) return emitSchedule(plan, connection, context);
    if (!options.local) {
      if (project.origin.dirty) context.emit({ type: 'problem-found', problem: uncommitted });
      await askUnlessConfirmed(plan, session, { options, context });
    }
    const { wait, busyTimeoutMs, failFast } = options;
    const locate = valueLocator(project, context);
    const results = new SyncResults();
    const { signal } = session;
    const records = await openRecords(plan, options, context);
    const emit = records === undefined ? context.emit : records.emit;
    const run = { ...planned, relationTo, locate, emit: results.watching(emit), signal };
    try {
      await applyRun(plan, run, { wait, busyTimeoutMs, failFast });
      const { reaches } = planned;
      await pruneAfterSync(results.created(plan), session, { project, options, context, signal, reaches });
    } finally {
      await records?.close();
    }
  });
}

/**
 * Undefined of a run that is not to be recorded in GitLab, of one against a local AppConfig, which deploys nothing, and without waves where
 * GitLab records the job itself.
 */
async function openRecords(
  plan: Plan,
  { gitlabDeployments, local }: SyncOptions,
  context: Context,
): Promise<RecordedRun | undefined> {
  if (gitlabDeployments === undefined || local) return undefined;
  if (plan.waves.length === 0 && context.job.deploysTo === gitlabDeployments) return undefined;
  const { recordDeployments } = await import('./record-deployments.ts');
  return recordDeployments(plan, gitlabDeployments, context);
}

const uncommitted: Problem = {
  code: 'working-tree-dirty',
  severity: 'warning',
  message: 'the tree has uncommitted changes, so what is deployed is in no commit',
  hint: {
    text: 'commit them first; to see them',
    command: { program: ['git', 'status', '--short'], paths: ['template', 'tenants', 'appcfg.yml'], from: 'tree' },
  },
};

/** @throws AppcfgError for a plan that the user declines on a terminal; in a CI job and without a terminal none is asked */
async function askUnlessConfirmed(
  plan: Plan,
  session: Session,
  { options, context }: { readonly options: Pick<SyncOptions, 'yes'>; readonly context: Context },
): Promise<void> {
  if (options.yes || !context.isInteractive) return;
  const question = syncQuestion(plan, whereOf(plan, session));
  if (question !== undefined) await ask(question, 'sync', context);
}

/** @throws AppcfgError for a plan that `--no-wait` cannot carry out */
function refuseIfWaitingIsNeeded(plan: Plan, { serviceClock }: Connection): void {
  const problem = noWaitProblem(plan, serviceClock.now());
  if (problem !== undefined) throw new AppcfgError([problem]);
}

function emitSchedule(plan: Plan, { serviceClock }: Connection, { emit }: Context): void {
  const schedule = scheduleOf(plan, { rateOf: publishedRate, speed: 1, now: serviceClock.now() });
  if (schedule !== undefined) emit({ type: 'schedule-made', plan, schedule });
}
