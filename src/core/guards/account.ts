import { globOfName } from '../model/globs.ts';
import type { Problem } from '../problem/problem.ts';
import { effectiveAccountRegion } from '../settings/account-regions.ts';
import type { Policy } from '../settings/policy.ts';
import type { Guard } from './guard.ts';

interface Input {
  readonly tenant: string;
  readonly environment: string;
  /** With the account and Region that the run would write to. */
  readonly policy: Pick<Policy, 'settings' | 'accountRegion'>;
}

/** An environment is never written in another account or Region than its own. */
export const account = {
  code: 'guard-account',
  check: ({ tenant, environment, policy }: Input): Problem | undefined => {
    const own = effectiveAccountRegion(policy.settings, { tenant, environment });
    const current = policy.accountRegion;
    if (own.account !== undefined && own.account !== current.account) {
      return problemOf(
        { tenant, environment },
        `belongs to account ${own.account}, but the credentials are for ${current.account === undefined ? 'an unknown account' : `account ${current.account}`}`,
        `use credentials of account ${own.account}, or leave the environment out`,
      );
    }
    if (own.region !== undefined && own.region !== current.region) {
      return problemOf(
        { tenant, environment },
        `belongs to Region ${own.region}, but this run uses Region ${current.region}`,
        `add --region ${own.region}, or leave the environment out`,
      );
    }
    return undefined;
  },
} as const satisfies Guard<Input>;

function problemOf(subject: Pick<Input, 'tenant' | 'environment'>, message: string, action: string): Problem {
  const { environment } = subject;
  return {
    code: account.code,
    severity: 'error',
    message: `environment "${environment}" ${message}`,
    hint: { text: action, command: { run: 'same', args: ['--env', `!${globOfName(environment)}`] } },
    subject,
  };
}
