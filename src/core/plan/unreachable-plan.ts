import type { AccountRegion } from '../model/account-region.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import type { Problem } from '../problem/problem.ts';
import { emptyPlan } from './empty-plan.ts';
import type { Plan } from './plan.ts';

/** The plan for an account and Region that cannot be reached: every address is blocked, and nothing is changed. */
export function unreachablePlan(
  desired: readonly DesiredApplication[],
  problem: Problem,
  options: { readonly project: string; readonly kind: Plan['kind']; readonly accountRegion: AccountRegion },
): Plan {
  const { accountRegion, kind, project } = options;
  const configurations = desired.flatMap(({ name, environments }) =>
    environments.flatMap((environment) =>
      environment.configurations.map(({ address, content }) => ({ application: name, address, content })),
    ),
  );
  const [first] = configurations;
  const subject =
    first === undefined ? undefined : { tenant: first.address.tenant, environment: first.address.environment };
  // A problem of the settings has no address.
  const named = problem.source === undefined ? 1 : 0;
  const others = configurations.length - named;
  const blocked = `${others}${named === 1 ? ' more' : ''} ${others === 1 ? 'address is' : 'addresses are'} blocked`;
  const among =
    named === 1 || first === undefined ? '' : `, for example ${first.address.tenant}/${first.address.environment}`;
  return {
    ...emptyPlan(kind, project, accountRegion),
    addresses: configurations.map(({ application, address, content }) => ({
      address,
      application,
      environment: address.environment,
      accountRegion: accountRegion.id,
      action: 'blocked',
      changeGroup: undefined,
      live: undefined,
      desired: { versionLabel: content.versionLabel, bytes: content.bytes },
      deploymentStrategy: undefined,
      reason: problem.message,
      blockedBy: { ...problem, subject: address },
    })),
    // Without addresses of the tree only orphans are not found.
    problems: [
      subject === undefined && kind === 'sync'
        ? { ...problem, severity: 'warning' }
        : {
            ...(subject === undefined || problem.source !== undefined ? {} : { subject }),
            ...problem,
            message: others > 0 ? `${problem.message} (${blocked}${among})` : problem.message,
          },
    ],
    expectedMinutes: 0,
  };
}
