// Carries a plan out: each step once, as soon as what it comes after has succeeded and its lane is free.
import { setMaxListeners } from 'node:events';
import { AppcfgError, type Problem } from '../core/errors.ts';
import type { Emit, StepResult } from '../core/events.ts';
import type { CommitRelation } from '../core/live.ts';
import type { Plan, Step, StepId } from '../core/plan.ts';
import type { Policy } from '../core/policy.ts';
import { type Ending, StartGate } from '../core/start-gate.ts';
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
  /** Aborts when it is used up: what waits for its turn to create is not sent any more. */
  readonly halt: AbortController;
  /** The step that met its end. */
  usedUpBy: StepId | undefined;
}

class Run {
  readonly #connection: Connection;
  readonly #options: ApplyOptions;
  readonly #waitingFor: Map<StepId, Set<StepId>>;
  readonly #followers = new Map<StepId, Step[]>();
  /** Steps whose order allows them, in plan order, by lane; those without a lane under the empty name. */
  readonly #ready = new Map<string, Step[]>();
  readonly #busyLanes = new Set<string>();
  readonly #unfinished: Map<StepId, Step>;
  /** Numbers of the deployments that steps have started or found. */
  readonly #deployments = new Map<StepId, number>();
  readonly #quotas = new Map<string, Quota>();
  readonly #gate: StartGate;
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
    this.#waitingFor = new Map(plan.steps.map((step) => [step.id, new Set(step.after)]));
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
      if (this.#waitingFor.get(step.id)?.size === 0) this.#makeReady(step);
    }
    this.#startWhatCan();
    await ended;
    signal.removeEventListener('abort', onAbort);
    if (this.#defect !== undefined) throw this.#defect.error;
  }

  #makeReady(step: Step): void {
    const lane = step.lane ?? '';
    const queue = this.#ready.get(lane);
    if (queue === undefined) this.#ready.set(lane, [step]);
    else queue.push(step);
  }

  #startWhatCan(): void {
    // What is held back may decide what else is.
    while (this.#stopped === undefined) {
      const phase = this.#gate.phase(this.#serviceNow());
      if (phase !== this.#phaseSeen) for (const step of this.#parked.splice(0)) this.#makeReady(step);
      this.#phaseSeen = phase;
      for (const [lane, queue] of this.#ready) {
        while (queue.length > 0 && (lane === '' || !this.#busyLanes.has(lane))) {
          const step = queue.shift();
          if (step === undefined) break;
          this.#startIfItMay(step);
        }
        if (queue.length === 0) this.#ready.delete(lane);
      }
      if (this.#gate.phase(this.#serviceNow()) === phase) break;
    }
    this.#tellNews();
    this.#waitForNextLook();
    if (this.#running === 0 && this.#look === undefined) this.#end();
  }

  #startIfItMay(step: Step): void {
    const answer = this.#gate.ask(step, this.#serviceNow());
    switch (answer.may) {
      case 'start':
        if (step.lane !== undefined) this.#busyLanes.add(step.lane);
        this.#gate.started(step);
        this.#start(step);
        return;
      case 'wait':
        this.#parked.push(step);
        return;
      case 'never': {
        const { blockedBy, note } = answer;
        this.#finished(step, { step: step.id, status: 'skipped', blockedBy, note }, { how: 'held back' });
        return;
      }
      default:
        answer satisfies never;
    }
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
        if (step.lane !== undefined) this.#busyLanes.delete(step.lane);
        this.#finished(step, result);
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
      if (this.#isHalt(error)) return this.#halted(step);
      if (error instanceof CallFailure) {
        if (error.kind === 'quota') {
          const quota = this.#quotaOf(step);
          quota.usedUpBy ??= step.id;
          quota.halt.abort();
        }
        if (error.kind === 'access' && error.problem.code !== 'permission-denied') this.#stop(step.id);
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
          halt: AbortSignal.any([this.#halt.signal, this.#quotaOf(step).halt.signal]),
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
      halt: this.#halt.signal,
      onProgress: (progress) => {
        this.#deployments.set(step.id, progress.deploymentNumber);
        if (progress.state === 'ROLLED_BACK') this.#rolledBack.add(step.id);
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

  #quotaOf(step: Step): Quota {
    const key = quotaKey(step);
    let quota = this.#quotas.get(key);
    if (quota === undefined) {
      quota = { halt: new AbortController(), usedUpBy: undefined };
      setMaxListeners(0, quota.halt.signal);
      this.#quotas.set(key, quota);
    }
    return quota;
  }

  /** Whether a step ended because the run did. */
  #isHalt(error: unknown): boolean {
    if (error instanceof CallFailure) return error.kind === 'aborted';
    return [this.#options.signal, this.#halt.signal].some((signal) => signal.aborted && error === signal.reason);
  }

  #halted(step: Step): StepResult {
    const running = this.#deployments.get(step.id);
    return {
      step: step.id,
      status: 'skipped',
      blockedBy: this.#stopped ?? this.#quotaOf(step).usedUpBy ?? reasonOf(this.#options.signal),
      ...(running === undefined ? {} : { note: `deployment ${running} goes on in AppConfig`, running }),
    };
  }

  #finished(step: Step, result: StepResult, ending: Ending = this.#endingOf(step, result)): void {
    this.#unfinished.delete(step.id);
    this.#options.emit({ type: 'step-finished', ...result });
    this.#gate.ended(step, ending, result.status === 'skipped' ? result.blockedBy : step.id);
    const followers = this.#followers.get(step.id) ?? [];
    if (result.status === 'succeeded') {
      for (const follower of followers) {
        const waiting = this.#waitingFor.get(follower.id);
        waiting?.delete(step.id);
        if (waiting?.size === 0 && this.#unfinished.has(follower.id)) this.#makeReady(follower);
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
