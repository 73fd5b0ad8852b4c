// How long a plan takes: the run, played through without a service. Calls wait for their operation's rate, deployments
// for their lane and their wave; a deployment takes what its strategy says, and ends well.
import TinyQueue from 'tinyqueue';
import { publishedRate } from '../model/service-limits.ts';
import { isDeployment } from '../plan/operations.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step, StepId } from '../plan/step.ts';
import { minutesOf } from '../settings/deployment-strategies.ts';
import { StepQueues } from './step-scheduler.ts';
import { WaveGate } from './wave-gate.ts';

export interface Conditions {
  /** Calls a second of an operation; undefined where nothing limits them. */
  readonly rateOf: (operation: string) => number | undefined;
  /** How many times as fast as ours the service's clock runs. */
  readonly speed: number;
  /** The service's clock at the start, in milliseconds since 1970: what is live already soaks from when it completed. */
  readonly now: number;
}

export interface Estimate {
  /** Until the last step is done. */
  readonly ms: number;
  /** When each step's call is sent, and when it is done, in milliseconds from the start. */
  readonly starts: ReadonlyMap<StepId, number>;
  readonly ends: ReadonlyMap<StepId, number>;
  /** What each lane takes, from the start to its last deployment's end, in milliseconds. */
  readonly lanes: ReadonlyMap<string, number>;
}

/** How long AppConfig takes for an answer. */
const answerMs = 100;

/** The end of a deployment is seen a little late. */
const noticedAfterMs = 1_000;

/** Undefined where nobody knows a strategy's numbers. What a wave with too many blocked addresses holds back takes no time. */
export function estimate(plan: Pick<Plan, 'steps' | 'waves'>, conditions: Conditions): Estimate | undefined {
  if (plan.steps.some((step) => isDeployment(step) && step.numbers === undefined)) return undefined;
  return new Play(plan, conditions).toItsEnd();
}

/** The plan with its time, for all its steps and waves as they stand. */
export function timed(plan: Plan, now: number): Plan {
  return { ...plan, expectedMinutes: expectedMinutes(plan, now) };
}

/**
 * A plan's minutes at AWS's published rates, which small plans do not feel; undefined where a strategy's numbers are unknown.
 * @param now milliseconds since 1970, by the service's clock
 */
export function expectedMinutes(plan: Pick<Plan, 'steps' | 'waves'>, now: number): number | undefined {
  const ms = estimate(plan, { rateOf: publishedRate, speed: 1, now })?.ms;
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
  readonly #running = new TinyQueue<{ readonly endsAt: number; readonly end: () => void }>(
    [],
    (a, b) => a.endsAt - b.endsAt,
  );
  /** The next free moment of each operation. */
  readonly #turns = new Map<string, number>();
  readonly #starts = new Map<StepId, number>();
  readonly #ends = new Map<StepId, number>();
  /** Lanes of environments that this plan creates, which are read before their first start. */
  readonly #unread = new Set<string>();
  readonly #gate: WaveGate;
  readonly #queues: StepQueues;
  /** Of each wave. */
  readonly #lanesOf: ReadonlyMap<string, number>;
  readonly #lanes = new Map<string, number>();
  #isLooking = false;

  constructor(plan: Pick<Plan, 'steps' | 'waves'>, conditions: Conditions) {
    const { steps } = plan;
    this.#conditions = conditions;
    this.#gate = new WaveGate(plan, conditions.now);
    this.#lanesOf = new Map(plan.waves.map(({ name, environments: lanes }) => [name, lanes]));
    this.#queues = new StepQueues(plan, this.#gate, { operationsAtOnce: Number.POSITIVE_INFINITY });
    for (const step of steps) {
      if (step.operation === 'CreateEnvironment') this.#unread.add(`${step.application}/${step.environment}`);
    }
  }

  toItsEnd(): Estimate {
    let ms = 0;
    for (;;) {
      this.#beginWhatCan(ms);
      this.#lookAtWave(ms);
      const look = this.#nextLookAt(ms);
      if (look !== undefined && look < (this.#running.peek()?.endsAt ?? Number.POSITIVE_INFINITY)) {
        ms = look;
        continue;
      }
      const next = this.#running.pop();
      if (next === undefined) break;
      ms = next.endsAt;
      next.end();
    }
    return { ms, starts: this.#starts, ends: this.#ends, lanes: this.#lanes };
  }

  #beginWhatCan(now: number): void {
    for (;;) {
      const next = this.#queues.next(this.#serviceTime(now));
      if (next === undefined) return;
      const { step, answer } = next;
      if (answer.may === 'start') {
        this.#gate.started(step);
        const endsAt = this.#endOf(step, now);
        this.#running.push({ endsAt, end: () => this.#ended(step, endsAt) });
      } else {
        this.#queues.release(step);
        this.#gate.ended(step, { how: 'held back' });
      }
    }
  }

  #ended(step: Step, at: number): void {
    this.#ends.set(step.id, at);
    if (step.lane !== undefined) this.#lanes.set(step.lane, at);
    this.#gate.ended(step, { how: 'live', at: this.#serviceTime(at) });
    this.#queues.release(step);
    this.#queues.succeeded(step);
  }

  /** Nothing of it was taken back; but each of its lanes is read. */
  #lookAtWave(now: number): void {
    const look = this.#isLooking ? undefined : this.#gate.nextLook(this.#serviceTime(now));
    if (look === undefined || look.at > this.#serviceTime(now)) return;
    this.#isLooking = true;
    const calls = [...look.before, look.wave].reduce((sum, wave) => sum + (this.#lanesOf.get(wave) ?? 0), 0);
    const endsAt = this.#turn('ListDeployments', { at: now, place: '', calls }) + answerMs;
    const end = () => {
      this.#isLooking = false;
      const nothing = { takenBack: new Map(), unread: new Map(), liveSince: undefined, mayPass: false };
      this.#gate.lookedAt(look, { ...nothing, at: this.#serviceTime(now) });
    };
    this.#running.push({ endsAt, end });
  }

  /** When the next look at a wave is due that keeps what waits from beginning; undefined where no time does. */
  #nextLookAt(now: number): number | undefined {
    const look = this.#isLooking ? undefined : this.#gate.nextLook(this.#serviceTime(now));
    return look && (look.at - this.#conditions.now) / this.#conditions.speed;
  }

  #serviceTime(ms: number): number {
    // To a thousandth, so that the moment of a soak's end is that moment also after it was converted.
    return this.#conditions.now + Math.round(ms * this.#conditions.speed * 1000) / 1000;
  }

  #endOf(step: Step, now: number): number {
    let at = now;
    const { accountRegion: place = '' } = step;
    if (step.operation === 'StartDeployment' && step.lane !== undefined && this.#unread.delete(step.lane)) {
      at = this.#turn('ListDeployments', { at, place }) + answerMs;
    }
    if (step.operation === 'StartDeployment' && step.environmentBusyUntil !== undefined) {
      at = Math.max(at, this.#fromStart(step.environmentBusyUntil) + noticedAfterMs / this.#conditions.speed);
    }
    if (step.operation !== 'AwaitDeployment') at = this.#turn(step.operation, { at, place });
    this.#starts.set(step.id, at);
    if (step.operation !== 'AwaitDeployment') at += answerMs;
    if (!isDeployment(step) || step.numbers === undefined) return at;
    const minutes = minutesOf(step.numbers);
    // Without time to take a deployment is over with its start.
    if (minutes === 0) return at;
    const ms = (minutes * 60_000) / this.#conditions.speed;
    const begun = step.operation === 'AwaitDeployment' && step.startedAt !== undefined ? step.startedAt : undefined;
    const endsAt = begun === undefined ? at + ms : Math.max(at, Math.min(at + ms, this.#fromStart(begun) + ms));
    return endsAt + noticedAfterMs / this.#conditions.speed + answerMs;
  }

  /** A moment by the service's clock, in milliseconds from the start. */
  #fromStart(moment: string): number {
    return (Date.parse(moment) - this.#conditions.now) / this.#conditions.speed;
  }

  /** When the turn of a call comes that is ready now; of several, the last one's. */
  #turn(operation: string, ready: { readonly at: number; readonly place: string; readonly calls?: number }): number {
    const rate = this.#conditions.rateOf(operation);
    if (rate === undefined) return ready.at;
    const { calls = 1 } = ready;
    // Each account and Region has rates of its own.
    const key = `${operation} ${ready.place}`;
    const last = Math.max(ready.at, this.#turns.get(key) ?? 0) + ((calls - 1) * 1000) / rate;
    this.#turns.set(key, last + 1000 / rate);
    return last;
  }
}
