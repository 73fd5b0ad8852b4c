// How long a plan takes: the run, played through without a service. Calls wait for their operation's rate, deployments
// for their lane; a deployment takes what its strategy says.
import TinyQueue from 'tinyqueue';
import { minutesOf } from './deployment-strategies.ts';
import { isDeployment, type Step, type StepId } from './plan.ts';
import { publishedRate } from './published-rates.ts';

export interface Conditions {
  /** Calls a second of an operation; undefined where nothing limits them. */
  readonly rateOf: (operation: string) => number | undefined;
  /** How many times as fast as ours the service's clock runs. */
  readonly speed: number;
}

export interface Estimate {
  /** Until the last step is done. */
  readonly ms: number;
  /** When each step is done, in milliseconds from the start. */
  readonly ends: ReadonlyMap<StepId, number>;
  /** What each lane takes, from the start to its last deployment's end, in milliseconds. */
  readonly lanes: ReadonlyMap<string, number>;
}

/** How long AppConfig takes for an answer. */
const answerMs = 100;
/** The end of a deployment is seen a little late. */
const noticedAfterMs = 1_000;

/** Undefined where nobody knows a strategy's numbers. */
export function estimate(steps: readonly Step[], conditions: Conditions): Estimate | undefined {
  if (steps.some((step) => isDeployment(step) && step.numbers === undefined)) return undefined;
  return new Play(steps, conditions).toItsEnd();
}

/** A plan's minutes at AWS's published rates, which small plans do not feel; undefined where a strategy's numbers are unknown. */
export function expectedMinutes(steps: readonly Step[]): number | undefined {
  const ms = estimate(steps, { rateOf: publishedRate, speed: 1 })?.ms;
  if (ms === undefined) return undefined;
  return rounded(ms / 60_000);
}

/** To as many digits as mean something. */
function rounded(minutes: number): number {
  const digits = minutes < 1 ? 2 : minutes < 10 ? 1 : 0;
  return Number(minutes.toFixed(digits));
}

class Play {
  readonly #conditions: Conditions;
  readonly #waitingFor: Map<StepId, number>;
  readonly #followers = new Map<StepId, Step[]>();
  /** Steps whose order allows them, by lane. */
  readonly #ready = new Map<string, Step[]>();
  readonly #busy = new Set<string>();
  readonly #running = new TinyQueue<{ readonly step: Step; readonly endsAt: number }>(
    [],
    (a, b) => a.endsAt - b.endsAt,
  );
  /** The next free moment of each operation. */
  readonly #turns = new Map<string, number>();
  readonly #ends = new Map<StepId, number>();
  /** Lanes of environments that this plan creates, which are read before their first start. */
  readonly #unread = new Set<string>();

  constructor(steps: readonly Step[], conditions: Conditions) {
    this.#conditions = conditions;
    const ids = new Set(steps.map(({ id }) => id));
    this.#waitingFor = new Map(steps.map(({ id, after }) => [id, after.filter((each) => ids.has(each)).length]));
    for (const step of steps) {
      for (const before of step.after) {
        const followers = this.#followers.get(before);
        if (followers === undefined) this.#followers.set(before, [step]);
        else followers.push(step);
      }
      if (step.operation === 'CreateEnvironment') this.#unread.add(`${step.application}/${step.environment}`);
    }
    for (const step of steps) if (this.#waitingFor.get(step.id) === 0) this.#begin(step, 0);
  }

  toItsEnd(): Estimate {
    const lanes = new Map<string, number>();
    let ms = 0;
    for (let next = this.#running.pop(); next !== undefined; next = this.#running.pop()) {
      const { step, endsAt } = next;
      ms = endsAt;
      this.#ends.set(step.id, endsAt);
      if (step.lane !== undefined) {
        lanes.set(step.lane, endsAt);
        this.#busy.delete(step.lane);
        const waiting = this.#ready.get(step.lane)?.shift();
        if (waiting !== undefined) this.#begin(waiting, endsAt);
      }
      for (const follower of this.#followers.get(step.id) ?? []) {
        const left = (this.#waitingFor.get(follower.id) ?? 0) - 1;
        this.#waitingFor.set(follower.id, left);
        if (left === 0) this.#begin(follower, endsAt);
      }
    }
    return { ms, ends: this.#ends, lanes };
  }

  #begin(step: Step, now: number): void {
    const { lane } = step;
    if (lane !== undefined && this.#busy.has(lane)) {
      const queue = this.#ready.get(lane);
      if (queue === undefined) this.#ready.set(lane, [step]);
      else queue.push(step);
      return;
    }
    if (lane !== undefined) this.#busy.add(lane);
    this.#running.push({ step, endsAt: this.#endOf(step, now) });
  }

  #endOf(step: Step, now: number): number {
    let at = now;
    if (step.operation === 'StartDeployment' && step.lane !== undefined && this.#unread.delete(step.lane)) {
      at = this.#turn('ListDeployments', { at, step }) + answerMs;
    }
    if (step.operation !== 'AwaitDeployment') at = this.#turn(step.operation, { at, step }) + answerMs;
    if (!isDeployment(step) || step.numbers === undefined) return at;
    const minutes = minutesOf(step.numbers);
    // Without time to take a deployment is over with its start.
    return minutes === 0 ? at : at + (minutes * 60_000 + noticedAfterMs) / this.#conditions.speed + answerMs;
  }

  /** When a call's turn comes that is ready now. */
  #turn(operation: string, ready: { readonly at: number; readonly step: Step }): number {
    const rate = this.#conditions.rateOf(operation);
    if (rate === undefined) return ready.at;
    // Each account and Region has rates of its own.
    const key = `${operation} ${ready.step.place ?? ''}`;
    const at = Math.max(ready.at, this.#turns.get(key) ?? 0);
    this.#turns.set(key, at + 1000 / rate);
    return at;
  }
}
