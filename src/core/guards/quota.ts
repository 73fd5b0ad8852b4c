// AppConfig itself refuses only at the create that exceeds a quota, when half of a fleet exists already: this guard adds up
// what a plan creates before the first write.
import type { LiveState } from '../live/live-state.ts';
import type { AccountRegionId } from '../model/account-region.ts';
import {
  type CountsByAccountRegion,
  defaultQuotas,
  type QuotaName,
  type ResourceCounts,
} from '../model/service-limits.ts';
import type { SourcePosition } from '../model/source-position.ts';
import { traitsOf } from '../plan/operations.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import type { Problem } from '../problem/problem.ts';
import type { Settings } from '../settings/settings.ts';
import type { Guard } from './guard.ts';

interface Input {
  readonly quota: QuotaName;
  readonly existing: number;
  readonly created: number;
  /** Whose application counts; undefined for what the account and Region count. */
  readonly tenant?: string | undefined;
  /** What the settings state, and where; undefined: AWS's default holds, unless AWS has raised it. */
  readonly stated: number | undefined;
  readonly source?: SourcePosition | undefined;
}

/** Refuses beyond a quota that the settings state, and warns beyond AWS's default. */
export const quota = {
  code: 'guard-quota',
  check: ({ quota: name, existing, created, tenant, stated, source }: Input): Problem | undefined => {
    const limit = stated ?? defaultQuotas[name];
    if (existing + created <= limit) return undefined;
    const owner = tenant === undefined ? 'this account and Region has' : `tenant "${tenant}" has`;
    const demand = `${owner} ${existing} ${nouns[name]}, and the plan creates ${created} more`;
    const request = `request an increase from AWS (Service Quotas, AWS AppConfig, ${nouns[name]})`;
    if (stated === undefined) {
      return {
        code: 'quota-at-risk',
        severity: 'warning',
        message: `${demand}; AWS allows ${limit}, unless the quota was raised`,
        hint: { text: `${request}, then set aws.quotas.${name} in appcfg.yml` },
        ...(tenant === undefined ? {} : { subject: { tenant } }),
      };
    }
    const alternative = name === 'applications' ? ', or distribute the tenants over several accounts' : '';
    return {
      code: quota.code,
      severity: 'error',
      message: `${demand}; aws.quotas.${name} is ${limit}`,
      hint: { text: `${request} and raise the number${alternative}` },
      ...(source === undefined ? {} : { source }),
    };
  },
} as const satisfies Guard<Input>;

const nouns: Readonly<Record<QuotaName, string>> = {
  applications: 'applications',
  environments: 'environments',
  profiles: 'configuration profiles',
  strategies: 'deployment strategies',
};

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

interface Demand extends Pick<Input, 'quota' | 'existing' | 'created' | 'tenant'> {
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
    const key = `${accountRegion} ${name} ${application ?? ''}`;
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
