import type { AccountRegion } from '../model/account-region.ts';
import { type DesiredApplication, formattedAddresses } from '../model/desired-state.ts';
import type { Problem } from '../problem/problem.ts';
import type { ChangeGroup, Plan, PlannedAddress } from './plan.ts';
import type { Step, StepId } from './step.ts';

/** One place's plan; `isOwn` marks the place of the run itself, whose steps are named as if there were no other. */
export interface AccountRegionPlan {
  readonly place: AccountRegion;
  readonly isOwn: boolean;
  readonly plan: Plan;
}

/**
 * One plan of those for all places. Where the run is about one alone nothing of its plan changes; else each address and step
 * says where it is.
 * @param about.desired the whole tree's: the order of the addresses
 * @param about.several the run is about several places, also if there is a plan for one of them only
 */
export function mergePlans(
  parts: readonly [AccountRegionPlan, ...AccountRegionPlan[]],
  about: { readonly desired: readonly DesiredApplication[]; readonly several: boolean },
): Plan {
  const [first] = parts;
  const { desired, several } = about;
  if (!several) return first.plan;
  const steps = parts.flatMap((part) => part.plan.steps.map((step) => placed(step, part)));
  return {
    ...first.plan,
    accountRegions: parts.map(({ place }) => place),
    settingsChanges: parts.flatMap(({ plan }) => plan.settingsChanges),
    steps,
    addresses: inOrder(
      parts.flatMap(({ place, plan }) => plan.addresses.map((address) => ({ ...address, accountRegion: place.id }))),
      desired,
    ),
    changeGroups: mergedGroups(parts.flatMap(({ plan }) => plan.changeGroups)),
    refusals: parts.flatMap(({ place, plan }) => plan.refusals.map((problem) => withAccountRegion(problem, place.id))),
    problems: parts.flatMap(({ place, plan }) => plan.problems.map((problem) => withAccountRegion(problem, place.id))),
  };
}

/** A problem that is about a place, and does not say so: of several, which one. */
export function withAccountRegion(problem: Problem, place: string): Problem {
  switch (problem.code) {
    case 'environment-orphaned':
    case 'deletion-skipped':
      return problem.source === undefined ? problem : { ...problem, source: `${problem.source} in ${place}` };
    case 'quota-at-risk':
    case 'guard-quota':
      return { ...problem, message: `${problem.message} (in ${place})` };
    default:
      return problem;
  }
}

function placed(step: Step, { place, isOwn }: AccountRegionPlan): Step {
  const named = (id: StepId) => (isOwn ? id : `${id} in ${place.id}`);
  return { ...step, id: named(step.id), after: step.after.map(named), accountRegion: place.id };
}

/** As in the tree; what the tree does not have comes last. */
function inOrder(
  addresses: readonly PlannedAddress[],
  desired: readonly DesiredApplication[],
): readonly PlannedAddress[] {
  const order = new Map(formattedAddresses(desired).map((address, index) => [address, index]));
  const at = ({ address }: PlannedAddress) => order.get(address) ?? order.size;
  return addresses.toSorted((a, b) => at(a) - at(b));
}

/** Changes that are alike are one class, wherever they are. */
function mergedGroups(classes: readonly ChangeGroup[]): readonly ChangeGroup[] {
  const byId = new Map<string, ChangeGroup>();
  for (const each of classes) {
    const known = byId.get(each.id);
    byId.set(each.id, known === undefined ? each : { ...known, addresses: [...known.addresses, ...each.addresses] });
  }
  return [...byId.values()];
}
