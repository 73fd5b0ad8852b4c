import { defaultQuotas, type QuotaName } from '../model/service-limits.ts';
import type { SourcePosition } from '../model/source-position.ts';
import type { Problem } from '../problem/problem.ts';
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
