// Steps of a plan as JSON documents have them, as the program has them.
import type { Step } from '../../src/core/plan/step.ts';

type JsonStep = Omit<Step, 'lane'> & { readonly queue?: Step['lane'] };

/** In JSON the lane of a step is its `queue`. */
export function stepsOfJson(steps: readonly unknown[]): readonly Step[] {
  return (steps as readonly JsonStep[]).map(
    ({ queue, ...step }) => ({ ...step, ...(queue === undefined ? {} : { lane: queue }) }) as Step,
  );
}
