// Applies a plan: each step once, as soon as the steps before it have succeeded, its environment is free and its wave allows it.

import type { StepResult } from '../../core/events/event.ts';
import type { AccountRegionId } from '../../core/model/account-region.ts';
import { isDeployment, quotaKeyOf } from '../../core/plan/operations.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Step, StepId } from '../../core/plan/step.ts';
import { type NextStep, StepScheduler } from '../../core/rollout/step-scheduler.ts';
import { type Refusal, WaveGate } from '../../core/rollout/wave-gate.ts';
import type { Ending } from '../../core/rollout/wave-state.ts';
import type { Connection } from '../client/connection.ts';
import { ActiveStep } from './active-step.ts';
import { type AppliedPlan, type ApplyOptions, knownReaches, reachOf } from './apply-options.ts';
import { endingOf, failed, type Outcome, performStep, stopped } from './perform-step.ts';
import { blockedByOf, isInScope, type StopReason, type StopScope } from './stop-reason.ts';
import { WaveMonitor } from './wave-monitor.ts';

/**
 * Applies a plan. Every step of it ends in exactly one `step-finished` event; failed calls are results.
 * @param connection to the run's own account and Region: its clock is the service's clock
 * @throws internal errors, after the active steps have ended
 */
export async function applyPlan(plan: Plan, connection: Connection, options: ApplyOptions): Promise<void> {
  const reaches = await knownReaches(plan, options);
  await new Run(connection, { plan, options: { ...options, reaches } }).toItsEnd();
}

class Run {
  readonly #connection: Connection;
  readonly #applied: AppliedPlan;
  /** The accounts and Regions whose credentials have not ended. */
  readonly #usable: Set<AccountRegionId>;
  readonly #scheduler: StepScheduler;
  readonly #gate: WaveGate;
  readonly #monitor: WaveMonitor;
  readonly #active = new Map<StepId, ActiveStep>();
  readonly #unfinished: Map<StepId, Step>;
  /** By step: its deployment, where that has completed; undefined where the content was live without one. */
  readonly #completed = new Map<StepId, number | undefined>();
  /** Stops of some steps. */
  readonly #stops: { readonly scope: StopScope; readonly reason: StopReason }[] = [];
  /** The stop of the whole run. */
  #stop: StopReason | undefined;
  /** The gate's phase in which the active steps began. */
  #phase: string | undefined;
  #internalError: { readonly error: unknown } | undefined;
  #resolve: () => void = () => {};

  constructor(connection: Connection, applied: AppliedPlan) {
    const { plan, options } = applied;
    const { readAt } = plan.basis;
    this.#connection = connection;
    this.#applied = applied;
    this.#usable = new Set(plan.accountRegions.map(({ id }) => id));
    this.#gate = new WaveGate(plan, readAt === undefined ? connection.serviceClock.now() : Date.parse(readAt));
    // More than can be in flight at once, and few enough that a plan for thousands of tenants fits in memory.
    this.#scheduler = new StepScheduler(plan, this.#gate, { operationsAtOnce: 4 * connection.concurrency });
    this.#unfinished = new Map(plan.steps.map((step) => [step.id, step]));
    this.#monitor = new WaveMonitor(plan, this.#gate, {
      connection,
      completed: this.#completed,
      reach: (at) => reachOf(options, at),
      hasCredentials: ({ accountRegion }) => this.#usable.has(accountRegion),
      onCredentialsEnded: (wave, accountRegion) => this.#endCredentials({ id: `wave ${wave}`, accountRegion }),
      emit: options.emit,
      onChange: () => this.#advance(),
      onInternalError: (error, wave) => this.#fail(error, `wave ${wave}`),
    });
  }

  async toItsEnd(): Promise<void> {
    const { signal } = this.#applied.options;
    const ended = new Promise<void>((resolve) => {
      this.#resolve = resolve;
    });
    const onAbort = () => this.#stopSteps({}, { kind: signal.reason === 'timeout' ? 'timeout' : 'interrupted' });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    this.#advance();
    await ended;
    signal.removeEventListener('abort', onAbort);
    if (this.#internalError !== undefined) throw this.#internalError.error;
  }

  /** Starts every step that may start now; to be called after each change. */
  #advance(): void {
    // One moment for all of it: otherwise a soak could end between the last question and the wait for the next.
    const now = this.#serviceNow();
    while (this.#stop === undefined) {
      this.#recallUnsent(now);
      const next = this.#scheduler.next(now);
      if (next === undefined) break;
      this.#begin(next);
    }
    this.#reportNotices(now);
    if (this.#stop === undefined) this.#monitor.verifyOrWait(now);
    if (this.#active.size === 0 && !this.#monitor.isBusy) this.#end();
  }

  /** A step that has begun, and whose start or stop has not reached AppConfig, may have to wait after all. */
  #recallUnsent(now: number): void {
    const phase = this.#gate.phase(now);
    if (phase === this.#phase) return;
    this.#phase = phase;
    for (const active of this.#active.values()) {
      if (active.isSent || active.stopReason !== undefined) continue;
      const decision = this.#gate.ask(active.step, now);
      if (decision.may === 'wait') active.stop({ kind: 'must-wait' });
      if (decision.may === 'never') active.stop({ kind: decision.because, refusal: decision });
    }
  }

  #begin({ step, decision }: NextStep): void {
    const stop = this.#stops.find(({ scope }) => isInScope(step, scope));
    if (stop === undefined && decision.may === 'start') {
      this.#start(step);
      return;
    }
    this.#scheduler.release(step);
    if (stop !== undefined) this.#skip(step, blockedByOf(stop.reason));
    else if (decision.may === 'never') this.#refuse(step, decision);
  }

  #start(step: Step): void {
    const active = new ActiveStep(step);
    this.#active.set(step.id, active);
    this.#applied.options.emit({ type: 'step-started', step: step.id });
    const onSent = () => this.#sent(active);
    performStep(active, this.#applied, { onSent, onRollingBack: () => this.#rollingBack(step) })
      .catch((error: unknown): Outcome => {
        this.#fail(error, step.id);
        const message = `internal error in appcfg: ${String(error)}`;
        const hint = {
          text: 'report this text and the command that you ran; to see what is live now',
          command: { run: 'status', args: [] },
        } as const;
        return { result: failed(step, { code: 'internal-error', severity: 'error', message, hint }) };
      })
      .then((outcome) => {
        this.#active.delete(step.id);
        this.#scheduler.release(step);
        this.#conclude(active, outcome);
        this.#advance();
      });
  }

  #conclude(active: ActiveStep, { result: own, completedAt, usedUp }: Outcome): void {
    const { step, stopReason, deployment } = active;
    if (own.status === 'skipped' && !active.isSent && stopReason?.kind === 'must-wait') {
      // If the run has been stopped meanwhile, the step ends with it.
      this.#scheduler.makeReady(step);
      return;
    }
    if (own.status === 'skipped' && !active.isSent && stopReason !== undefined && 'refusal' in stopReason) {
      this.#refuse(step, stopReason.refusal);
      return;
    }
    const result = usedUp === undefined ? own : this.#afterUse(active, own, usedUp);
    if (result.status === 'succeeded' && isDeployment(step)) this.#completed.set(step.id, deployment);
    const ending =
      result.status === 'skipped'
        ? this.#endingOfSkipped()
        : endingOf(active, result, completedAt ?? this.#serviceNow());
    this.#finish(step, result, ending);
  }

  /** One step reports a used-up quota or the end of credentials; others that meet it are skipped. */
  #afterUse(active: ActiveStep, result: StepResult, usedUp: 'quota' | 'credentials'): StepResult {
    const { step, abandonReason } = active;
    if (usedUp === 'credentials') {
      if (abandonReason !== undefined) return stopped(active, abandonReason);
      this.#endCredentials(step);
      return result;
    }
    const quota = quotaKeyOf(step);
    const earlier = this.#stops.find(({ scope }) => scope.quota === quota);
    if (earlier !== undefined) return { step: step.id, status: 'skipped', blockedBy: blockedByOf(earlier.reason) };
    this.#stopSteps({ quota }, { kind: 'quota-used-up', by: step.id });
    return result;
  }

  /** Nothing more can be done or read in an account and Region. The others continue; without any, the run ends. */
  #endCredentials({ id, accountRegion }: Pick<Step, 'id' | 'accountRegion'>): void {
    const reason = { kind: 'credentials-ended', by: id } as const;
    this.#usable.delete(accountRegion);
    this.#stopSteps(this.#usable.size === 0 ? {} : { accountRegion }, reason);
  }

  #fail(error: unknown, by: StepId): void {
    this.#internalError ??= { error };
    this.#stopSteps({}, { kind: 'internal-error', by });
  }

  /** The only way in which steps are stopped: those that are active, that wait, and that are still to become ready. */
  #stopSteps(scope: StopScope, reason: StopReason): void {
    const isWholeRun = Object.keys(scope).length === 0;
    if (isWholeRun) this.#stop ??= reason;
    else this.#stops.push({ scope, reason });
    for (const active of this.#active.values()) if (isInScope(active.step, scope)) active.stop(reason);
    if (isWholeRun) {
      this.#monitor.stop();
      return;
    }
    for (const step of this.#scheduler.takeWaiting((each) => isInScope(each, scope))) {
      this.#skip(step, blockedByOf(reason));
    }
  }

  #refuse(step: Step, { blockedBy, note }: Refusal): void {
    this.#finish(step, { step: step.id, status: 'skipped', blockedBy, note }, { how: 'not started' });
  }

  #skip(step: Step, blockedBy: StepId): void {
    this.#finish(step, { step: step.id, status: 'skipped', blockedBy }, this.#endingOfSkipped());
  }

  #finish(step: Step, result: StepResult, ending: Ending): void {
    this.#unfinished.delete(step.id);
    if (result.status === 'succeeded') {
      this.#gate.started(step);
      this.#reportNotices(this.#serviceNow());
    }
    this.#applied.options.emit({ type: 'step-finished', ...result });
    const blockedBy = result.status === 'skipped' ? result.blockedBy : step.id;
    this.#gate.ended(step, ending, blockedBy);
    if (result.status === 'succeeded') {
      this.#scheduler.succeeded(step);
      return;
    }
    if (result.status === 'failed' && this.#applied.options.failFast) this.#stopSteps({}, { kind: 'fail-fast' });
    for (const follower of this.#scheduler.followersOf(step)) {
      if (this.#unfinished.has(follower.id)) this.#skip(follower, blockedBy);
    }
  }

  /** A step that could not be prepared has failed; one that the end of the run kept from beginning has not. */
  #endingOfSkipped(): Ending {
    return { how: this.#stop === undefined ? 'failed' : 'not started' };
  }

  /** No step is active any more. What is left was kept from starting. */
  #end(): void {
    for (const step of [...this.#unfinished.values()]) {
      if (!this.#unfinished.has(step.id)) continue;
      // A deployment is not stopped in favour of one that will not be started.
      const [follower] = step.operation === 'StopDeployment' ? this.#scheduler.followersOf(step) : [];
      const blockedBy = this.#stop === undefined ? follower?.id : blockedByOf(this.#stop);
      if (blockedBy === undefined) this.#internalError ??= { error: new Error(`${step.id} was never begun`) };
      this.#skip(step, blockedBy ?? 'internal-error');
    }
    this.#resolve();
  }

  #reportNotices(serviceNow: number): void {
    const { emit } = this.#applied.options;
    const { speed: clockSpeed } = this.#connection.serviceClock;
    for (const change of this.#gate.takeChanges(serviceNow)) {
      emit({ type: 'wave-changed', ...change, serviceNow, clockSpeed });
    }
    if (this.#stop !== undefined) return;
    for (const notice of this.#gate.takeNotices(serviceNow)) {
      if (notice.kind === 'problem') emit({ type: 'problem-found', problem: notice.problem });
      else if (notice.kind === 'begun') emit({ type: 'wave-begun', wave: notice.wave });
      else {
        const { wave, endsAt } = notice;
        emit({ type: 'wave-soaking', wave, endsAt, serviceNow, clockSpeed });
      }
    }
  }

  #rollingBack(step: Step): void {
    this.#gate.rollingBack(step);
    this.#recallUnsent(this.#serviceNow());
  }

  #sent(active: ActiveStep): void {
    if (active.isSent) return;
    active.isSent = true;
    this.#gate.started(active.step);
    this.#reportNotices(this.#serviceNow());
  }

  #serviceNow(): number {
    return this.#connection.serviceClock.now();
  }
}
