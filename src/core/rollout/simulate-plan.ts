// How long a plan takes: the run, simulated without a service. Calls wait for their operation's rate, deployments for
// their environment and their wave. A deployment takes as long as its strategy and completes.
import TinyQueue from 'tinyqueue';
import type { AccountRegionId } from '../model/account-region.ts';
import { type LaneId, laneId } from '../model/lane.ts';
import { publishedRate } from '../model/service-limits.ts';
import { isDeployment } from '../plan/operations.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step, StepId } from '../plan/step.ts';
import { minutesOf } from '../settings/deployment-strategies.ts';
import { StepScheduler } from './step-scheduler.ts';
import { type GatedPlan, WaveGate } from './wave-gate.ts';

export interface SimulationConditions {
  /** Calls a second of an operation; undefined where nothing limits them. */
  readonly rateOf: (operation: string) => number | undefined;
  /** How many times as fast as this machine's clock the service's clock runs. */
  readonly speed: number;
  /** The service's clock at the start, in milliseconds since 1970: what is live soaks from when it completed. */
  readonly now: number;
}

export interface Estimate {
  /** Until the last step is done, by this machine's clock. */
  readonly ms: number;
  /** When each step's call is sent, and when it is done, in milliseconds from the start. */
  readonly starts: ReadonlyMap<StepId, number>;
  readonly ends: ReadonlyMap<StepId, number>;
}

/** How long AppConfig takes to respond to a call. */
const responseMs = 100;

/** The end of a deployment is seen this late, by the service's clock. */
const noticedAfterMs = 1_000;

/** Undefined where a strategy's numbers are unknown. Steps that a wave blocks take no time. */
export function estimate(plan: GatedPlan, conditions: SimulationConditions): Estimate | undefined {
  if (plan.steps.some((step) => isDeployment(step) && step.numbers === undefined)) return undefined;
  return new Simulation(plan, conditions).run();
}

/** The plan with its expected minutes. @param now milliseconds since 1970, by the service's clock */
export function withExpectedMinutes(plan: Plan, now: number): Plan {
  return { ...plan, expectedMinutes: expectedMinutes(plan, now) };
}

/**
 * A plan's minutes at AWS's published rates; undefined where a strategy's numbers are unknown.
 * @param now milliseconds since 1970, by the service's clock
 */
export function expectedMinutes(plan: GatedPlan, now: number): number | undefined {
  const ms = estimate(plan, { rateOf: publishedRate, speed: 1, now })?.ms;
  if (ms === undefined) return undefined;
  return rounded(ms / 60_000);
}

/** Rounded to the digits that matter. */
function rounded(minutes: number): number {
  const digits = minutes < 1 ? 2 : minutes < 10 ? 1 : 0;
  return Number(minutes.toFixed(digits));
}

class Simulation {
  readonly #conditions: SimulationConditions;
  readonly #running = new TinyQueue<{ readonly endsAt: number; readonly end: () => void }>(
    [],
    (a, b) => a.endsAt - b.endsAt,
  );
  /** By account and Region and operation: when its next call may be sent. */
  readonly #nextCalls = new Map<string, number>();
  readonly #starts = new Map<StepId, number>();
  readonly #ends = new Map<StepId, number>();
  /** Environments that this plan creates: the run lists their deployments before the first start. */
  readonly #unlisted = new Set<LaneId>();
  readonly #gate: WaveGate;
  readonly #scheduler: StepScheduler;
  /** By wave: how many environments a verification reads. */
  readonly #environments: ReadonlyMap<string, number>;
  #isVerifying = false;

  constructor(plan: GatedPlan, conditions: SimulationConditions) {
    this.#conditions = conditions;
    this.#gate = new WaveGate(plan, conditions.now);
    this.#environments = new Map(plan.waves.map(({ name, environments }) => [name, environments]));
    this.#scheduler = new StepScheduler(plan, this.#gate, { operationsAtOnce: Number.POSITIVE_INFINITY });
    for (const step of plan.steps) {
      if (step.operation !== 'CreateEnvironment') continue;
      this.#unlisted.add(laneId(step));
    }
  }

  run(): Estimate {
    let ms = 0;
    for (;;) {
      this.#beginSteps(ms);
      this.#beginVerification(ms);
      const wakeAt = this.#wakeAt(ms);
      if (wakeAt !== undefined && wakeAt < (this.#running.peek()?.endsAt ?? Number.POSITIVE_INFINITY)) {
        ms = wakeAt;
        continue;
      }
      const next = this.#running.pop();
      if (next === undefined) break;
      ms = next.endsAt;
      next.end();
    }
    return { ms, starts: this.#starts, ends: this.#ends };
  }

  #beginSteps(now: number): void {
    for (;;) {
      const next = this.#scheduler.next(this.#serviceTime(now));
      if (next === undefined) return;
      const { step, decision } = next;
      if (decision.may === 'start') {
        this.#gate.started(step);
        const endsAt = this.#endOf(step, now);
        this.#running.push({ endsAt, end: () => this.#ended(step, endsAt) });
      } else {
        this.#scheduler.release(step);
        this.#gate.ended(step, { how: 'not started' });
      }
    }
  }

  #ended(step: Step, at: number): void {
    this.#ends.set(step.id, at);
    this.#gate.ended(step, { how: 'live', at: this.#serviceTime(at) });
    this.#scheduler.release(step);
    this.#scheduler.succeeded(step);
  }

  /** It finds everything live, and costs a call for each environment. */
  #beginVerification(now: number): void {
    const due = this.#isVerifying ? undefined : this.#gate.dueVerification(this.#serviceTime(now));
    if (due === undefined) return;
    this.#isVerifying = true;
    const calls = [...due.earlier, due.wave].reduce((sum, wave) => sum + (this.#environments.get(wave) ?? 0), 0);
    const endsAt = this.#sentAt('ListDeployments', { at: now, accountRegion: undefined, calls }) + responseMs;
    const end = () => {
      this.#isVerifying = false;
      const at = this.#serviceTime(now);
      this.#gate.verified(due, { waves: new Map(), liveSince: undefined, mayPass: false, at });
    };
    this.#running.push({ endsAt, end });
  }

  /** When the gate has to be asked again although no step has ended, in milliseconds from the start. */
  #wakeAt(now: number): number | undefined {
    const at = this.#isVerifying ? undefined : this.#gate.wakeAt(this.#serviceTime(now));
    return at && this.#sinceStart(at);
  }

  #serviceTime(ms: number): number {
    // Rounded, so that the end of a soak is still the same moment after it was converted.
    return this.#conditions.now + Math.round(ms * this.#conditions.speed * 1000) / 1000;
  }

  /** @param moment milliseconds since 1970, by the service's clock @returns milliseconds from the start */
  #sinceStart(moment: number): number {
    return (moment - this.#conditions.now) / this.#conditions.speed;
  }

  #endOf(step: Step, now: number): number {
    const sentAt = this.#startOf(step, now);
    this.#starts.set(step.id, sentAt);
    const at = step.operation === 'AwaitDeployment' ? sentAt : sentAt + responseMs;
    if (!isDeployment(step) || step.numbers === undefined) return at;
    const minutes = minutesOf(step.numbers);
    // The response to the start already shows such a deployment complete.
    if (minutes === 0) return at;
    const ms = (minutes * 60_000) / this.#conditions.speed;
    const startedAt = step.operation === 'AwaitDeployment' ? step.startedAt : undefined;
    // A start in the future means that the clocks differ: it takes no longer than its strategy.
    const endsAt =
      startedAt === undefined ? at + ms : Math.max(at, Math.min(at, this.#sinceStart(Date.parse(startedAt))) + ms);
    return endsAt + noticedAfterMs / this.#conditions.speed + responseMs;
  }

  /** When the step's call is sent. */
  #startOf(step: Step, now: number): number {
    const { operation, accountRegion } = step;
    if (operation === 'AwaitDeployment') return now;
    let at = now;
    if (operation === 'StartDeployment') {
      if (step.lane !== undefined && this.#unlisted.delete(step.lane)) {
        at = this.#sentAt('ListDeployments', { at, accountRegion }) + responseMs;
      }
      if (step.environmentBusyUntil !== undefined) {
        const freeAt = this.#sinceStart(Date.parse(step.environmentBusyUntil));
        at = Math.max(at, freeAt + noticedAfterMs / this.#conditions.speed);
      }
    }
    return this.#sentAt(operation, { at, accountRegion });
  }

  /** When a call that is ready `at` is sent, by the rate of its account and Region; of several, the last one. */
  #sentAt(
    operation: string,
    call: { readonly at: number; readonly accountRegion: AccountRegionId | undefined; readonly calls?: number },
  ): number {
    const rate = this.#conditions.rateOf(operation);
    if (rate === undefined) return call.at;
    const { at, accountRegion, calls = 1 } = call;
    const key = `${operation} ${accountRegion}`;
    const last = Math.max(at, this.#nextCalls.get(key) ?? 0) + ((calls - 1) * 1000) / rate;
    this.#nextCalls.set(key, last + 1000 / rate);
    return last;
  }
}
