import { keepSteps } from './keep-steps.ts';
import { traitsOf } from './operations.ts';
import type { Plan } from './plan.ts';

/** The plan without the steps of the other stage; without a stage, the whole plan. */
export function restrictToStage(plan: Plan, stage: 'update' | 'deploy' | undefined): Plan {
  if (stage === undefined) return plan;
  const steps = keepSteps(plan.steps, (step) => traitsOf(step).stage === stage);
  // What is created in advance waits for no wave.
  const refusals = stage === 'update' ? plan.refusals.filter(({ code }) => code !== 'guard-wave') : plan.refusals;
  return { ...plan, steps, refusals };
}
