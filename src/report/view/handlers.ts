// Tables of handlers, one row for each type of event or each operation. A table that lacks a row does not compile.
import type { Event } from '../../core/events/event.ts';
import type { Operation, Step } from '../../core/plan/step.ts';

export type EventOf<T extends Event['type']> = Extract<Event, { type: T }>;
export type EventHandlers<R> = { readonly [T in Event['type']]: (event: EventOf<T>) => R };
export type StepHandlers<R> = { readonly [O in Operation]: (step: Extract<Step, { operation: O }>) => R };

/** Rows that do nothing. They are named, so that each new event or operation needs a decision. */
export function ignored<T extends string>(...names: readonly T[]): { readonly [K in T]: () => undefined } {
  // Object.fromEntries forgets which keys it was given.
  return Object.fromEntries(names.map((name) => [name, () => undefined])) as { readonly [K in T]: () => undefined };
}

export function handleEvent<R>(handlers: EventHandlers<R>, event: Event): R {
  // The row found by an event's type takes that event. The compiler does not relate the two.
  return (handlers[event.type] as (event: Event) => R)(event);
}

export function handleStep<R>(handlers: StepHandlers<R>, step: Step): R {
  // As above, by the operation.
  return (handlers[step.operation] as (step: Step) => R)(step);
}
