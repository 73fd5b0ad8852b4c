import { keepSteps } from './keep-steps.ts';
import { isDeploymentStep } from './operations.ts';
import type { Plan } from './plan.ts';

/** The plan without the steps of the other stage: `update` is everything but deployments, `deploy` only these. */
export function restrictPlan(plan: Plan, only: 'update' | 'deploy' | undefined): Plan {
  if (only === undefined) return plan;
  const steps = keepSteps(plan.steps, (step) => isDeploymentStep(step) === (only === 'deploy'));
  // What is made ahead waits for no wave.
  const refusals = only === 'update' ? plan.refusals.filter(({ code }) => code !== 'guard-wave') : plan.refusals;
  return { ...plan, steps, refusals };
}
