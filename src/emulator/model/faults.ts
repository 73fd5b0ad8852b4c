// Faults to be met by the next calls.
import type { WireRequest } from '../wire/message.ts';

/** What can go wrong with a call. */
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

/** A fault that calls of an operation (`*`: of any) run into. */
export interface Fault {
  readonly operation: string;
  readonly kind: FaultKind;
  /** Only calls that hold this text, in their path or body: an id, a name, the ARN of a role. */
  readonly about?: string | undefined;
  /** How many calls meet it; 1 unless told. */
  readonly times?: number | undefined;
  /** How many calls are spared first. */
  readonly after?: number | undefined;
  /** Only every so many calls meets it: with 3 the third, the sixth and so on; each one unless told. */
  readonly every?: number | undefined;
  /** For `slow`. */
  readonly delayMs?: number | undefined;
}

/** What a call meets. */
export interface Trouble {
  readonly kind: Exclude<FaultKind, 'slow'> | undefined;
  readonly delayMs: number;
}

/** What operations a kind is of, where calls of others never meet it. */
const operationsOf: { readonly [Kind in FaultKind]?: readonly string[] } = {
  race: ['StartDeployment'],
  protected: ['DeleteEnvironment', 'DeleteConfigurationProfile'],
};

const most = 1_000;
const longestDelayMs = 60_000;

/** The faults that are still to come. */
export class Faults {
  #pending: { readonly fault: Fault; spare: number; left: number }[] = [];

  /** @throws RangeError when there are too many to come, one takes too long, or no call can meet it */
  add(fault: Fault): void {
    if (this.#pending.length >= most) throw new RangeError(`${most} faults are pending already`);
    if (!((fault.delayMs ?? 0) <= longestDelayMs)) throw new RangeError(`"delayMs" must be at most ${longestDelayMs}`);
    const { operation, kind } = fault;
    if (operation !== '*' && !isOf(kind, operation)) {
      throw new RangeError(
        `calls of ${operation} do not meet "${kind}", only those of ${operationsOf[kind]?.join(' and ')}`,
      );
    }
    const { after = 0, every = 1, times = 1 } = fault;
    if (times > 0) this.#pending.push({ fault, spare: after + every - 1, left: times });
  }

  clear(): void {
    this.#pending = [];
  }

  /** What this call meets; a fault is used up by it. */
  next(operation: string, request: WireRequest): Trouble {
    let delayMs = 0;
    for (const entry of this.#pending) {
      const { fault } = entry;
      if (!concerns(fault, operation, request)) continue;
      if (entry.spare > 0) {
        entry.spare -= 1;
        continue;
      }
      entry.left -= 1;
      entry.spare = (fault.every ?? 1) - 1;
      if (entry.left <= 0) this.#pending = this.#pending.filter((each) => each !== entry);
      if (fault.kind !== 'slow') return { kind: fault.kind, delayMs };
      delayMs += fault.delayMs ?? 1000;
    }
    return { kind: undefined, delayMs };
  }
}

function concerns(fault: Fault, operation: string, { path, body, headers }: WireRequest): boolean {
  if (fault.operation !== '*' && fault.operation !== operation) return false;
  if (fault.about !== undefined && !`${decoded(path)} ${decoded(Buffer.from(body).toString())}`.includes(fault.about)) {
    return false;
  }
  if (!isOf(fault.kind, operation)) return false;
  return fault.kind !== 'protected' || headers['x-amzn-deletion-protection-check']?.toUpperCase() !== 'BYPASS';
}

function isOf(kind: FaultKind, operation: string): boolean {
  return operationsOf[kind]?.includes(operation) ?? true;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
