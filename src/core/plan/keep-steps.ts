import type { Step, StepId } from './step.ts';

/**
 * The steps that stay, in their order; what is taken out keeps none of them waiting.
 * @param isKept is asked from the last step to the first, with whether something that stays comes after it.
 */
export function keepSteps(steps: readonly Step[], isKept: (step: Step, isNeeded: boolean) => boolean): readonly Step[] {
  const kept = new Set<StepId>();
  const needed = new Set<StepId>();
  // What a step comes after stands before it.
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
