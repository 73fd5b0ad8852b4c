import { traitsOf } from './operations.ts';
import type { Step, StepId } from './step.ts';

/**
 * The kept steps, in their order; they no longer come after a removed one.
 * @param isKept is called from the last step to the first; `isNeeded`: a kept step comes after it
 */
export function keepSteps(steps: readonly Step[], isKept: (step: Step, isNeeded: boolean) => boolean): readonly Step[] {
  const kept = new Set<StepId>();
  const needed = new Set<StepId>();
  // Every step is listed after those that it comes after.
  for (const step of steps.toReversed()) {
    if (!isKept(step, needed.has(step.id))) continue;
    kept.add(step.id);
    for (const id of step.after) needed.add(id);
  }
  if (kept.size === steps.length) return steps;
  return steps
    .filter(({ id }) => kept.has(id))
    .map((step) =>
      step.after.every((id) => kept.has(id)) ? step : { ...step, after: step.after.filter((id) => kept.has(id)) },
    );
}

/** The steps without some starts and stops of deployments, and without what nothing needs any more. */
export function withoutDeployments(steps: readonly Step[], isBlocked: (step: Step) => boolean): readonly Step[] {
  return keepSteps(steps, (step, isNeeded) => {
    const { does, onlyForDeployments } = traitsOf(step);
    if ((does === 'start' || does === 'stop') && isBlocked(step)) return false;
    return isNeeded || onlyForDeployments !== true;
  });
}
