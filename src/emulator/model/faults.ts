// Injected faults, and which calls they hit.
import type { WireRequest } from '../wire/message.ts';

/** What a fault does to a call. docs/emulator.md describes each kind. */
export const faultKinds = [
  'throttle',
  'error',
  'drop-before',
  'drop-after',
  'deny',
  'expired',
  'unrecognized',
  'race',
  'html',
  'protected',
  'slow',
] as const;

/** One of `faultKinds`. */
export type FaultKind = (typeof faultKinds)[number];

/** A fault for calls of an operation. */
export interface Fault {
  /** The name of an operation, `*` for any, or `Unknown` for requests that match no operation. */
  readonly operation: string;
  readonly kind: FaultKind;
  /** Hits only calls with this string in their path or body, such as an id, a name or the ARN of a role. */
  readonly about?: string | undefined;
  /** How many calls it hits, also `Infinity`; 1 by default. */
  readonly times?: number | undefined;
  /** How many matching calls it skips first; 0 by default. */
  readonly after?: number | undefined;
  /** Hits only every n-th matching call: with 3 the third, the sixth and so on; 1 by default. */
  readonly every?: number | undefined;
  /** For `slow`: milliseconds, at most 60000; 1000 by default. */
  readonly delayMs?: number | undefined;
}

/** The faults that hit one call. */
export interface FaultHits {
  readonly kind: Exclude<FaultKind, 'slow'> | undefined;
  readonly delayMs: number;
}

/** Operations of the kinds that only some operations can have. */
const operationsOf: { readonly [Kind in FaultKind]?: readonly string[] } = {
  race: ['StartDeployment'],
  protected: ['DeleteEnvironment', 'DeleteConfigurationProfile'],
};

const maxPending = 1_000;

/** The longest delay of a fault or of all responses. */
export const maxDelayMs = 60_000;

/** The faults that are still pending. @internal */
export class Faults {
  #pending: { readonly fault: Fault; skip: number; left: number }[] = [];

  /** @throws RangeError if too many faults are pending, the delay is too long, or no call can have this fault */
  add(fault: Fault): void {
    if (this.#pending.length >= maxPending) throw new RangeError(`${maxPending} faults are already pending`);
    if (!((fault.delayMs ?? 0) <= maxDelayMs)) throw new RangeError(`"delayMs" must be at most ${maxDelayMs}`);
    const { operation, kind } = fault;
    if (operation !== '*' && !canHave(operation, kind)) {
      throw new RangeError(
        `${operation} cannot have a fault of kind "${kind}"; only ${operationsOf[kind]?.join(' and ')} can`,
      );
    }
    const { after = 0, every = 1, times = 1 } = fault;
    if (times > 0) this.#pending.push({ fault, skip: after + every - 1, left: times });
  }

  clear(): void {
    this.#pending = [];
  }

  /** The faults that hit this call. Each use counts towards the fault's `times`. */
  next(operation: string, request: WireRequest): FaultHits {
    let delayMs = 0;
    for (const entry of this.#pending) {
      const { fault } = entry;
      if (!matches(fault, operation, request)) continue;
      if (entry.skip > 0) {
        entry.skip -= 1;
        continue;
      }
      entry.left -= 1;
      entry.skip = (fault.every ?? 1) - 1;
      if (entry.left <= 0) this.#pending = this.#pending.filter((each) => each !== entry);
      if (fault.kind !== 'slow') return { kind: fault.kind, delayMs };
      delayMs = Math.min(maxDelayMs, delayMs + (fault.delayMs ?? 1000));
    }
    return { kind: undefined, delayMs };
  }
}

function matches(fault: Fault, operation: string, { path, body, headers }: WireRequest): boolean {
  if (fault.operation !== '*' && fault.operation !== operation) return false;
  if (fault.about !== undefined && !`${decoded(path)} ${decoded(Buffer.from(body).toString())}`.includes(fault.about)) {
    return false;
  }
  if (!canHave(operation, fault.kind)) return false;
  return fault.kind !== 'protected' || headers['x-amzn-deletion-protection-check']?.toUpperCase() !== 'BYPASS';
}

function canHave(operation: string, kind: FaultKind): boolean {
  return operationsOf[kind]?.includes(operation) ?? true;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
