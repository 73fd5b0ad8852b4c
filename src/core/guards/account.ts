// The guards that block an address: each says why it refuses, and what to type to go on. They ask for facts where the
// lists do not tell; as long as a fact is wanted, nothing is refused for it.
import type { DesiredApplication } from '../model/desired-state.ts';
import type { Problem } from '../problem/problem.ts';
import { effectiveAccountRegion } from '../settings/account-regions.ts';
import type { Policy } from '../settings/policy.ts';

/** The guard *account*: an environment is never written in another account or Region than its own. */
export function accountProblem(
  application: Pick<DesiredApplication, 'tenant'>,
  environment: string,
  policy: Policy,
): Problem | undefined {
  const settings = effectiveAccountRegion(policy.settings, { tenant: application.tenant, environment });
  const subject = { tenant: application.tenant, environment };
  if (settings.account !== undefined && settings.account !== policy.accountRegion.account) {
    return {
      code: 'guard-account',
      severity: 'error',
      message: `environment "${environment}" belongs to account ${settings.account}, and these credentials are of ${policy.accountRegion.account ?? 'an unknown account'}`,
      hint: {
        text: `run with credentials of ${settings.account} and --env ${environment}, or leave it out here: --env '!${environment}'`,
      },
      subject,
    };
  }
  if (settings.region !== undefined && settings.region !== policy.accountRegion.region) {
    return {
      code: 'guard-account',
      severity: 'error',
      message: `environment "${environment}" belongs to Region ${settings.region}, and this run is for ${policy.accountRegion.region}`,
      hint: {
        text: `run with --region ${settings.region} --env ${environment}, or leave it out here: --env '!${environment}'`,
      },
      subject,
    };
  }
  return undefined;
}
