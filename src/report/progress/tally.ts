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
import type { Step } from '../../core/plan/step.ts';
import { count, duration, number } from '../style/quantities.ts';
import { statusCounts } from '../text/status.ts';
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
  /** The wave that soaks. */
  #soak: { readonly event: EventOf<'wave-soaking'>; readonly seenAt: number } | undefined;
  #deployments = 0;
  #deploymentsEnded = 0;
  #stepsEnded = 0;
  #failed = 0;

  readonly #handlers: EventHandlers<void> = {
    'plan-made': ({ plan }) => {
      this.steps = new Map(plan.steps.map((step) => [step.id, step]));
      this.#deployments = plan.steps.filter(isDeployment).length;
    },
    'prune-planned': ({ plan }) => {
      this.steps = new Map([...this.steps, ...plan.steps.map((step) => [step.id, step] as const)]);
    },
    'status-read': ({ addresses, environmentsInFlight }) => {
      if (environmentsInFlight > 0)
        for (const status of addresses) this.#statuses.set(formatAddress(status.address), status);
    },
    'status-changed': ({ status }) => void this.#statuses.set(formatAddress(status.address), status),
    'deployment-polled': (event) => {
      if (isInFlight(event.state)) this.#progressed(formatAddress(event.address), event.address, event);
      else this.running.delete(formatAddress(event.address));
    },
    'deployment-progressed': (event) => {
      const step = this.steps.get(event.step);
      if (step !== undefined) this.#progressed(event.step, step.subject, event);
    },
    'step-finished': (result) => this.#finished(result),
    'wave-soaking': (event) => {
      this.#soak = { event, seenAt: this.#now() };
    },
    'wave-begun': () => {
      this.#soak = undefined;
    },
    interrupted: () => {
      this.#soak = undefined;
    },
    ...ignored('run-started', 'phase-started', 'reading-progressed', 'call-throttled', 'schedule-made'),
    ...ignored(...answerEvents),
    ...ignored('step-started', 'problem-found', 'server-started'),
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

  /** Milliseconds by this machine's clock until the strategy of a deployment ends. */
  timeLeft({ latest, seenAt }: ShownDeployment): number {
    return this.#msUntil(latest.bakeEndsAt, latest, seenAt);
  }

  /** The wave that soaks, and how many milliseconds of its soak are left. */
  get soaking(): { readonly event: EventOf<'wave-soaking'>; readonly ms: number } | undefined {
    if (this.#soak === undefined) return undefined;
    const { event, seenAt } = this.#soak;
    const ms = this.#msUntil(event.endsAt, event, seenAt);
    return ms < 0 ? undefined : { event, ms };
  }

  line(): string {
    if (this.#statuses.size > 0) return statusCounts([...this.#statuses.values()]);
    const failed = this.#failed === 0 ? '' : `, ${number(this.#failed)} failed`;
    if (this.#deployments === 0) {
      return `${number(this.#stepsEnded)} of ${count(this.steps.size, 'step')} done${failed}`;
    }
    const others = this.steps.size - this.#deployments;
    const prepared = this.#stepsEnded - this.#deploymentsEnded;
    const waiting = this.#deployments - this.#deploymentsEnded - this.running.size;
    return [
      prepared < others ? `prepared ${number(prepared)} of ${number(others)}; ` : '',
      `${number(this.#deploymentsEnded)} of ${count(this.#deployments, 'deployment')} ended, `,
      `${number(this.running.size)} in flight, ${number(waiting)} waiting${failed}`,
      this.#timeLeftText(),
    ].join('');
  }

  /** For narrow terminals. */
  shortLine(): string {
    if (this.#statuses.size > 0 || this.#deployments === 0) return this.line();
    return `${number(this.#deploymentsEnded)}/${number(this.#deployments)} ended${this.#timeLeftText()}`;
  }

  #progressed(key: string, subject: Subject, latest: ShownDeployment['latest']): void {
    this.running.set(key, { subject, seenAt: this.#now(), latest });
  }

  #finished(result: StepResult): void {
    const step = this.steps.get(result.step);
    this.running.delete(result.step);
    this.#stepsEnded += 1;
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

  /** From two minutes on in whole minutes: the estimate is not better than that. */
  #timeLeftText(): string {
    const { ms } = this.#timeLeft;
    if (ms === undefined || ms < 1_000) return '';
    return `, about ${duration(ms < 120_000 ? ms : Math.round(ms / 60_000) * 60_000)} left`;
  }
}
