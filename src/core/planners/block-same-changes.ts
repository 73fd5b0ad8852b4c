// A change that AppConfig rolled back at one address, and the other addresses of a plan.

import { sameChange } from '../guards/same-change.ts';
import { formatAddress } from '../model/address.ts';
import { groupsBy } from '../model/groups-by.ts';
import { withoutDeployments } from '../plan/keep-steps.ts';
import { isChanged, type Plan, type PlannedAddress } from '../plan/plan.ts';
import type { Problem } from '../problem/problem.ts';

/**
 * Blocks every address whose content would change in the way that AppConfig rolled back elsewhere, at more addresses of a wave than
 * its `maxFailures`, and removes the steps that nothing needs any more.
 */
export function blockSameChanges(plan: Plan): Plan {
  const blockedGroups = blockedChangeGroups(plan);
  if (blockedGroups.size === 0) return plan;
  const isBlocked = ({ changeGroup = '' }: { readonly changeGroup?: string | undefined }) =>
    blockedGroups.has(changeGroup);
  return {
    ...plan,
    addresses: plan.addresses.map((address) => {
      const problem = blockedGroups.get(address.changeGroup ?? '');
      if (problem === undefined || !isChanged(address)) return address;
      const { addresses: _addresses, count: _count, ...alone } = problem;
      const blockedBy = { ...alone, subject: address.address };
      return { ...address, action: 'blocked', reason: problem.message, blockedBy };
    }),
    steps: withoutDeployments(plan.steps, isBlocked),
    problems: [...plan.problems, ...blockedGroups.values()],
  };
}

/** By the id of the change group. */
function blockedChangeGroups({ addresses, waves }: Plan): ReadonlyMap<string, Problem> {
  const allowed = new Map(waves.map(({ name, maxFailures }) => [name, maxFailures]));
  const rollbacks = addresses.flatMap((address) => {
    const { changeGroup, deploymentNumber } = rolledBackOf(address);
    return changeGroup === undefined || deploymentNumber === undefined
      ? []
      : [{ changeGroup, rolledBackAt: address, deploymentNumber }];
  });
  const rolledBackAt = new Map(
    groupsBy(rollbacks, ({ changeGroup, rolledBackAt: { wave } }) => JSON.stringify([changeGroup, wave]))
      .filter((same) => same.length > (allowed.get(same[0].rolledBackAt.wave ?? '') ?? 0))
      .map(([first]) => [first.changeGroup, first]),
  );
  const problems = new Map<string, Problem>();
  for (const address of addresses) {
    const { changeGroup = '' } = address;
    const known = rolledBackAt.get(changeGroup);
    if (known === undefined || !isChanged(address) || problems.has(changeGroup)) continue;
    const same = addresses.filter((each) => each.changeGroup === changeGroup && isChanged(each));
    const problem = sameChange.check({ ...known, addresses: same });
    if (problem !== undefined) problems.set(changeGroup, problem);
  }
  return problems;
}

function rolledBackOf({ rolledBack: deploymentNumber, changeGroup, rolledBackChange }: PlannedAddress) {
  return deploymentNumber === undefined ? { ...rolledBackChange } : { deploymentNumber, changeGroup };
}

/**
 * What to report of a run that reads some of the addresses of a profile, and changes content there: the same change may
 * have been rolled back elsewhere. A first deployment replaces nothing.
 */
export function partialRollbackCheck(plan: Plan): readonly Problem[] {
  const live = new Set(
    plan.addresses.flatMap((each) => (each.live === undefined ? [] : [formatAddress(each.address)])),
  );
  const replaces = plan.steps.some(
    (step) => step.operation === 'StartDeployment' && live.has(formatAddress(step.subject)),
  );
  if (!replaces || plan.refusals.length > 0) return [];
  return [
    {
      code: 'rollback-check-partial',
      severity: 'warning',
      message: 'only the selected addresses were checked: the same change may have been rolled back elsewhere',
      hint: { text: 'to check all of them', command: { run: 'diff', args: [], selects: 'all' } },
    },
  ];
}
