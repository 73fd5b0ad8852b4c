// Tables of handlers, one row for each type of event. A table that lacks a row does not compile.
import type { Event } from './event.ts';

export type EventOf<T extends Event['type']> = Extract<Event, { type: T }>;
export type EventHandlers<R> = { readonly [T in Event['type']]: (event: EventOf<T>) => R };

export function handleEvent<R>(handlers: EventHandlers<R>, event: Event): R {
  // The row found by an event's type takes that event. The compiler does not relate the two.
  return (handlers[event.type] as (event: Event) => R)(event);
}

/** What commands print that carry out no plan. */
export const answerEvents = [
  'tree-validated',
  'tree-tidied',
  'content-rendered',
  'configuration-pulled',
  'tree-imported',
  'file-written',
  'files-written',
  'files-changed',
  'configuration-explained',
  'change-explained',
  'history-read',
  'checks-made',
  'pipeline-generated',
  'jobs-read',
] as const;

/** Rows that do nothing. They are named, so that each new type needs a decision. */
export function ignored<T extends string>(...names: readonly T[]): { readonly [K in T]: () => undefined } {
  // Object.fromEntries forgets which keys it was given.
  return Object.fromEntries(names.map((name) => [name, () => undefined])) as { readonly [K in T]: () => undefined };
}
