// Carries a plan out: each step once, as soon as what it comes after has succeeded and its lane is free.
import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import { AppcfgError, type Problem, type ProblemCode } from '../core/errors.ts';
import type { Emit, StepResult } from '../core/events.ts';
import type { CommitRelation } from '../core/live.ts';
import { isDeployment, type Plan, type Step, type StepId } from '../core/plan.ts';
import type { Policy } from '../core/policy.ts';
import { type Answer, type Ending, type Look, StartGate } from '../core/start-gate.ts';
import { type Next, StepQueues } from '../core/step-queues.ts';
import { type LaneFound, takenBackProblem, type WatchedLane, watchedLanes } from '../core/watched-wave.ts';
import type { Connection } from './client.ts';
import { type Done, followDeployment, startDeployment, stopDeployment } from './deploy.ts';
import { CallFailure, mayPass } from './failure.ts';
import type { DeployContext } from './lane.ts';
import { readTakenBack } from './read-watched-lane.ts';
import { MissingResource, type Resources } from './resources.ts';
import { StepInHand } from './step-in-hand.ts';
import { write } from './write-resources.ts';

/** An account and Region, and what the plan's makers have read there. */
export interface Reach {
  readonly connection: Connection;
  readonly resources: Resources;
}

export interface ApplyOptions {
  readonly policy: Policy;
  /** What the plan's makers have read. */
  readonly resources: Resources;
  /** When they began to read it: milliseconds since 1970, by the service's clock. Now, unless told. */
  readonly readAt?: number;
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

/** Where credentials come to this, nothing more can be done with them. */
const endsOfCredentials: ReadonlySet<ProblemCode> = new Set([
  'credentials-expired',
  'credentials-missing',
  'credentials-refused',
  'role-refused',
]);

class Run {
  readonly #plan: Plan;
  readonly #connection: Connection;
  readonly #options: ApplyOptions;
  readonly #queues: StepQueues;
  readonly #inHand = new Map<StepId, StepInHand>();
  readonly #unfinished: Map<StepId, Step>;
  /** By place: the step that met the end of its credentials. */
  readonly #lostPlaces = new Map<string, StepId>();
  /** By quota: the step that met its end. */
  readonly #usedUp = new Map<string, StepId>();
  readonly #gate: StartGate;
  /** The gate's phase in which the steps in hand were begun. */
  #phase: string | undefined;
  /** Waits for the moment of the next look at a wave. */
  #alarm: AbortController | undefined;
  /** A look at a wave that is under way. */
  #look: AbortController | undefined;
  /** What looks have told of. */
  readonly #told = new Set<string>();
  /** By step: its deployment, where that has completed; undefined where the content was live without one. */
  readonly #completed = new Map<StepId, number | undefined>();
  #stopped: StepId | undefined;
  #defect: { readonly error: unknown } | undefined;
  #finish: () => void = () => {};

  constructor(plan: Plan, connection: Connection, options: ApplyOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#plan = plan;
    this.#gate = new StartGate(plan, options.readAt ?? connection.serviceClock.now());
    // More than can be in flight, and so few that a fleet's fit in memory.
    this.#queues = new StepQueues(plan, this.#gate, { operationsAtOnce: 4 * connection.concurrency });
    this.#unfinished = new Map(plan.steps.map((step) => [step.id, step]));
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
    this.#lookOrWait(now);
    if (this.#inHand.size === 0 && this.#alarm === undefined && this.#look === undefined) this.#end();
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
    const blockedBy = this.#lostPlaces.get(step.place ?? '') ?? this.#usedUp.get(quotaOf(step));
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

  /** What was live in a wave may have been taken back while it was watched. */
  #lookOrWait(now: number): void {
    const look = this.#stopped === undefined && this.#look === undefined ? this.#gate.nextLook(now) : undefined;
    this.#alarm?.abort();
    this.#alarm = undefined;
    if (look === undefined) return;
    if (look.at <= now) {
      this.#lookAtWave(look, now);
      return;
    }
    const alarm = new AbortController();
    this.#alarm = alarm;
    const over = () => {
      if (this.#alarm !== alarm) return;
      this.#alarm = undefined;
      this.#startWhatCan();
    };
    this.#connection.serviceClock.sleep(look.at - now, alarm.signal).then(over, over);
  }

  #lookAtWave(look: Look, at: number): void {
    const running = new AbortController();
    setMaxListeners(0, running.signal);
    this.#look = running;
    this.#readWaves(look, running.signal)
      .then((lanes) => this.#conclude(look, lanes, at))
      .catch((error: unknown) => {
        if (running.signal.aborted) return;
        this.#defect ??= { error };
        this.#halt(`wave ${look.wave}`);
      })
      .then(() => {
        this.#look = undefined;
        this.#startWhatCan();
      });
  }

  /** While a wave soaks, of what this run has deployed; at last of all that is live, also in the waves before. */
  #readWaves({ wave, before, isLast }: Look, signal: AbortSignal): Promise<readonly ReadLane[]> {
    const limit = pLimit(this.#connection.concurrency);
    const lanes = [...before, wave].flatMap((name) =>
      watchedLanes(name, this.#plan, this.#completed)
        .filter((lane) => isLast || lane.some(({ deployment }) => deployment !== undefined))
        .map((lane) => ({ lane, wave: name })),
    );
    return Promise.all(lanes.map((each) => limit(() => this.#readLane(each, signal))));
  }

  async #readLane(of: Pick<ReadLane, 'lane' | 'wave'>, signal: AbortSignal): Promise<ReadLane> {
    const [{ planned }] = of.lane;
    const unread = { ...of, found: undefined, failure: undefined };
    if (this.#lostPlaces.has(planned.place ?? '')) return unread;
    try {
      return { ...unread, found: await readTakenBack(of.lane, { ...this.#reach(planned), signal }) };
    } catch (error) {
      if (!(error instanceof CallFailure) || error.kind === 'aborted' || signal.aborted) throw error;
      const { code } = error.problem;
      if (!endsOfCredentials.has(code)) return { ...unread, failure: error };
      // One lane tells it for all whose reads were under way.
      this.#tellOnce(`${planned.place} ${code}`, { source: planned.address, ...error.problem });
      this.#lose({ id: `wave ${of.wave}`, place: planned.place });
      return unread;
    }
  }

  /** What cannot be read counts as lost: nothing is started because nobody knows. But for a while it may be an outage. */
  #conclude(look: Look, lanes: readonly ReadLane[], at: number): void {
    const takenBack = new Map<string, number>();
    const unread = new Map<string, number>();
    const count = (counts: Map<string, number>, wave: string, more: number) =>
      counts.set(wave, (counts.get(wave) ?? 0) + more);
    for (const { lane, wave, found } of lanes) {
      if (found === undefined) count(unread, wave, lane.length);
      for (const each of found?.takenBack ?? []) this.#tellOnce(each.address, takenBackProblem(each, wave));
      count(takenBack, wave, found?.takenBack.length ?? 0);
    }
    const own = lanes.flatMap(({ wave, found }) =>
      wave === look.wave && found !== undefined ? [found.liveSince] : [],
    );
    const failures = lanes.filter(({ found }) => found === undefined);
    const isFinal = this.#gate.lookedAt(look, {
      takenBack,
      unread,
      liveSince: own.length === 0 ? undefined : Math.max(...own),
      mayPass: failures.every(({ failure }) => failure !== undefined && mayPass(failure)),
      at,
    });
    if (!isFinal) return;
    for (const { lane, failure } of failures) {
      const [{ planned }] = lane;
      if (failure !== undefined) this.#tellOnce(planned.address, { source: planned.address, ...failure.problem });
    }
  }

  #tellOnce(key: string, problem: Problem): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#options.emit({ type: 'problem-found', problem });
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
    const hand = new StepInHand(step);
    this.#inHand.set(step.id, hand);
    this.#perform(hand)
      .catch((error: unknown): Outcome => {
        this.#defect ??= { error };
        this.#halt(step.id);
        const problem: Problem = { code: 'defect', severity: 'error', message: `a defect in appcfg: ${String(error)}` };
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

  async #perform(hand: StepInHand): Promise<Outcome> {
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
      if (endsOfCredentials.has(problem.code)) {
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

  async #carryOut(hand: StepInHand): Promise<Done> {
    const { step, halt } = hand;
    switch (step.operation) {
      case 'StartDeployment':
        return startDeployment(step, this.#deployContext(hand));
      case 'AwaitDeployment':
        return followDeployment(step, this.#deployContext(hand));
      case 'StopDeployment':
        return stopDeployment(step, this.#deployContext(hand));
      default: {
        const { policy, bypassDeletionProtection } = this.#options;
        return write(step, { ...this.#reach(step), project: policy.project, bypassDeletionProtection, halt });
      }
    }
  }

  #deployContext(hand: StepInHand): DeployContext {
    const { policy, relationTo, wait, laneWaitMs, emit } = this.#options;
    const { step, halt, leave } = hand;
    return {
      ...this.#reach(step),
      policy,
      relationTo,
      wait,
      laneWaitMs,
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

  #reach({ place }: { readonly place?: string }): Reach {
    if (place === undefined) return { connection: this.#connection, resources: this.#options.resources };
    const reach = this.#options.places?.get(place);
    if (reach === undefined) throw new Error(`nobody got to ${place}`);
    return reach;
  }

  #sent(hand: StepInHand): void {
    if (hand.isSent) return;
    hand.isSent = true;
    this.#gate.started(hand.step);
    this.#tellNews(this.#serviceNow());
  }

  /** Nothing that counts against the same quota can be made any more. @returns the step that tells it for all */
  #useUp(step: Step): StepId {
    const quota = quotaOf(step);
    const known = this.#usedUp.get(quota);
    if (known !== undefined) return known;
    this.#usedUp.set(quota, step.id);
    for (const hand of this.#inHand.values()) if (quotaOf(hand.step) === quota) hand.haltFor(step.id);
    return step.id;
  }

  /** The credentials for a step's place are of no more use: nothing more can be done or seen there, and others go on. */
  #lose({ id, place }: { readonly id: StepId; readonly place?: string | undefined }): void {
    if (place === undefined) {
      this.#leave(id);
      return;
    }
    if (!this.#lostPlaces.has(place)) this.#lostPlaces.set(place, id);
    for (const hand of this.#inHand.values()) if (hand.step.place === place) hand.leaveFor(id);
    for (const step of this.#queues.takeParkedIn(place)) {
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
  #endingOf({ isRolledBack }: StepInHand, result: StepResult, completedAt: number | undefined): Ending {
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
    this.#alarm?.abort();
    this.#look?.abort(why);
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
      this.#finished(step, { step: step.id, status: 'skipped', blockedBy: blockedBy ?? 'defect' });
    }
    this.#finish();
  }
}

/** A lane of a wave that was looked at. */
interface ReadLane {
  readonly lane: WatchedLane;
  readonly wave: string;
  /** Undefined where it could not be read. */
  readonly found: LaneFound | undefined;
  /** Why; undefined where its credentials have ended. */
  readonly failure: CallFailure | undefined;
}

interface Outcome {
  readonly result: StepResult;
  /** When its deployment completed: milliseconds since 1970, by the service's clock. */
  readonly completedAt?: number | undefined;
}

/** Ended before its own end; its deployment, if it has one, goes on. */
function leftBehind({ step, deployment }: StepInHand, blockedBy: StepId): StepResult {
  const going =
    deployment === undefined ? {} : { note: `deployment ${deployment} goes on in AppConfig`, running: deployment };
  return { step: step.id, status: 'skipped', blockedBy, ...going };
}

/** What shares a quota: things of one application, or of the account. */
function quotaOf(step: Step): string {
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
