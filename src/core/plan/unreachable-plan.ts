import type { AccountRegion } from '../model/account-region.ts';
import { type DesiredApplication, desiredAddresses } from '../model/desired-state.ts';
import type { Problem } from '../problem/problem.ts';
import { emptyPlan } from './empty-plan.ts';
import { type Plan, plannedAddress } from './plan.ts';

/** The plan for an account and Region that cannot be reached: every address is blocked, and nothing is changed. */
export function unreachablePlan(
  desired: readonly DesiredApplication[],
  problem: Problem,
  { project, accountRegion }: { readonly project: string; readonly accountRegion: AccountRegion },
): Plan {
  return {
    ...emptyPlan('sync', project, accountRegion),
    addresses: desired.flatMap(({ name: application, environments }) =>
      environments.flatMap(({ configurations }) =>
        configurations.map(({ address, content }) =>
          plannedAddress({
            address,
            application,
            accountRegion: accountRegion.id,
            action: 'blocked',
            desired: { versionLabel: content.versionLabel, bytes: content.bytes },
            reason: problem.message,
            blockedBy: { ...problem, subject: address },
          }),
        ),
      ),
    ),
    problems: [unreachableProblem(desired, problem)],
    expectedMinutes: 0,
  };
}

/** Why an account and Region cannot be reached, and how many addresses that blocks. */
export function unreachableProblem(desired: readonly DesiredApplication[], problem: Problem): Problem {
  const addresses = desiredAddresses(desired);
  const [first] = addresses;
  // Without addresses of the tree only orphans are not found.
  if (first === undefined) return { ...problem, severity: 'warning' };
  const subject = { tenant: first.tenant, environment: first.environment };
  // A problem of the settings has no address.
  const hasSubject = problem.source === undefined;
  const others = addresses.length - (hasSubject ? 1 : 0);
  if (others === 0) return { subject, ...problem };
  const blocked = `${others}${hasSubject ? ' more' : ''} ${others === 1 ? 'address is' : 'addresses are'} blocked`;
  const among = hasSubject ? '' : `, for example ${first.tenant}/${first.environment}`;
  return { ...(hasSubject ? { subject } : {}), ...problem, message: `${problem.message} (${blocked}${among})` };
}
