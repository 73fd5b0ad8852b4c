// Tables of handlers, one row for each operation. A table that lacks a row does not compile.
import type { Operation, Step, StepOf } from './step.ts';

export type StepHandlers<R, Context extends readonly unknown[] = []> = {
  readonly [O in Operation]: (step: StepOf<O>, ...context: Context) => R;
};

/** Calls the row of the step's operation. */
export function handleStep<R, Context extends readonly unknown[]>(
  handlers: StepHandlers<R, Context>,
  step: Step,
  ...context: Context
): R {
  // The row found by a step's operation takes that step. The compiler does not relate the two.
  return (handlers[step.operation] as (step: Step, ...context: Context) => R)(step, ...context);
}
