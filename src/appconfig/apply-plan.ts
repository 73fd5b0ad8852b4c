// Carries a plan out: each step once, as soon as what it comes after has succeeded and its lane is free.
import { setMaxListeners } from 'node:events';
import { AppcfgError, type Problem } from '../core/errors.ts';
import type { Emit, StepResult } from '../core/events.ts';
import type { CommitRelation } from '../core/live.ts';
import type { Plan, Step, StepId } from '../core/plan.ts';
import type { Policy } from '../core/policy.ts';
import { type Answer, type Ending, StartGate } from '../core/start-gate.ts';
import type { Connection } from './client.ts';
import { type Done, followDeployment, startDeployment, stopDeployment } from './deploy.ts';
import { CallFailure } from './failure.ts';
import type { DeployContext } from './lane.ts';
import { MissingResource, type Resources } from './resources.ts';
import { type WriteContext, write } from './write-resources.ts';

/** An account and Region, and what the plan's makers have read there. */
export interface Reach {
  readonly connection: Connection;
  readonly resources: Resources;
}

export interface ApplyOptions {
  readonly policy: Policy;
  /** What the plan's makers have read. */
  readonly resources: Resources;
  /** By the ids of the plan's places, where it has several. */
  readonly places?: ReadonlyMap<string, Reach>;
  readonly relationTo: (commit: string) => Promise<CommitRelation>;
  readonly emit: Emit;
  /** Aborts with the reason to name in the skipped steps: `interrupted` or `timeout`. Running calls are let finish. */
  readonly signal: AbortSignal;
  readonly wait: boolean;
  readonly laneWaitMs: number;
  /** Start nothing new after the first failure. */
  readonly failFast: boolean;
  readonly bypassDeletionProtection: boolean;
}

/**
 * Every step of the plan ends up in exactly one `step-finished` event. Failed calls are results; what is thrown is a
 * defect, after the running steps have ended.
 */
export async function applyPlan(plan: Plan, connection: Connection, options: ApplyOptions): Promise<void> {
  await new Run(plan, connection, options).toItsEnd();
}

/** A quota that creates count against. */
interface Quota {
  /** Aborts when it is used up: what waits for its turn to create is not sent any more. Only of what many may wait for. */
  readonly halt: AbortController | undefined;
  /** The step that met its end. */
  usedUpBy: StepId | undefined;
}

/** The start of a deployment that waits for its turn, or for its lane: AppConfig was not asked yet. */
interface Unsent {
  readonly step: Step;
  /** Aborts when the gate takes its word back. */
  readonly halt: AbortController;
  /** What the gate says now. */
  answer: Answer | undefined;
}

/** Steps of one operation that are in hand at the same time: more than can be in flight, and so few that a fleet's fit in memory. */
const operationsAtOnce = 256;

class Run {
  readonly #connection: Connection;
  readonly #options: ApplyOptions;
  /** How many steps each one still comes after. */
  readonly #waitingFor: Map<StepId, number>;
  readonly #followers = new Map<StepId, Step[]>();
  /** Steps whose order allows them, in plan order, by their queue. */
  readonly #ready = new Map<string, Step[]>();
  /** How many steps of a queue are in hand. */
  readonly #inHand = new Map<string, number>();
  readonly #unfinished: Map<StepId, Step>;
  /** Numbers of the deployments that steps have started or found. */
  readonly #deployments = new Map<StepId, number>();
  readonly #quotas = new Map<string, Quota>();
  /** By place: aborts when its credentials are refused, and the step that met it. */
  readonly #places = new Map<string, { readonly halt: AbortController; lostBy: StepId | undefined }>();
  readonly #gate: StartGate;
  readonly #unsent = new Map<StepId, Unsent>();
  /** Steps that the gate lets wait, in the order in which they got ready. */
  readonly #parked: Step[] = [];
  /** The gate's phase in which they were parked. */
  #phaseSeen: string | undefined;
  /** Waits for the moment at which the gate is to be asked again. */
  #look: AbortController | undefined;
  readonly #completedAt = new Map<StepId, number>();
  /** Steps whose deployment AppConfig was last seen to have rolled back. */
  readonly #rolledBack = new Set<StepId>();
  /** Aborts when nothing new may begin. */
  readonly #halt = new AbortController();
  #running = 0;
  #stopped: StepId | undefined;
  #defect: { readonly error: unknown } | undefined;
  #finish: () => void = () => {};

  constructor(plan: Plan, connection: Connection, options: ApplyOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#gate = new StartGate(plan);
    // Every step that waits for its turn listens to it.
    setMaxListeners(0, this.#halt.signal);
    this.#unfinished = new Map(plan.steps.map((step) => [step.id, step]));
    this.#waitingFor = new Map(plan.steps.map((step) => [step.id, step.after.length]));
    for (const step of plan.steps) {
      for (const before of step.after) {
        const followers = this.#followers.get(before);
        if (followers === undefined) this.#followers.set(before, [step]);
        else followers.push(step);
      }
    }
  }

  async toItsEnd(): Promise<void> {
    const { signal } = this.#options;
    const ended = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    const onAbort = () => this.#stop(reasonOf(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    for (const step of [...this.#unfinished.values()]) {
      if (step.after.length === 0) this.#makeReady(step);
    }
    this.#startWhatCan();
    await ended;
    signal.removeEventListener('abort', onAbort);
    if (this.#defect !== undefined) throw this.#defect.error;
  }

  #makeReady(step: Step): void {
    const name = queueOf(step);
    const queue = this.#ready.get(name);
    if (queue === undefined) this.#ready.set(name, [step]);
    else queue.push(step);
  }

  #startWhatCan(): void {
    // What is held back may decide what else is.
    while (this.#stopped === undefined) {
      const phase = this.#gate.phase(this.#serviceNow());
      if (phase !== this.#phaseSeen) {
        for (const step of this.#parked.splice(0)) this.#makeReady(step);
        this.#recallUnsent();
      }
      this.#phaseSeen = phase;
      for (const [name, queue] of this.#ready) {
        for (let next = queue[0]; next !== undefined && this.#hasRoomFor(next); next = queue[0]) {
          queue.shift();
          this.#startIfItMay(next);
        }
        if (queue.length === 0) this.#ready.delete(name);
      }
      if (this.#gate.phase(this.#serviceNow()) === phase) break;
    }
    this.#tellNews();
    this.#waitForNextLook();
    if (this.#running === 0 && this.#look === undefined) this.#end();
  }

  #hasRoomFor(step: Step): boolean {
    return (this.#inHand.get(queueOf(step)) ?? 0) < (step.lane === undefined ? operationsAtOnce : 1);
  }

  #takeInHand(step: Step, by: 1 | -1): void {
    const name = queueOf(step);
    const count = (this.#inHand.get(name) ?? 0) + by;
    if (count === 0) this.#inHand.delete(name);
    else this.#inHand.set(name, count);
  }

  /** What was begun and not sent yet may have to be held back after all. */
  #recallUnsent(): void {
    for (const unsent of this.#unsent.values()) {
      const answer = this.#gate.ask(unsent.step, this.#serviceNow());
      if (answer.may === 'start' || unsent.answer !== undefined) continue;
      unsent.answer = answer;
      unsent.halt.abort();
    }
  }

  #startIfItMay(step: Step): void {
    const lostBy = this.#placeOf(step)?.lostBy;
    if (lostBy !== undefined) {
      this.#finished(step, { step: step.id, status: 'skipped', blockedBy: lostBy });
      return;
    }
    const answer = this.#gate.ask(step, this.#serviceNow());
    switch (answer.may) {
      case 'start':
        if (step.operation === 'StartDeployment' || step.operation === 'StopDeployment') {
          const halt = new AbortController();
          setMaxListeners(0, halt.signal);
          this.#unsent.set(step.id, { step, halt, answer: undefined });
        }
        this.#start(step);
        return;
      case 'wait':
        this.#parked.push(step);
        return;
      case 'never':
        this.#heldBack(step, answer);
        return;
      default:
        answer satisfies never;
    }
  }

  #heldBack(step: Step, { blockedBy, note }: Extract<Answer, { may: 'never' }>): void {
    this.#finished(step, { step: step.id, status: 'skipped', blockedBy, note }, { how: 'held back' });
  }

  /** Where only time keeps steps back, the gate is asked again when that is over. */
  #waitForNextLook(): void {
    const at = this.#parked.length === 0 ? undefined : this.#gate.nextLookAt(this.#serviceNow());
    if (at === undefined || this.#stopped !== undefined) {
      this.#look?.abort();
      this.#look = undefined;
      return;
    }
    if (this.#look !== undefined) return;
    const look = new AbortController();
    this.#look = look;
    const over = () => {
      if (this.#look !== look) return;
      this.#look = undefined;
      this.#startWhatCan();
    };
    const signal = AbortSignal.any([look.signal, this.#halt.signal]);
    this.#connection.serviceClock.sleep(at - this.#serviceNow(), signal).then(over, over);
  }

  #serviceNow(): number {
    return this.#connection.serviceClock.now();
  }

  #tellNews(): void {
    const { emit } = this.#options;
    const serviceNow = this.#serviceNow();
    if (this.#stopped !== undefined) return;
    for (const news of this.#gate.takeNews(serviceNow)) {
      if (news.kind === 'problem') emit({ type: 'problem-found', problem: news.problem });
      else if (news.kind === 'begun') emit({ type: 'wave-begun', wave: news.wave });
      else {
        const { wave, endsAt } = news;
        emit({ type: 'wave-soaking', wave, endsAt, serviceNow, clockSpeed: this.#connection.serviceClock.speed });
      }
    }
  }

  #start(step: Step): void {
    const { usedUpBy } = this.#quotaOf(step);
    this.#running += 1;
    this.#takeInHand(step, 1);
    const outcome =
      usedUpBy === undefined
        ? this.#perform(step)
        : Promise.resolve<StepResult>({ step: step.id, status: 'skipped', blockedBy: usedUpBy });
    outcome
      .catch((error: unknown): StepResult => {
        this.#defect ??= { error };
        this.#stop(step.id);
        return failed(step, { code: 'defect', severity: 'error', message: `a defect in appcfg: ${String(error)}` });
      })
      .then((result) => {
        this.#running -= 1;
        this.#takeInHand(step, -1);
        const recalled = result.status === 'skipped' ? this.#unsent.get(step.id)?.answer : undefined;
        this.#unsent.delete(step.id);
        if (recalled === undefined || this.#stopped !== undefined) this.#finished(step, result);
        else if (recalled.may === 'never') this.#heldBack(step, recalled);
        else this.#makeReady(step);
        this.#startWhatCan();
      });
  }

  async #perform(step: Step): Promise<StepResult> {
    this.#options.emit({ type: 'step-started', step: step.id });
    try {
      const { completedAt, ...done } = await this.#carryOut(step);
      if (completedAt !== undefined) this.#completedAt.set(step.id, completedAt);
      return { step: step.id, status: 'succeeded', ...done };
    } catch (error) {
      if (this.#isHalt(step, error)) return this.#halted(step);
      if (error instanceof CallFailure) {
        if (error.kind === 'quota') {
          const quota = this.#quotaOf(step);
          quota.usedUpBy ??= step.id;
          quota.halt?.abort();
        }
        if (error.kind === 'access' && error.problem.code !== 'permission-denied') this.#lose(step);
        return failed(step, error.problem);
      }
      if (error instanceof MissingResource) return failed(step, missingProblem(error));
      if (error instanceof AppcfgError) return failed(step, error.problems[0]);
      throw error;
    }
  }

  async #carryOut(step: Step): Promise<Done> {
    switch (step.operation) {
      case 'StartDeployment':
        return startDeployment(step, this.#deployContext(step));
      case 'AwaitDeployment':
        return followDeployment(step, this.#deployContext(step));
      case 'StopDeployment':
        return stopDeployment(step, this.#deployContext(step));
      default: {
        const { policy, bypassDeletionProtection } = this.#options;
        const context: WriteContext = {
          ...this.#reach(step),
          project: policy.project,
          bypassDeletionProtection,
          halt: this.#haltOf(step),
        };
        return write(step, context);
      }
    }
  }

  #deployContext(step: Step): DeployContext {
    const { policy, relationTo, wait, laneWaitMs, signal, emit } = this.#options;
    return {
      ...this.#reach(step),
      policy,
      relationTo,
      wait,
      laneWaitMs,
      signal,
      halt: this.#haltOf(step),
      onProgress: (progress) => {
        this.#deployments.set(step.id, progress.deploymentNumber);
        this.#sent(step);
        if (progress.state === 'ROLLED_BACK') this.#rolledBack.add(step.id);
        if (progress.state === 'ROLLED_BACK' || progress.state === 'ROLLING_BACK') {
          this.#gate.fails(step);
          this.#recallUnsent();
        }
        emit({ type: 'deployment-progressed', step: step.id, ...progress });
      },
      onProblem: (problem) => emit({ type: 'problem-found', problem }),
    };
  }

  #reach({ place }: Step): Reach {
    if (place === undefined) return { connection: this.#connection, resources: this.#options.resources };
    const reach = this.#options.places?.get(place);
    if (reach === undefined) throw new Error(`nobody got to ${place}`);
    return reach;
  }

  /** AppConfig has answered its start. */
  #sent(step: Step): void {
    if (!this.#unsent.delete(step.id)) return;
    this.#gate.started(step);
    this.#tellNews();
  }

  /** Aborts when nothing of what the step does may begin any more. */
  #haltOf(step: Step): AbortSignal {
    const others = [this.#placeOf(step)?.halt, this.#quotaOf(step).halt, this.#unsent.get(step.id)?.halt];
    const signals = others.flatMap((controller) => (controller === undefined ? [] : [controller.signal]));
    return signals.length === 0 ? this.#halt.signal : AbortSignal.any([this.#halt.signal, ...signals]);
  }

  #placeOf({ place }: Step) {
    if (place === undefined) return undefined;
    let known = this.#places.get(place);
    if (known === undefined) {
      known = { halt: new AbortController(), lostBy: undefined };
      setMaxListeners(0, known.halt.signal);
      this.#places.set(place, known);
    }
    return known;
  }

  /** The credentials for a step's place are refused: nothing more of it can be done, and others go on. */
  #lose(step: Step): void {
    const place = this.#placeOf(step);
    if (place === undefined) {
      this.#stop(step.id);
      return;
    }
    place.lostBy ??= step.id;
    place.halt.abort();
  }

  #quotaOf(step: Step): Quota {
    const key = quotaKey(step);
    let quota = this.#quotas.get(key);
    if (quota === undefined) {
      const isOfAccount = step.operation === 'CreateApplication' || step.operation === 'CreateDeploymentStrategy';
      const halt = isOfAccount ? new AbortController() : undefined;
      if (halt !== undefined) setMaxListeners(0, halt.signal);
      quota = { halt, usedUpBy: undefined };
      this.#quotas.set(key, quota);
    }
    return quota;
  }

  /** Whether a step ended because the run did. */
  #isHalt(step: Step, error: unknown): boolean {
    if (error instanceof CallFailure) return error.kind === 'aborted';
    const signals = [this.#options.signal, this.#haltOf(step)];
    return signals.some((signal) => signal.aborted && error === signal.reason);
  }

  #halted(step: Step): StepResult {
    const running = this.#deployments.get(step.id);
    return {
      step: step.id,
      status: 'skipped',
      blockedBy:
        this.#stopped ?? this.#placeOf(step)?.lostBy ?? this.#quotaOf(step).usedUpBy ?? reasonOf(this.#options.signal),
      ...(running === undefined ? {} : { note: `deployment ${running} goes on in AppConfig`, running }),
    };
  }

  #finished(step: Step, result: StepResult, ending: Ending = this.#endingOf(step, result)): void {
    this.#unfinished.delete(step.id);
    if (result.status === 'succeeded') {
      this.#gate.started(step);
      this.#tellNews();
    }
    this.#options.emit({ type: 'step-finished', ...result });
    this.#gate.ended(step, ending, result.status === 'skipped' ? result.blockedBy : step.id);
    const followers = this.#followers.get(step.id) ?? [];
    if (result.status === 'succeeded') {
      for (const follower of followers) {
        const waiting = (this.#waitingFor.get(follower.id) ?? 0) - 1;
        this.#waitingFor.set(follower.id, waiting);
        if (waiting === 0 && this.#unfinished.has(follower.id)) this.#makeReady(follower);
      }
      return;
    }
    if (result.status === 'failed' && this.#options.failFast) this.#stop('fail-fast');
    for (const follower of followers) {
      if (this.#unfinished.has(follower.id)) {
        const blockedBy = result.status === 'skipped' ? result.blockedBy : step.id;
        this.#finished(follower, { step: follower.id, status: 'skipped', blockedBy });
      }
    }
  }

  /** What a step's end means to what waits for it. */
  #endingOf(step: Step, result: StepResult): Ending {
    if (result.status === 'succeeded') {
      return { how: 'live', at: this.#completedAt.get(step.id) ?? this.#serviceNow() };
    }
    // What could not be prepared has failed; what the end of the run kept from beginning has not.
    if (result.status === 'skipped') return { how: this.#stopped === undefined ? 'failed' : 'held back' };
    const superseded = result.problem.code === 'deployment-superseded';
    return { how: this.#rolledBack.has(step.id) && !superseded ? 'rolled back' : 'failed' };
  }

  #stop(why: StepId): void {
    this.#stopped ??= why;
    this.#halt.abort(why);
  }

  /** Nothing runs any more: what is left was kept from starting. */
  #end(): void {
    for (const step of [...this.#unfinished.values()]) {
      if (this.#unfinished.has(step.id)) {
        this.#finished(step, { step: step.id, status: 'skipped', blockedBy: this.#stopped ?? 'order' });
      }
    }
    this.#finish();
  }
}

/** A lane takes one deployment at a time; what has no lane waits with its like, for AppConfig's rates are an operation's. */
function queueOf({ lane, operation, place }: Step): string {
  return lane === undefined ? `${operation} ${place ?? ''}` : `lane ${lane}`;
}

/** What shares a quota: things of one application, or of the account. */
function quotaKey(step: Step): string {
  const isPart = 'application' in step && step.operation !== 'CreateApplication';
  const where = step.place ?? '';
  return isPart ? `${step.operation} ${where} ${step.application}` : `${step.operation} ${where}`;
}

function failed(step: Step, problem: Problem): StepResult {
  return { step: step.id, status: 'failed', problem: { source: step.address, ...problem } };
}

function missingProblem(error: MissingResource): Problem {
  return {
    code: 'resource-missing',
    severity: 'error',
    message: error.message,
    hint: 'create it first: appcfg sync --only update; or do both stages in one: appcfg sync',
  };
}

function reasonOf(signal: AbortSignal): string {
  return signal.reason === 'timeout' ? 'timeout' : 'interrupted';
}
