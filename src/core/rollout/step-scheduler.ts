// Which steps of a plan may begin: those whose order, queue and wave allow it. A state machine that is told what ended and
// asked what comes next; it starts nothing, and gets the time as an argument. The run and its estimate go by the same one.
import type { Plan } from '../plan/plan.ts';
import type { Step, StepId } from '../plan/step.ts';
import type { Answer, WaveGate } from './wave-gate.ts';

/** A step that may begin, or never will. */
export interface Next {
  readonly step: Step;
  readonly answer: Exclude<Answer, { may: 'wait' }>;
}

export class StepQueues {
  readonly #gate: WaveGate;
  readonly #operationsAtOnce: number;
  /** How many steps each one still comes after. */
  readonly #waitingFor: Map<StepId, number>;
  readonly #followers = new Map<StepId, Step[]>();
  /** Steps whose order allows them, by their queue, in the order in which they got ready. */
  readonly #ready = new Map<string, Step[]>();
  /** How many steps of a queue are in hand. */
  readonly #inHand = new Map<string, number>();
  /** Queues in which there may be something to begin. */
  readonly #stirred = new Set<string>();
  /** Steps that the gate lets wait, in the order in which they got ready. */
  #parked: Step[] = [];
  /** The gate's phase in which they were parked. */
  #phase: string | undefined;

  /** @param options.operationsAtOnce so many steps of one operation, without a lane, are in hand at most */
  constructor({ steps }: Pick<Plan, 'steps'>, gate: WaveGate, options: { readonly operationsAtOnce: number }) {
    this.#gate = gate;
    this.#operationsAtOnce = options.operationsAtOnce;
    this.#waitingFor = new Map(steps.map(({ id, after }) => [id, after.length]));
    for (const step of steps) {
      for (const before of step.after) {
        const followers = this.#followers.get(before);
        if (followers === undefined) this.#followers.set(before, [step]);
        else followers.push(step);
      }
      if (step.after.length === 0) this.makeReady(step);
    }
  }

  /** Whether something waits for its wave. */
  get hasParked(): boolean {
    return this.#parked.length > 0;
  }

  /** What comes next, taken in hand; undefined: nothing for now. @param now milliseconds since 1970, by the service's clock */
  next(now: number): Next | undefined {
    this.#unpark(now);
    for (const name of this.#stirred) {
      for (let step = this.#take(name); step !== undefined; step = this.#take(name)) {
        const answer = this.#gate.ask(step, now);
        if (answer.may !== 'wait') return { step, answer };
        this.release(step);
        this.#parked.push(step);
      }
      this.#stirred.delete(name);
    }
    return undefined;
  }

  /** It is in hand no more. */
  release(step: Step): void {
    const name = queueOf(step);
    const others = (this.#inHand.get(name) ?? 1) - 1;
    if (others === 0) this.#inHand.delete(name);
    else this.#inHand.set(name, others);
    if (this.#ready.has(name)) this.#stirred.add(name);
  }

  /** Its order allows it; or it was in hand, and has to begin anew. */
  makeReady(step: Step): void {
    const name = queueOf(step);
    const queue = this.#ready.get(name);
    if (queue === undefined) this.#ready.set(name, [step]);
    else queue.push(step);
    this.#stirred.add(name);
  }

  /** What comes after it comes after one step less. */
  succeeded(step: Step): void {
    for (const follower of this.followersOf(step)) {
      const left = (this.#waitingFor.get(follower.id) ?? 0) - 1;
      this.#waitingFor.set(follower.id, left);
      if (left === 0) this.makeReady(follower);
    }
  }

  followersOf({ id }: Step): readonly Step[] {
    return this.#followers.get(id) ?? [];
  }

  /** Takes out what waits for its wave in a place. */
  takeParkedIn(place: string): readonly Step[] {
    const taken = this.#parked.filter((step) => step.accountRegion === place);
    this.#parked = this.#parked.filter((step) => step.accountRegion !== place);
    return taken;
  }

  #unpark(now: number): void {
    const phase = this.#gate.phase(now);
    if (phase === this.#phase) return;
    this.#phase = phase;
    for (const step of this.#parked.splice(0)) this.makeReady(step);
  }

  #take(name: string): Step | undefined {
    const queue = this.#ready.get(name);
    const [step] = queue ?? [];
    const inHand = this.#inHand.get(name) ?? 0;
    if (queue === undefined || step === undefined || inHand >= this.#roomFor(step)) return undefined;
    queue.shift();
    if (queue.length === 0) this.#ready.delete(name);
    this.#inHand.set(name, inHand + 1);
    return step;
  }

  #roomFor({ lane }: Step): number {
    return lane === undefined ? this.#operationsAtOnce : 1;
  }
}

/** A lane takes one deployment at a time; what has no lane waits with its like, for AppConfig's rates are an operation's. */
function queueOf({ lane, operation, accountRegion: place }: Step): string {
  return lane === undefined ? `${operation} ${place ?? ''}` : `lane ${lane}`;
}
