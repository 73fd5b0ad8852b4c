// Deletes old versions: after a sync that has succeeded, of the profiles in which it created a version.
import { CallFailure } from '../../appconfig/client/call-failure.ts';
import { type PruneTarget, readPrunable } from '../../appconfig/read/read-rollback-state.ts';
import { Resources } from '../../appconfig/read/resource-ids.ts';
import type { Emit, StepResult } from '../../core/events/event.ts';
import { liveContentLearner } from '../../core/events/learn-contents.ts';
import { applicationKey } from '../../core/model/lane.ts';
import { mergePlans } from '../../core/plan/merge-plans.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { StepId, StepOf } from '../../core/plan/step.ts';
import { type PrunableApplication, planPrune } from '../../core/planners/prune-versions.ts';
import { AppcfgError, type Problem } from '../../core/problem/problem.ts';
import { versionsToKeep } from '../../core/settings/settings.ts';
import { inAccountRegions } from '../connect/each-account-region.ts';
import type { ReachedAccountRegion } from '../connect/reach.ts';
import type { Session } from '../connect/session.ts';
import type { Context } from '../context.ts';
import { makePolicy } from '../inspect/make-policy.ts';
import type { PlannedRun } from '../inspect/plan-run.ts';
import type { LoadedProject } from '../load-project.ts';
import type { CommonOptions } from '../options.ts';
import { type ApplyInput, applyRun } from './apply-run.ts';

export interface PruneRun {
  readonly project: LoadedProject;
  readonly options: CommonOptions;
  readonly context: Context;
  readonly signal: AbortSignal;
}

/** The applications of an account and Region that have more versions than are kept. */
export interface PrunableAccountRegion {
  readonly at: ReachedAccountRegion;
  readonly applications: readonly PrunableApplication[];
}

/** Reads which versions the profiles have, and what needs them. @throws CallFailure */
export async function readPrunableOf(
  at: ReachedAccountRegion,
  targets: readonly PruneTarget[],
  { project, options, context, signal }: PruneRun,
): Promise<PrunableAccountRegion> {
  const { connection, accountRegion } = at;
  const applications = await readPrunable(connection, targets, {
    policy: makePolicy(project, accountRegion, options),
    keepOf: (profile) => versionsToKeep(project.settings, profile),
    wanted: wantedLabels(project),
    now: connection.serviceClock.now(),
    relationTo: project.relationTo,
    onContent: liveContentLearner(context.scrubber, project.settings),
    signal,
  });
  return { at, applications };
}

/** What the tree wants may not be deployed yet: a stage, a wave, or a guard keeps it back. */
function wantedLabels({ desired }: LoadedProject): (application: string, profile: string) => readonly string[] {
  const labels = new Map<string, string[]>();
  for (const { name, environments } of desired) {
    for (const { address, content } of environments.flatMap(({ configurations }) => configurations)) {
      const key = `${name}/${address.configurationProfile}`;
      const known = labels.get(key);
      if (known === undefined) labels.set(key, [content.versionLabel]);
      else known.push(content.versionLabel);
    }
  }
  return (application, profile) => labels.get(`${application}/${profile}`) ?? [];
}

/** One plan for all accounts and Regions, and what applying it needs. */
export function planPruneOf(
  read: readonly [PrunableAccountRegion, ...PrunableAccountRegion[]],
  { project, context, signal }: PruneRun,
): ApplyInput & { readonly plan: Plan } {
  const planOf = ({ at, applications }: PrunableAccountRegion) => ({
    isOwn: at.isOwn,
    plan: planPrune(applications, { project: project.project, accountRegion: at.accountRegion }),
  });
  const [first, ...others] = read;
  return {
    plan: mergePlans([planOf(first), ...others.map(planOf)], []),
    reaches: new Map(
      read.map(({ at, applications }) => [
        at.accountRegion.id,
        { connection: at.connection, resources: new Resources({ applications, project: project.project }) },
      ]),
    ),
    connection: first.at.connection,
    relationTo: project.relationTo,
    emit: context.emit,
    signal,
  };
}

/** What a sync has done, as far as pruning depends on it. */
export class SyncResults {
  readonly #results = new Map<StepId, StepResult>();
  #hasError = false;

  /** Emits, and remembers. */
  watching(emit: Emit): Emit {
    return (event) => {
      if (event.type === 'step-finished') this.#results.set(event.step, event);
      if (event.type === 'problem-found') this.#hasError ||= event.problem.severity === 'error';
      emit(event);
    };
  }

  /** The versions that a successful sync has created; none after any other. */
  created({ steps, problems, addresses }: Plan): readonly StepOf<'CreateHostedConfigurationVersion'>[] {
    const isBlocked = problems.some(({ severity }) => severity === 'error') || addresses.some((each) => each.blockedBy);
    const isDone = steps.every(({ id }) => this.#results.get(id)?.status === 'succeeded');
    if (isBlocked || this.#hasError || !isDone) return [];
    return steps
      .filter((step) => step.operation === 'CreateHostedConfigurationVersion')
      .filter(({ id }) => {
        const result = this.#results.get(id);
        return result?.status === 'succeeded' && result.unchanged !== true;
      });
  }
}

/** Prunes the profiles of these versions. A failure is a warning: the sync has succeeded. */
export async function pruneAfterSync(
  created: readonly StepOf<'CreateHostedConfigurationVersion'>[],
  session: Session,
  { reaches, ...run }: PruneRun & Pick<PlannedRun, 'reaches'>,
): Promise<void> {
  const { project, context, signal } = run;
  const { emit } = context;
  const parts = session.reached
    .map((at) => {
      const { accountRegion } = at;
      const here = created.filter((step) => step.accountRegion === accountRegion.id);
      return { at, targets: targetsOf(here, { project, resources: reaches.get(accountRegion.id)?.resources }) };
    })
    .filter(({ targets }) => targets.length > 0);
  if (parts.length === 0) return;
  try {
    const reading = { unreached: [], signal };
    const { done, failed } = await inAccountRegions(reading, parts, ({ at, targets }) =>
      readPrunableOf(at, targets, run),
    );
    for (const { problem } of failed) emit({ type: 'problem-found', problem: notPruned(problem) });
    const { plan, ...planned } = planPruneOf(done, run);
    if (plan.steps.length === 0) return;
    emit({ type: 'prune-planned', plan });
    await applyRun(plan, { ...planned, emit: withoutFailures(emit) }, { failFast: true });
  } catch (error) {
    const problems =
      error instanceof AppcfgError ? error.problems : error instanceof CallFailure ? [error.problem] : [];
    if (signal.aborted || problems.length === 0) throw error;
    for (const problem of problems) emit({ type: 'problem-found', problem: notPruned(problem) });
  }
}

function targetsOf(
  created: readonly StepOf<'CreateHostedConfigurationVersion'>[],
  { project, resources }: { readonly project: LoadedProject; readonly resources: Resources | undefined },
): readonly PruneTarget[] {
  const targets = new Map<string, PruneTarget & { configurationProfiles: PruneTarget['configurationProfiles'] }>();
  for (const step of created) {
    const { application: name, configurationProfile, profileType, subject } = step;
    if (resources === undefined || versionsToKeep(project.settings, configurationProfile) === undefined) continue;
    const profile = {
      id: resources.profile(name, configurationProfile),
      name: configurationProfile,
      type: profileType,
      locationUri: 'hosted',
    };
    const key = applicationKey(step);
    const known = targets.get(key)?.configurationProfiles ?? [];
    if (known.some(({ id }) => id === profile.id)) continue;
    const application = { id: resources.application(name), name };
    targets.set(key, { tenant: subject.tenant ?? name, application, configurationProfiles: [...known, profile] });
  }
  return [...targets.values()];
}

/** Steps that fail are skipped, with one warning for all of them: the first failure stops the others. */
function withoutFailures(emit: Emit): Emit {
  let first: Problem | undefined;
  return (event) => {
    // The sync itself has begun to apply a plan.
    if (event.type === 'phase-started') return;
    if (event.type !== 'step-finished' || event.status === 'succeeded') return emit(event);
    const { step } = event;
    if (event.status === 'failed') {
      if (first === undefined) emit({ type: 'problem-found', problem: notPruned(event.problem) });
      first ??= event.problem;
    }
    const isOwn = event.status === 'failed' || event.blockedBy === 'fail-fast';
    const blockedBy = isOwn ? 'not-pruned' : event.blockedBy;
    emit({ type: 'step-finished', step, status: 'skipped', blockedBy });
  };
}

function notPruned(problem: Problem): Problem {
  const { message } = problem;
  return {
    ...problem,
    code: 'versions-not-pruned',
    severity: 'warning',
    message: `the sync has succeeded, but old versions were not deleted: ${message}`,
  };
}
