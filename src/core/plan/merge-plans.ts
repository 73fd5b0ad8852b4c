// Merges the plans for the accounts and Regions of a run.
import { type DesiredApplication, inTreeOrder } from '../model/desired-state.ts';
import type { Problem } from '../problem/problem.ts';
import { mergeChangeGroups } from './change-groups.ts';
import type { Plan } from './plan.ts';
import type { Step, StepId } from './step.ts';

/** The plan for one account and Region. */
export interface AccountRegionPlan {
  /** Whether it is the run's own, whose steps have the shortest ids. */
  readonly isOwn: boolean;
  readonly plan: Plan;
}

/** @param desired the whole tree, for the order of the addresses */
export function mergePlans(
  parts: readonly [AccountRegionPlan, ...AccountRegionPlan[]],
  desired: readonly DesiredApplication[],
): Plan {
  const [first, ...others] = parts;
  const plans = parts.map(({ plan }) => plan);
  const refusals = plans.flatMap((plan) => plan.refusals.map((problem) => located(problem, plan)));
  const problems = plans.flatMap((plan) => plan.problems.map((problem) => located(problem, plan)));
  if (others.length === 0) return { ...first.plan, refusals, problems };
  return {
    ...first.plan,
    accountRegions: [...first.plan.accountRegions, ...others.flatMap(({ plan }) => plan.accountRegions)],
    settingsChanges: plans.flatMap(({ settingsChanges }) => settingsChanges),
    steps: parts.flatMap(({ plan, isOwn }) => (isOwn ? plan.steps : plan.steps.map(named))),
    addresses: inTreeOrder(
      plans.flatMap(({ addresses }) => addresses),
      desired,
    ),
    changeGroups: mergeChangeGroups(plans.flatMap(({ changeGroups }) => changeGroups)),
    refusals,
    problems,
  };
}

function located(problem: Problem, { accountRegions: [{ id }] }: Plan): Problem {
  return { accountRegion: id, ...problem };
}

/** Makes ids unique in the whole plan. */
function named(step: Step): Step {
  const inAccountRegion = (id: StepId) => `${id} in ${step.accountRegion}`;
  return { ...step, id: inAccountRegion(step.id), after: step.after.map(inAccountRegion) };
}
