// Carries a plan out: each step once, as soon as what it comes after has succeeded and its lane is free.

import type { Emit, StepResult } from '../../core/events/event.ts';
import type { AccountRegionId } from '../../core/model/account-region.ts';
import type { CommitRelation } from '../../core/model/origin.ts';
import { isDeployment, quotaKeyOf } from '../../core/plan/operations.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Step, StepId } from '../../core/plan/step.ts';
import { AppcfgError, type Problem } from '../../core/problem/problem.ts';
import { type Next, StepQueues } from '../../core/rollout/step-scheduler.ts';
import { type Answer, type Ending, WaveGate } from '../../core/rollout/wave-gate.ts';
import { CallFailure, endsCredentials } from '../client/call-failure.ts';
import type { Connection } from '../client/connection.ts';
import { readResources } from '../read/read-resources.ts';
import { MissingResource, type Reach } from '../read/resource-ids.ts';
import { ActiveStep } from './active-step.ts';
import type { DeployContext } from './lane.ts';
import { type Done, followDeployment, startDeployment } from './start-deployment.ts';
import { stopDeployment } from './stop-deployment.ts';
import { WaveMonitor } from './wave-monitor.ts';
import { write } from './write-resources.ts';

type KnownReach = Required<Reach>;

export interface ApplyOptions {
  /** The plan's accounts and Regions, except those that could not be reached: nothing of the plan is in these. */
  readonly reaches: ReadonlyMap<AccountRegionId, Reach>;
  readonly relationTo: (commit: string) => Promise<CommitRelation>;
  readonly emit: Emit;
  /** Aborts with the reason to name in the skipped steps: `interrupted` or `timeout`. Running calls are let finish. */
  readonly signal: AbortSignal;
  readonly wait: boolean;
  readonly busyTimeoutMs: number;
  /** Start nothing new after the first failure. */
  readonly failFast: boolean;
  readonly bypassDeletionProtection: boolean;
}

/**
 * Every step of the plan ends up in exactly one `step-finished` event. Failed calls are results; what is thrown is a
 * defect, after the running steps have ended.
 */
export async function applyPlan(plan: Plan, connection: Connection, options: ApplyOptions): Promise<void> {
  const reaches = await knownReaches(plan, options);
  await new Run(plan, connection, { ...options, reaches }).toItsEnd();
}

/** @throws CallFailure */
async function knownReaches(
  plan: Plan,
  { reaches, signal }: ApplyOptions,
): Promise<ReadonlyMap<AccountRegionId, KnownReach>> {
  const known = await Promise.all(
    [...reaches].map(async ([accountRegion, { connection, resources }]) => {
      const ids = resources ?? (await readResources(connection, plan, { accountRegion, signal }));
      return [accountRegion, { connection, resources: ids }] as const;
    }),
  );
  return new Map(known);
}

interface RunOptions extends ApplyOptions {
  readonly reaches: ReadonlyMap<AccountRegionId, KnownReach>;
}

class Run {
  readonly #plan: Plan;
  readonly #connection: Connection;
  readonly #options: RunOptions;
  readonly #queues: StepQueues;
  readonly #inHand = new Map<StepId, ActiveStep>();
  readonly #unfinished: Map<StepId, Step>;
  /** By place: the step that met the end of its credentials. */
  readonly #lost = new Map<AccountRegionId, StepId>();
  /** By quota: the step that met its end. */
  readonly #usedUp = new Map<string, StepId>();
  readonly #gate: WaveGate;
  /** The gate's phase in which the steps in hand were begun. */
  #phase: string | undefined;
  readonly #watch: WaveMonitor;
  /** By step: its deployment, where that has completed; undefined where the content was live without one. */
  readonly #completed = new Map<StepId, number | undefined>();
  #stopped: StepId | undefined;
  #defect: { readonly error: unknown } | undefined;
  #finish: () => void = () => {};

  constructor(plan: Plan, connection: Connection, options: RunOptions) {
    const { readAt } = plan.basis;
    this.#plan = plan;
    this.#connection = connection;
    this.#options = options;
    this.#gate = new WaveGate(plan, readAt === undefined ? connection.serviceClock.now() : Date.parse(readAt));
    // More than can be in flight, and so few that a fleet's fit in memory.
    this.#queues = new StepQueues(plan, this.#gate, { operationsAtOnce: 4 * connection.concurrency });
    this.#unfinished = new Map(plan.steps.map((step) => [step.id, step]));
    this.#watch = new WaveMonitor(plan, this.#gate, {
      connection,
      completed: this.#completed,
      reach: (of) => this.#reach(of),
      isLost: ({ accountRegion }) => this.#lost.has(accountRegion),
      lose: (wave, accountRegion) => this.#lose({ id: `wave ${wave}`, accountRegion }),
      emit: options.emit,
      onChange: () => this.#startWhatCan(),
      onDefect: (error, wave) => {
        this.#defect ??= { error };
        this.#halt(`wave ${wave}`);
      },
    });
  }

  async toItsEnd(): Promise<void> {
    const { signal } = this.#options;
    const ended = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    const onAbort = () => this.#leave(signal.reason === 'timeout' ? 'timeout' : 'interrupted');
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    this.#startWhatCan();
    await ended;
    signal.removeEventListener('abort', onAbort);
    if (this.#defect !== undefined) throw this.#defect.error;
  }

  #startWhatCan(): void {
    // One moment for all of it: what is not yet due must not have come about unseen a moment later.
    const now = this.#serviceNow();
    while (this.#stopped === undefined) {
      this.#recallUnsent(now);
      const next = this.#queues.next(now);
      if (next === undefined) break;
      this.#begin(next);
    }
    this.#tellNews(now);
    if (this.#stopped === undefined) this.#watch.lookOrWait(now);
    if (this.#inHand.size === 0 && !this.#watch.isBusy) this.#end();
  }

  /** What was begun and not sent yet may have to be held back after all. */
  #recallUnsent(now: number): void {
    const phase = this.#gate.phase(now);
    if (phase === this.#phase) return;
    this.#phase = phase;
    for (const hand of this.#inHand.values()) {
      if (hand.isSent || hand.recalledFor !== undefined) continue;
      const answer = this.#gate.ask(hand.step, now);
      if (answer.may !== 'start') hand.recallFor(answer);
    }
  }

  #begin({ step, answer }: Next): void {
    const blockedBy = this.#lost.get(step.accountRegion) ?? this.#usedUp.get(quotaKeyOf(step));
    if (blockedBy === undefined && answer.may === 'start') {
      this.#start(step);
      return;
    }
    this.#queues.release(step);
    if (blockedBy !== undefined) this.#finished(step, { step: step.id, status: 'skipped', blockedBy });
    else if (answer.may === 'never') this.#heldBack(step, answer);
  }

  #heldBack(step: Step, { blockedBy, note }: Extract<Answer, { may: 'never' }>): void {
    this.#finished(step, { step: step.id, status: 'skipped', blockedBy, note }, { how: 'held back' });
  }

  #serviceNow(): number {
    return this.#connection.serviceClock.now();
  }

  #tellNews(serviceNow: number): void {
    const { emit } = this.#options;
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
    const hand = new ActiveStep(step);
    this.#inHand.set(step.id, hand);
    this.#perform(hand)
      .catch((error: unknown): Outcome => {
        this.#defect ??= { error };
        this.#halt(step.id);
        const problem: Problem = {
          code: 'internal-error',
          severity: 'error',
          message: `internal error in appcfg: ${String(error)}`,
        };
        return { result: failed(step, problem) };
      })
      .then(({ result, completedAt }) => {
        this.#inHand.delete(step.id);
        this.#queues.release(step);
        const recalledFor = result.status === 'skipped' && !hand.isSent ? hand.recalledFor : undefined;
        if (recalledFor?.may === 'never') this.#heldBack(step, recalledFor);
        // What waits again ends with the run, if that has been stopped meanwhile.
        else if (recalledFor !== undefined) this.#queues.makeReady(step);
        else {
          if (result.status === 'succeeded' && isDeployment(step)) this.#completed.set(step.id, hand.deployment);
          this.#finished(step, result, this.#endingOf(hand, result, completedAt));
        }
        this.#startWhatCan();
      });
  }

  async #perform(hand: ActiveStep): Promise<Outcome> {
    const { step } = hand;
    this.#options.emit({ type: 'step-started', step: step.id });
    try {
      const { completedAt, ...done } = await this.#carryOut(hand);
      return { result: { step: step.id, status: 'succeeded', ...done }, completedAt };
    } catch (error) {
      const endedBy = hand.endedBy(error);
      if (endedBy !== undefined) return { result: leftBehind(hand, endedBy) };
      if (error instanceof MissingResource) return { result: failed(step, missingProblem(error)) };
      if (!(error instanceof CallFailure || error instanceof AppcfgError)) throw error;
      if (error instanceof CallFailure && error.kind === 'quota') {
        const usedUpBy = this.#useUp(step);
        if (usedUpBy !== step.id) return { result: { step: step.id, status: 'skipped', blockedBy: usedUpBy } };
      }
      const problem = error instanceof CallFailure ? error.problem : error.problems[0];
      if (endsCredentials(problem)) {
        // One step tells it for all whose calls were under way.
        if (hand.leftFor !== undefined) return { result: leftBehind(hand, hand.leftFor) };
        this.#lose(step);
      }
      // What this run cannot follow any more goes on without it.
      const isUnseen = hand.deployment !== undefined && error instanceof CallFailure;
      const message = `${problem.message}; deployment ${hand.deployment} goes on in AppConfig`;
      return { result: failed(step, isUnseen ? { ...problem, message } : problem) };
    }
  }

  async #carryOut(hand: ActiveStep): Promise<Done> {
    const { step, halt } = hand;
    switch (step.operation) {
      case 'StartDeployment':
        return startDeployment(step, this.#deployContext(hand));
      case 'AwaitDeployment':
        return followDeployment(step, this.#deployContext(hand));
      case 'StopDeployment':
        return stopDeployment(step, this.#deployContext(hand));
      default: {
        const { bypassDeletionProtection } = this.#options;
        return write(step, { ...this.#reach(step), project: this.#plan.project, bypassDeletionProtection, halt });
      }
    }
  }

  #deployContext(hand: ActiveStep): DeployContext {
    const { relationTo, wait, busyTimeoutMs, emit } = this.#options;
    const { step, halt, leave } = hand;
    return {
      ...this.#reach(step),
      basis: this.#plan.basis,
      relationTo,
      wait,
      busyTimeoutMs,
      signal: leave,
      halt,
      onSent: () => this.#sent(hand),
      onProgress: (progress) => {
        hand.deployment = progress.deploymentNumber;
        this.#sent(hand);
        if (progress.state === 'ROLLED_BACK') hand.isRolledBack = true;
        if (progress.state === 'ROLLED_BACK' || progress.state === 'ROLLING_BACK') {
          this.#gate.fails(step);
          this.#recallUnsent(this.#serviceNow());
        }
        emit({ type: 'deployment-progressed', step: step.id, ...progress });
      },
      onProblem: (problem) => emit({ type: 'problem-found', problem }),
    };
  }

  #reach({ accountRegion }: { readonly accountRegion: AccountRegionId }): KnownReach {
    const reach = this.#options.reaches.get(accountRegion);
    if (reach === undefined) throw new Error(`no connection to ${accountRegion}`);
    return reach;
  }

  #sent(hand: ActiveStep): void {
    if (hand.isSent) return;
    hand.isSent = true;
    this.#gate.started(hand.step);
    this.#tellNews(this.#serviceNow());
  }

  /** Nothing that counts against the same quota can be made any more. @returns the step that tells it for all */
  #useUp(step: Step): StepId {
    const quota = quotaKeyOf(step);
    const known = this.#usedUp.get(quota);
    if (known !== undefined) return known;
    this.#usedUp.set(quota, step.id);
    for (const hand of this.#inHand.values()) if (quotaKeyOf(hand.step) === quota) hand.haltFor(step.id);
    return step.id;
  }

  /** The credentials for a step's place are of no more use: nothing more can be done or seen there, and others go on. */
  #lose({ id, accountRegion }: { readonly id: StepId; readonly accountRegion: AccountRegionId }): void {
    if (this.#plan.accountRegions.length === 1) {
      this.#leave(id);
      return;
    }
    if (!this.#lost.has(accountRegion)) this.#lost.set(accountRegion, id);
    for (const hand of this.#inHand.values()) if (hand.step.accountRegion === accountRegion) hand.leaveFor(id);
    for (const step of this.#queues.takeParkedIn(accountRegion)) {
      this.#finished(step, { step: step.id, status: 'skipped', blockedBy: id });
    }
  }

  #finished(step: Step, result: StepResult, ending: Ending = this.#endingOfSkipped()): void {
    this.#unfinished.delete(step.id);
    if (result.status === 'succeeded') {
      this.#gate.started(step);
      this.#tellNews(this.#serviceNow());
    }
    this.#options.emit({ type: 'step-finished', ...result });
    this.#gate.ended(step, ending, result.status === 'skipped' ? result.blockedBy : step.id);
    if (result.status === 'succeeded') {
      this.#queues.succeeded(step);
      return;
    }
    if (result.status === 'failed' && this.#options.failFast) this.#halt('fail-fast');
    for (const follower of this.#queues.followersOf(step)) {
      if (this.#unfinished.has(follower.id)) {
        const blockedBy = result.status === 'skipped' ? result.blockedBy : step.id;
        this.#finished(follower, { step: follower.id, status: 'skipped', blockedBy });
      }
    }
  }

  /** What a step's end means to what waits for it. */
  #endingOf({ isRolledBack }: ActiveStep, result: StepResult, completedAt: number | undefined): Ending {
    switch (result.status) {
      case 'succeeded':
        return { how: 'live', at: completedAt ?? this.#serviceNow() };
      case 'skipped':
        return this.#endingOfSkipped();
      case 'failed': {
        const { code } = result.problem;
        const isBack = code === 'guard-rolled-back' || (isRolledBack && code !== 'deployment-superseded');
        return { how: isBack ? 'rolled back' : 'failed' };
      }
    }
  }

  /** What could not be prepared has failed; what the end of the run kept from beginning has not. */
  #endingOfSkipped(): Ending {
    return { how: this.#stopped === undefined ? 'failed' : 'held back' };
  }

  /** Nothing new begins; what runs is followed to its end. */
  #halt(why: StepId): void {
    this.#stopped ??= why;
    for (const hand of this.#inHand.values()) hand.haltFor(why);
    this.#watch.stop();
  }

  /** Nothing new begins, and what runs is left to AppConfig. */
  #leave(why: StepId): void {
    this.#halt(why);
    for (const hand of this.#inHand.values()) hand.leaveFor(why);
  }

  /** Nothing runs any more: what is left was kept from starting. */
  #end(): void {
    for (const step of [...this.#unfinished.values()]) {
      if (!this.#unfinished.has(step.id)) continue;
      // Nothing is stopped in favour of what will not be started.
      const [follower] = step.operation === 'StopDeployment' ? this.#queues.followersOf(step) : [];
      const blockedBy = this.#stopped ?? follower?.id;
      if (blockedBy === undefined) this.#defect ??= { error: new Error(`${step.id} was never begun`) };
      this.#finished(step, { step: step.id, status: 'skipped', blockedBy: blockedBy ?? 'internal-error' });
    }
    this.#finish();
  }
}

interface Outcome {
  readonly result: StepResult;
  /** When its deployment completed: milliseconds since 1970, by the service's clock. */
  readonly completedAt?: number | undefined;
}

/** Ended before its own end; its deployment, if it has one, goes on. */
function leftBehind({ step, deployment }: ActiveStep, blockedBy: StepId): StepResult {
  const going =
    deployment === undefined ? {} : { note: `deployment ${deployment} goes on in AppConfig`, running: deployment };
  return { step: step.id, status: 'skipped', blockedBy, ...going };
}

function failed(step: Step, problem: Problem): StepResult {
  return {
    step: step.id,
    status: 'failed',
    problem: { subject: step.subject, accountRegion: step.accountRegion, ...problem },
  };
}

function missingProblem(error: MissingResource): Problem {
  return {
    code: 'resource-missing',
    severity: 'error',
    message: error.message,
    hint: { text: 'create it first: appcfg sync --only update; or do both stages in one: appcfg sync' },
  };
}
