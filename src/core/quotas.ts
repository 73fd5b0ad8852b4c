// Whether a plan fits the account's quotas: told before the first write. AppConfig itself refuses only at the create
// that meets a quota, when half a fleet is there already.
import type { Problem } from './errors.ts';
import type { LiveState } from './live.ts';
import type { Step } from './plan.ts';
import type { QuotaName, Settings } from './settings.ts';

/** What holds unless it was raised. Source: AWS General Reference, "AWS AppConfig endpoints and quotas". */
export const defaultQuotas: Readonly<Record<QuotaName, number>> = {
  applications: 100,
  environments: 20,
  profiles: 100,
  strategies: 20,
};

export interface QuotaProblems {
  /** Beyond a quota that the settings state. */
  readonly refusals: readonly Problem[];
  /** Beyond AWS's default, which may have been raised. */
  readonly warnings: readonly Problem[];
}

/** Counts what a plan creates and what is there, where the plan creates anything. */
export function quotaProblems(steps: readonly Step[], live: LiveState, settings: Settings): QuotaProblems {
  const refusals: Problem[] = [];
  const warnings: Problem[] = [];
  for (const need of needsOf(steps, live)) {
    const stated = settings.aws.quotas[need.quota];
    if (need.existing + need.created <= (stated ?? defaultQuotas[need.quota])) continue;
    if (stated === undefined) warnings.push(warning(need));
    else refusals.push(refusal(need, stated, settings));
  }
  return { refusals, warnings };
}

interface Need {
  readonly quota: QuotaName;
  /** The tenant whose application it is about; undefined for what counts in the whole account. */
  readonly tenant: string | undefined;
  readonly existing: number;
  readonly created: number;
}

function needsOf(steps: readonly Step[], live: LiveState): readonly Need[] {
  const needs = new Map<string, Need>();
  const count = (quota: QuotaName, about: { readonly application?: string; readonly tenant?: string | undefined }) => {
    const key = `${quota} ${about.application ?? ''}`;
    const known = needs.get(key) ?? {
      quota,
      tenant: about.tenant,
      existing: existing(live, quota, about.application),
      created: 0,
    };
    needs.set(key, { ...known, created: known.created + 1 });
  };
  for (const step of steps) {
    const [tenant] = step.address.split('/');
    switch (step.operation) {
      case 'CreateApplication':
        count('applications', {});
        break;
      case 'CreateEnvironment':
        count('environments', { application: step.application, tenant });
        break;
      case 'CreateConfigurationProfile':
        count('profiles', { application: step.application, tenant });
        break;
      case 'CreateDeploymentStrategy':
        count('strategies', {});
        break;
    }
  }
  return [...needs.values()];
}

function existing(live: LiveState, quota: QuotaName, application = ''): number {
  const found = live.applications.get(application)?.application;
  switch (quota) {
    case 'applications':
      return live.applicationCount;
    case 'environments':
      return found?.environments.size ?? 0;
    case 'profiles':
      return found?.configurationProfiles.size ?? 0;
    case 'strategies':
      return live.deploymentStrategies?.filter(({ id }) => !id.startsWith('AppConfig.')).length ?? 0;
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
    code: 'quota-doubtful',
    severity: 'warning',
    message: `${sumOf(need)}, and AWS allows ${defaultQuotas[quota]} unless the quota was raised`,
    hint: `ask AWS for more before the run (Service Quotas, AWS AppConfig, ${nouns[quota]}), then write it down as aws.quotas.${quota} in appcfg.yml`,
    ...(need.tenant === undefined ? {} : { source: need.tenant }),
  };
}

function refusal(need: Need, stated: number, settings: Settings): Problem {
  const { quota } = need;
  const spread = quota === 'applications' ? ', or spread the tenants over several accounts' : '';
  return {
    code: 'guard-quota',
    severity: 'error',
    message: `${sumOf(need)}, and aws.quotas.${quota} is ${stated}`,
    hint: `ask AWS for more (Service Quotas, AWS AppConfig, ${nouns[quota]}) and raise the number${spread}`,
    source: settings.sourceOf('aws', 'quotas', quota),
  };
}

function sumOf({ quota, tenant, existing: there, created }: Need): string {
  const where = tenant === undefined ? 'there are' : `tenant "${tenant}" has`;
  return `${where} ${there} ${nouns[quota]}, this creates ${created}, which makes ${there + created}`;
}
