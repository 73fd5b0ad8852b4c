// Whether a plan fits the account's quotas: told before the first write. AppConfig itself refuses only at the create
// that meets a quota, when half a fleet is there already.

import type { LiveState } from '../live/live-state.ts';
import type { AccountRegionId } from '../model/account-region.ts';
import {
  type CountsByAccountRegion,
  defaultQuotas,
  type QuotaName,
  type ResourceCounts,
} from '../model/service-limits.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import type { Problem } from '../problem/problem.ts';
import type { Settings } from '../settings/settings.ts';

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

/**
 * The plan with what is to be said of quotas: a refusal beyond one that the settings state, a warning beyond AWS's
 * default, which may have been raised. Only what the plan creates counts.
 */
export function withinQuotas(plan: Plan, counts: CountsByAccountRegion, settings: Settings): Plan {
  const refusals: Problem[] = [];
  const warnings: Problem[] = [];
  for (const need of needsOf(plan.steps, counts)) {
    const stated = settings.aws.quotas[need.quota];
    if (need.existing + need.created <= (stated ?? defaultQuotas[need.quota])) continue;
    const problem = stated === undefined ? warning(need) : refusal(need, stated, settings);
    (stated === undefined ? warnings : refusals).push({ ...problem, accountRegion: need.accountRegion });
  }
  if (refusals.length + warnings.length === 0) return plan;
  return { ...plan, refusals: [...plan.refusals, ...refusals], problems: [...plan.problems, ...warnings] };
}

interface Need {
  readonly quota: QuotaName;
  readonly accountRegion: AccountRegionId;
  /** The tenant whose application it is about; undefined for what counts in the whole account. */
  readonly tenant: string | undefined;
  readonly existing: number;
  readonly created: number;
}

function needsOf(steps: readonly Step[], counts: CountsByAccountRegion): readonly Need[] {
  const needs = new Map<string, Need>();
  const count = (
    quota: QuotaName,
    { accountRegion }: Step,
    about: { readonly application?: string; readonly tenant?: string | undefined },
  ) => {
    const key = `${accountRegion} ${quota} ${about.application ?? ''}`;
    const known = needs.get(key) ?? {
      quota,
      accountRegion,
      tenant: about.tenant,
      existing: existing(counts.get(accountRegion), quota, about.application),
      created: 0,
    };
    needs.set(key, { ...known, created: known.created + 1 });
  };
  for (const step of steps) {
    const { tenant } = step.subject;
    switch (step.operation) {
      case 'CreateApplication':
        count('applications', step, {});
        break;
      case 'CreateEnvironment':
        count('environments', step, { application: step.application, tenant });
        break;
      case 'CreateConfigurationProfile':
        count('profiles', step, { application: step.application, tenant });
        break;
      case 'CreateDeploymentStrategy':
        count('strategies', step, {});
        break;
    }
  }
  return [...needs.values()];
}

function existing(counts: ResourceCounts | undefined, quota: QuotaName, application = ''): number {
  switch (quota) {
    case 'applications':
    case 'strategies':
      return counts?.[quota] ?? 0;
    case 'environments':
    case 'profiles':
      return counts?.inApplications.get(application)?.[quota] ?? 0;
    default:
      return quota satisfies never;
  }
}

const nouns: Readonly<Record<QuotaName, string>> = {
  applications: 'applications',
  environments: 'environments',
  profiles: 'configuration profiles',
  strategies: 'deployment strategies',
};

function warning(need: Need): Problem {
  const { quota } = need;
  return {
    code: 'quota-at-risk',
    severity: 'warning',
    message: `${sumOf(need)}, and AWS allows ${defaultQuotas[quota]} unless the quota was raised`,
    hint: {
      text: `ask AWS for more before the run (Service Quotas, AWS AppConfig, ${nouns[quota]}), then write it down as aws.quotas.${quota} in appcfg.yml`,
    },
    ...(need.tenant === undefined ? {} : { subject: { tenant: need.tenant } }),
  };
}

function refusal(need: Need, stated: number, settings: Settings): Problem {
  const { quota } = need;
  const spread = quota === 'applications' ? ', or spread the tenants over several accounts' : '';
  return {
    code: 'guard-quota',
    severity: 'error',
    message: `${sumOf(need)}, and aws.quotas.${quota} is ${stated}`,
    hint: { text: `ask AWS for more (Service Quotas, AWS AppConfig, ${nouns[quota]}) and raise the number${spread}` },
    source: settings.sourceOf('aws', 'quotas', quota),
  };
}

function sumOf({ quota, tenant, existing: there, created }: Need): string {
  const where = tenant === undefined ? 'there are' : `tenant "${tenant}" has`;
  return `${where} ${there} ${nouns[quota]}, this creates ${created}, which makes ${there + created}`;
}
