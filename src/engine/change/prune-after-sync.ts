// Deletes old versions after a sync that has succeeded, of the profiles in which it created a version.
import { CallFailure } from '../../appconfig/client/call-failure.ts';
import type { PruneTarget } from '../../appconfig/read/read-rollback-state.ts';
import type { Resources } from '../../appconfig/read/resource-ids.ts';
import type { Emit, StepResult } from '../../core/events/event.ts';
import { applicationKey } from '../../core/model/lane.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { StepId, StepOf } from '../../core/plan/step.ts';
import { AppcfgError, type Problem } from '../../core/problem/problem.ts';
import { versionsToKeep } from '../../core/settings/settings.ts';
import { inAccountRegions } from '../connect/each-account-region.ts';
import type { Session } from '../connect/session.ts';
import type { PlannedRun } from '../inspect/plan-run.ts';
import type { LoadedProject } from '../load-project.ts';
import { applyRun } from './apply-run.ts';
import { type PruneRun, planPruneOf, readPrunableOf } from './prune.ts';

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
