// What a plan would create beside what exists, against the quotas.
import { quota } from '../guards/quota.ts';
import type { LiveState } from '../live/live-state.ts';
import type { AccountRegionId } from '../model/account-region.ts';
import type { CountsByAccountRegion, QuotaName, ResourceCounts } from '../model/service-limits.ts';
import { quotaKeyOf, traitsOf } from '../plan/operations.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import type { Settings } from '../settings/settings.ts';

/** The plan with what the guard reports. Only what the plan creates counts. */
export function withinQuotas(plan: Plan, counts: CountsByAccountRegion, settings: Settings): Plan {
  const problems = demandsOf(plan.steps, counts).flatMap(({ accountRegion, ...demand }) => {
    const problem = quota.check({
      ...demand,
      stated: settings.aws.quotas[demand.quota],
      source: settings.sourceOf('aws', 'quotas', demand.quota),
    });
    return problem === undefined ? [] : [{ ...problem, accountRegion }];
  });
  if (problems.length === 0) return plan;
  return {
    ...plan,
    refusals: [...plan.refusals, ...problems.filter(({ severity }) => severity === 'error')],
    problems: [...plan.problems, ...problems.filter(({ severity }) => severity === 'warning')],
  };
}

/** What exists, unmanaged resources included. */
export function countsOf(live: LiveState): ResourceCounts {
  return {
    applications: live.applicationCount,
    strategies: live.deploymentStrategies?.filter(({ id }) => !id.startsWith('AppConfig.')).length ?? 0,
    inApplications: new Map(
      [...live.applications].map(([name, { application }]) => [
        name,
        { environments: application.environments.size, profiles: application.configurationProfiles.size },
      ]),
    ),
  };
}

interface Demand extends Pick<Parameters<typeof quota.check>[0], 'quota' | 'existing' | 'created' | 'tenant'> {
  readonly accountRegion: AccountRegionId;
}

/** What the steps create, by quota and by what the quota counts in. */
function demandsOf(steps: readonly Step[], counts: CountsByAccountRegion): readonly Demand[] {
  const demands = new Map<string, Demand>();
  for (const step of steps) {
    const { quota: name } = traitsOf(step);
    if (name === undefined) continue;
    const { accountRegion } = step;
    const application = isCountedInApplication(name) && 'application' in step ? step.application : undefined;
    const key = quotaKeyOf(step);
    const known = demands.get(key) ?? {
      quota: name,
      accountRegion,
      tenant: application === undefined ? undefined : step.subject.tenant,
      existing: existing(counts.get(accountRegion), name, application),
      created: 0,
    };
    demands.set(key, { ...known, created: known.created + 1 });
  }
  return [...demands.values()];
}

function isCountedInApplication(name: QuotaName): name is 'environments' | 'profiles' {
  return name === 'environments' || name === 'profiles';
}

function existing(counts: ResourceCounts | undefined, name: QuotaName, application = ''): number {
  return (isCountedInApplication(name) ? counts?.inApplications.get(application)?.[name] : counts?.[name]) ?? 0;
}
