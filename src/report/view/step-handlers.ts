// Tables of handlers, one row for each operation. A table that lacks a row does not compile.
import type { Operation, Step } from '../../core/plan/step.ts';

export type StepHandlers<R> = { readonly [O in Operation]: (step: Extract<Step, { operation: O }>) => R };

export function handleStep<R>(handlers: StepHandlers<R>, step: Step): R {
  // The row found by a step's operation takes that step. The compiler does not relate the two.
  return (handlers[step.operation] as (step: Step) => R)(step);
}
