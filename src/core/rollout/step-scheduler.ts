// Which steps of a plan may begin: those whose order, queue and wave allow it. A state machine: it starts nothing, and gets
// the time as an argument. The run and its estimate ask the same one.
import { groupMap } from '../model/groups-by.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step, StepId } from '../plan/step.ts';
import type { GateDecision, WaveGate } from './wave-gate.ts';

/** A step that may begin, or never will. */
export interface NextStep {
  readonly step: Step;
  readonly decision: Exclude<GateDecision, { may: 'wait' }>;
}

export class StepScheduler {
  readonly #gate: WaveGate;
  readonly #operationsAtOnce: number;
  /** How many steps each step still comes after. */
  readonly #waitingFor: Map<StepId, number>;
  readonly #followers: ReadonlyMap<StepId, readonly { readonly step: Step }[]>;
  /** Steps whose order allows them, by queue, in the order in which they became ready. */
  readonly #ready = new Map<string, Step[]>();
  /** How many steps of a queue are active. */
  readonly #active = new Map<string, number>();
  /** Queues in which a step may have become free to begin. */
  readonly #toCheck = new Set<string>();
  /** Steps that the gate makes wait, in the order in which they became ready. */
  #waitingForWave: Step[] = [];
  /** The gate's phase when they began to wait. */
  #phase: string | undefined;

  /** @param options.operationsAtOnce limit for active steps of one operation in one account and Region, except deployments */
  constructor({ steps }: Pick<Plan, 'steps'>, gate: WaveGate, options: { readonly operationsAtOnce: number }) {
    this.#gate = gate;
    this.#operationsAtOnce = options.operationsAtOnce;
    this.#waitingFor = new Map(steps.map(({ id, after }) => [id, after.length]));
    const order = steps.flatMap((step) => step.after.map((before) => ({ before, step })));
    this.#followers = groupMap(order, ({ before }) => before);
    for (const step of steps) if (step.after.length === 0) this.makeReady(step);
  }

  /**
   * The next step, which is active from now on; undefined where none may begin for now.
   * @param now milliseconds since 1970 by the service's clock
   */
  next(now: number): NextStep | undefined {
    this.#askWaitingAgain(now);
    for (const name of this.#toCheck) {
      for (let step = this.#take(name); step !== undefined; step = this.#take(name)) {
        const decision = this.#gate.ask(step, now);
        if (decision.may !== 'wait') return { step, decision };
        this.release(step);
        this.#waitingForWave.push(step);
      }
      this.#toCheck.delete(name);
    }
    return undefined;
  }

  /** The step is no longer active. */
  release(step: Step): void {
    const name = queueOf(step);
    const others = (this.#active.get(name) ?? 1) - 1;
    if (others === 0) this.#active.delete(name);
    else this.#active.set(name, others);
    if (this.#ready.has(name)) this.#toCheck.add(name);
  }

  /** The step's order allows it; or it was active, and has to begin again. */
  makeReady(step: Step): void {
    const name = queueOf(step);
    const queue = this.#ready.get(name);
    if (queue === undefined) this.#ready.set(name, [step]);
    else queue.push(step);
    this.#toCheck.add(name);
  }

  /** The steps that come after it need no longer wait for it. */
  succeeded(step: Step): void {
    for (const follower of this.followersOf(step)) {
      const left = (this.#waitingFor.get(follower.id) ?? 0) - 1;
      this.#waitingFor.set(follower.id, left);
      if (left === 0) this.makeReady(follower);
    }
  }

  followersOf({ id }: Step): readonly Step[] {
    return this.#followers.get(id)?.map(({ step }) => step) ?? [];
  }

  /** Removes and returns those of the steps that wait for their wave. */
  takeWaiting(isTaken: (step: Step) => boolean): readonly Step[] {
    const taken = this.#waitingForWave.filter(isTaken);
    this.#waitingForWave = this.#waitingForWave.filter((step) => !isTaken(step));
    return taken;
  }

  #askWaitingAgain(now: number): void {
    const phase = this.#gate.phase(now);
    if (phase === this.#phase) return;
    this.#phase = phase;
    for (const step of this.#waitingForWave.splice(0)) this.makeReady(step);
  }

  #take(name: string): Step | undefined {
    const queue = this.#ready.get(name);
    const [step] = queue ?? [];
    const active = this.#active.get(name) ?? 0;
    if (queue === undefined || step === undefined || active >= this.#capacityFor(step)) return undefined;
    queue.shift();
    if (queue.length === 0) this.#ready.delete(name);
    this.#active.set(name, active + 1);
    return step;
  }

  #capacityFor({ lane }: Step): number {
    return lane === undefined ? this.#operationsAtOnce : 1;
  }
}

/** An environment takes one deployment at a time. All other steps queue by operation: AppConfig's rates are per operation. */
function queueOf({ lane, operation, accountRegion }: Step): string {
  return lane ?? `${operation} ${accountRegion}`;
}
