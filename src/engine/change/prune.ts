// Which versions of profiles are not kept, and the plan that deletes them.
import { type PruneTarget, readPrunable } from '../../appconfig/read/read-rollback-state.ts';
import { Resources } from '../../appconfig/read/resource-ids.ts';
import { liveContentLearner } from '../../core/events/learn-contents.ts';
import { mergePlans } from '../../core/plan/merge-plans.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { type PrunableApplication, planPrune } from '../../core/planners/prune-versions.ts';
import { versionsToKeep } from '../../core/settings/settings.ts';
import type { ReachedAccountRegion } from '../connect/reach.ts';
import type { Context } from '../context.ts';
import { makePolicy } from '../inspect/make-policy.ts';
import type { LoadedProject } from '../load-project.ts';
import type { CommonOptions } from '../options.ts';
import type { ApplyInput } from './apply-run.ts';

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
