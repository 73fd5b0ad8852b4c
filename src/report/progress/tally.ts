// How far a run has come. Lines and live rows draw from it.

import type { AddressStatus } from '../../core/assess/address-status.ts';
import type { DeploymentProgressed, Event, StepResult } from '../../core/events/event.ts';
import {
  answerEvents,
  type EventHandlers,
  type EventOf,
  handleEvent,
  ignored,
} from '../../core/events/event-handlers.ts';
import { formatAddress, type Subject } from '../../core/model/address.ts';
import { isInFlight } from '../../core/model/resource.ts';
import { isDeployment } from '../../core/plan/operations.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Step } from '../../core/plan/step.ts';
import { count, number } from '../../core/problem/quantity.ts';
import { estimate } from '../style/quantities.ts';
import { type FoundStatuses, summaryText } from '../text/status.ts';
import { WaveCounting, type WaveRow, waveRows } from '../view/wave-view.ts';
import { TimeLeft } from './time-left.ts';

/** Larger runs get summaries instead of a line for each deployment. */
const mostOneByOne = 60;

export interface ShownDeployment {
  readonly subject: Subject;
  /** Milliseconds since 1970 by this machine's clock. */
  readonly seenAt: number;
  readonly latest: Omit<DeploymentProgressed, 'type' | 'step'>;
}

export class Tally {
  /** By step, until the step has finished; with `status --watch` by address. */
  readonly running = new Map<string, ShownDeployment>();
  steps: ReadonlyMap<string, Step> = new Map();
  readonly #now: () => number;
  readonly #timeLeft: TimeLeft;
  readonly #statuses = new Map<string, AddressStatus>();
  #plan: Plan | undefined;
  /** By wave, its newest state, and when it was reported. */
  readonly #waves = new Map<string, { readonly event: EventOf<'wave-changed'>; readonly seenAt: number }>();
  readonly #counting = new WaveCounting();
  #environments: readonly string[] = [];
  #deployments = 0;
  #deploymentsEnded = 0;
  #stepsEnded = 0;
  #failed = 0;

  readonly #handlers: EventHandlers<void> = {
    'plan-made': ({ plan }) => {
      this.#plan = plan;
      this.steps = new Map(plan.steps.map((step) => [step.id, step]));
      this.#deployments = plan.steps.filter(isDeployment).length;
    },
    'prune-planned': ({ plan }) => {
      this.steps = new Map([...this.steps, ...plan.steps.map((step) => [step.id, step] as const)]);
    },
    'status-read': ({ addresses, environments, isFollowed }) => {
      this.#environments = environments;
      if (isFollowed) for (const status of addresses) this.#statuses.set(formatAddress(status.address), status);
    },
    'status-changed': ({ status }) => {
      this.#statuses.set(formatAddress(status.address), status);
      // A reading may find the end of a deployment before it is polled again.
      if (status.state !== 'deploying') this.running.delete(formatAddress(status.address));
    },
    'deployment-polled': (event) => {
      if (isInFlight(event.state)) this.#progressed(formatAddress(event.address), event.address, event);
      else this.running.delete(formatAddress(event.address));
    },
    'deployment-progressed': (event) => {
      const step = this.steps.get(event.step);
      if (step !== undefined) this.#progressed(event.step, step.subject, event);
    },
    'step-finished': (result) => this.#finished(result),
    'wave-changed': (event) => void this.#waves.set(event.wave, { event, seenAt: this.#now() }),
    ...ignored('run-started', 'phase-started', 'reading-progressed', 'call-throttled', 'schedule-made'),
    ...ignored(...answerEvents),
    ...ignored(
      'step-started',
      'problem-found',
      'server-started',
      'wave-begun',
      'wave-soaking',
      'interrupted',
      'note-kept',
    ),
  };

  /** @param now milliseconds since 1970 by this machine's clock */
  constructor(now: () => number) {
    this.#now = now;
    this.#timeLeft = new TimeLeft(now);
  }

  handle(event: Event): void {
    this.#timeLeft.handle(event);
    handleEvent(this.#handlers, event);
  }

  get isFleet(): boolean {
    return this.#deployments > mostOneByOne;
  }

  /** Deployments of a wave; undefined: of all. */
  deploymentsOf(wave: string | undefined): number {
    if (wave === undefined) return this.#deployments;
    return [...this.steps.values()].filter((step) => step.wave === wave && isDeployment(step)).length;
  }

  /** Deployments of a wave that this run is to start. */
  startsOf(wave: string): number {
    return [...this.steps.values()].filter((step) => step.wave === wave && step.operation === 'StartDeployment').length;
  }

  get hasNoWaves(): boolean {
    return this.#plan === undefined || this.#plan.waves.length === 0;
  }

  /** Milliseconds by this machine's clock until the strategy of a deployment ends. */
  timeLeft({ latest, seenAt }: ShownDeployment): number {
    return this.#msUntil(latest.bakeEndsAt, latest, seenAt);
  }

  /** What `status --watch` has found so far; undefined in other runs. */
  get statuses(): FoundStatuses | undefined {
    if (this.#statuses.size === 0) return undefined;
    return { addresses: [...this.#statuses.values()], environments: this.#environments };
  }

  /** How far the waves are; empty in a run without waves. */
  waves(): readonly WaveRow[] {
    // Where nothing is to be deployed, no wave begins: what is created in advance is of none.
    if (this.#plan === undefined || this.#waves.size === 0 || this.#deployments === 0) return [];
    const changes = [...this.#waves.values()].map(({ event }) => event);
    return waveRows(this.#plan.waves, changes, { counts: this.#counting.counts, hasEnded: false });
  }

  /** Milliseconds by this machine's clock until the soak of a wave ends, or its deployments. */
  msLeftOf({ name, state }: WaveRow): number | undefined {
    const seen = this.#waves.get(name);
    if (state.is !== 'soaking' || seen === undefined) return this.#timeLeft.msOf(name);
    return Math.max(0, this.#msUntil(state.until, seen.event, seen.seenAt));
  }

  line(): string {
    return this.lines()[0] ?? '';
  }

  /** How far the run is, from the longest text to the shortest. */
  lines(): readonly string[] {
    if (this.#statuses.size > 0) return [summaryText([...this.#statuses.values()])];
    const failed = this.#failed === 0 ? '' : `, ${number(this.#failed)} failed`;
    if (this.#deployments === 0) {
      return [`${number(this.#stepsEnded)} of ${count(this.steps.size, 'step')} done${failed}`];
    }
    const others = this.steps.size - this.#deployments;
    const prepared = this.#stepsEnded - this.#deploymentsEnded;
    const waiting = this.#deployments - this.#deploymentsEnded - this.running.size;
    const preparing = prepared < others ? `prepared ${number(prepared)} of ${number(others)}; ` : '';
    const ended = `${number(this.#deploymentsEnded)} of ${count(this.#deployments, 'deployment')} ended`;
    const short = `${number(this.#deploymentsEnded)}/${number(this.#deployments)} ended`;
    const left = this.#timeLeftText();
    return [
      `${preparing}${ended}, ${number(this.running.size)} in flight, ${number(waiting)} waiting${failed}${left}`,
      `${preparing}${ended}${failed}${left}`,
      `${preparing}${short}${failed}`,
      `${short}${failed}`,
    ];
  }

  #progressed(key: string, subject: Subject, latest: ShownDeployment['latest']): void {
    this.running.set(key, { subject, seenAt: this.#now(), latest });
  }

  #finished(result: StepResult): void {
    const step = this.steps.get(result.step);
    this.running.delete(result.step);
    this.#stepsEnded += 1;
    this.#counting.add(result, step);
    if (result.status === 'failed') this.#failed += 1;
    if (step !== undefined && isDeployment(step)) this.#deploymentsEnded += 1;
  }

  #msUntil(
    serviceTime: number,
    clock: { readonly serviceNow: number; readonly clockSpeed: number },
    seenAt: number,
  ): number {
    return (serviceTime - clock.serviceNow) / clock.clockSpeed - (this.#now() - seenAt);
  }

  #timeLeftText(): string {
    const left = estimate(this.#timeLeft.ms);
    return left === undefined ? '' : `, ${left} left`;
  }
}
