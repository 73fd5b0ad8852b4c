// One wave of a plan: `--wave`.

import { wave } from '../guards/wave.ts';
import { formatAddress } from '../model/address.ts';
import { applicationKey, laneId } from '../model/lane.ts';
import { keepSteps } from '../plan/keep-steps.ts';
import { traitsOf } from '../plan/operations.ts';
import { isLive, laneOf, type Plan } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';

/**
 * Only what one wave needs; refused while something of an earlier wave is still to be deployed.
 * @param isRestricted whether accounts and Regions are selected
 */
export function restrictToWave(name: string, plan: Plan, { isRestricted }: { readonly isRestricted: boolean }): Plan {
  const problem = wave.check({ wave: name, plan, isRestricted });
  // What other waves have to do is not shown: their own runs show it.
  const addresses = plan.addresses.filter(
    (planned) =>
      planned.wave === name || isLive(planned) || planned.action === 'blocked' || planned.action === 'drifted',
  );
  const shown = new Set(
    addresses.flatMap(({ changeGroup, address }) => (changeGroup === undefined ? [] : [formatAddress(address)])),
  );
  return {
    ...plan,
    addresses,
    changeGroups: plan.changeGroups
      .map((group) => ({ ...group, addresses: group.addresses.filter((each) => shown.has(formatAddress(each))) }))
      .filter((group) => group.addresses.length > 0),
    steps: stepsOf(name, plan),
    refusals: problem === undefined ? plan.refusals : [...plan.refusals, problem],
  };
}

function stepsOf(name: string, { steps, addresses }: Plan): readonly Step[] {
  const own = addresses.filter((planned) => planned.wave === name);
  const applications = new Set(own.map(applicationKey));
  const environments = new Set(own.map(laneOf));
  const isOfWave = (step: Step): boolean => {
    const { wave: runsWith } = traitsOf(step);
    if (runsWith === 'own') return step.wave === name;
    if (runsWith === undefined || !('application' in step)) return false;
    const environment = 'environment' in step ? step.environment : undefined;
    return environment === undefined
      ? applications.has(applicationKey(step))
      : environments.has(laneId({ ...step, environment }));
  };
  return keepSteps(steps, (step, isNeeded) => isNeeded || isOfWave(step));
}
