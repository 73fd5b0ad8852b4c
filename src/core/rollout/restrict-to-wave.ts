import { wave } from '../guards/wave.ts';
import { formatAddress } from '../model/address.ts';
import { keepSteps } from '../plan/keep-steps.ts';
import { traitsOf } from '../plan/operations.ts';
import { isLive, type Plan, type PlannedAddress } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';

/** Only what one wave needs; refused while something of the waves before it is still to be deployed. */
export function restrictedTo(name: string, plan: Plan): Plan {
  const problem = wave.check({ wave: name, plan });
  const isShown = (address: PlannedAddress) => address.wave === name || isLive(address) || address.action === 'blocked';
  const addresses = plan.addresses.filter(isShown);
  const shown = new Set(
    addresses.flatMap((address) => (address.changeGroup === undefined ? [] : [formatAddress(address.address)])),
  );
  return {
    ...plan,
    // What the waves before it still have to do is theirs to show.
    addresses,
    changeGroups: plan.changeGroups.flatMap((each) => {
      const own = each.addresses.filter((address) => shown.has(formatAddress(address)));
      return own.length === 0 ? [] : [{ ...each, addresses: own }];
    }),
    steps: stepsOf(name, plan),
    refusals: problem === undefined ? plan.refusals : [...plan.refusals, problem],
  };
}

function stepsOf(name: string, { steps, addresses }: Plan): readonly Step[] {
  const own = addresses.filter(({ wave }) => wave === name);
  const applications = new Set(own.map(applicationAt));
  const lanes = new Set(own.map(({ application, environment }) => `${application}/${environment}`));
  return keepSteps(steps, (step, isNeeded) => isNeeded || belongsTo(step, { name, applications, lanes }));
}

/** A tenant's applications in two places have one name. */
export function applicationAt({
  application,
  accountRegion,
}: {
  readonly application: string;
  readonly accountRegion?: string;
}): string {
  return `${application} ${accountRegion ?? ''}`;
}

function belongsTo(
  step: Step,
  wave: { readonly name: string; readonly applications: ReadonlySet<string>; readonly lanes: ReadonlySet<string> },
): boolean {
  const { wave: how } = traitsOf(step);
  switch (how) {
    case 'own':
      return step.wave === wave.name;
    case 'resource':
      if (!('application' in step)) return false;
      return 'environment' in step && step.environment !== undefined
        ? wave.lanes.has(`${step.application}/${step.environment}`)
        : wave.applications.has(applicationAt(step));
    case undefined:
      return false;
    default:
      return how satisfies never;
  }
}
