// How long a run took, and for what, from the moments of its events.

import type { Event, StepResult } from '../../core/events/event.ts';
import { answerEvents, type EventHandlers, handleEvent, ignored } from '../../core/events/event-handlers.ts';
import type { Subject } from '../../core/model/address.ts';
import { isDeployment } from '../../core/plan/operations.ts';
import type { Step } from '../../core/plan/step.ts';
import { count } from '../../core/problem/quantity.ts';
import { addressText } from '../style/address-text.ts';
import { duration } from '../style/quantities.ts';

interface LaneTime {
  readonly environment: Subject;
  readonly from: number;
  readonly until: number;
  readonly deployments: number;
}

/** Shorter runs, and runs over fewer environments, get no line. */
const shortestMs = 10_000;
const fewestLanes = 5;

export class TimeSpent {
  readonly #startedAt: number;
  readonly #now: () => number;
  readonly #lanes = new Map<string, LaneTime>();
  readonly #deploymentsSince = new Map<string, number>();
  #steps: ReadonlyMap<string, Step> = new Map();
  #plannedAt: number | undefined;
  #firstDeploymentAt: number | undefined;
  #throttled = 0;
  /** Of soaks that are over. */
  #soakedMs = 0;
  #soakingSince: number | undefined;
  /** By wave, when it began, and when the last of its deployments ended. */
  readonly #waves = new Map<string, { readonly from: number; readonly until: number | undefined }>();
  /** Soaking before the first deployment. */
  #soakedBeforeMs = 0;

  readonly #handlers: EventHandlers<void> = {
    'plan-made': ({ plan }) => {
      this.#plannedAt = this.#now();
      this.#steps = new Map(plan.steps.filter(isDeployment).map((step) => [step.id, step]));
    },
    'wave-soaking': () => {
      this.#soakingSince ??= this.#now();
    },
    'wave-begun': ({ wave }) => {
      this.#waves.set(wave, { from: this.#now(), until: undefined });
      this.#soakedMs = this.#soakedUntilNow();
      this.#soakingSince = undefined;
    },
    'call-throttled': () => {
      this.#throttled += 1;
    },
    'deployment-progressed': ({ step }) => {
      if (this.#firstDeploymentAt === undefined) {
        this.#firstDeploymentAt = this.#now();
        this.#soakedBeforeMs = this.#soakedUntilNow();
      }
      if (!this.#deploymentsSince.has(step)) this.#deploymentsSince.set(step, this.#now());
    },
    'step-finished': (result) => this.#finished(result),
    ...ignored(
      'run-started',
      'phase-started',
      'reading-progressed',
      'schedule-made',
      'prune-planned',
      'step-started',
      'problem-found',
    ),
    ...ignored(...answerEvents, 'interrupted', 'wave-changed'),
    ...ignored('status-read', 'status-changed', 'deployment-polled', 'server-started', 'note-kept'),
  };

  /** @param now milliseconds since 1970 by this machine's clock */
  constructor(now: () => number) {
    this.#now = now;
    this.#startedAt = now();
  }

  handle(event: Event): void {
    handleEvent(this.#handlers, event);
  }

  get ms(): number {
    return this.#now() - this.#startedAt;
  }

  /** Milliseconds from the begin of each wave to the end of its deployments, by its name. */
  get waves(): ReadonlyMap<string, number> {
    return new Map([...this.#waves].map(([wave, { from, until = this.#now() }]) => [wave, until - from]));
  }

  /** Undefined for runs that are short or over few environments. */
  line(): string | undefined {
    const [longest, ...others] = [...this.#lanes].sort(([, a], [, b]) => timeOf(b) - timeOf(a));
    if (this.ms < shortestMs || longest === undefined || others.length + 1 < fewestLanes) return undefined;
    const [, time] = longest;
    const plannedAt = this.#plannedAt ?? this.#startedAt;
    const firstAt = this.#firstDeploymentAt ?? plannedAt;
    const soakedMs = this.#soakedUntilNow();
    const parts = [
      ...part(plannedAt - this.#startedAt, 'reading'),
      ...part(firstAt - plannedAt - this.#soakedBeforeMs, 'preparing'),
      ...part(this.#now() - firstAt - (soakedMs - this.#soakedBeforeMs), 'deploying'),
      ...part(soakedMs, 'soaking'),
    ];
    const slowest = `slowest environment ${addressText(time.environment)}: ${duration(timeOf(time))} for ${count(time.deployments, 'deployment')}`;
    const throttled = this.#throttled === 0 ? '' : `; ${count(this.#throttled, 'call')} throttled by AppConfig`;
    return `Time: ${parts.join(', ')}; ${slowest}${throttled}.`;
  }

  #soakedUntilNow(): number {
    return this.#soakedMs + (this.#soakingSince === undefined ? 0 : this.#now() - this.#soakingSince);
  }

  #finished(result: StepResult): void {
    const step = this.#steps.get(result.step);
    const from = this.#deploymentsSince.get(result.step);
    const wave = this.#waves.get(step?.wave ?? '');
    const wasStarted = result.status !== 'skipped' || result.running !== undefined;
    if (step?.wave !== undefined && wave !== undefined && wasStarted) {
      this.#waves.set(step.wave, { ...wave, until: this.#now() });
    }
    if (step?.lane === undefined || from === undefined) return;
    const lane = this.#lanes.get(step.lane);
    const { tenant = '', environment = '' } = step.subject;
    this.#lanes.set(step.lane, {
      environment: { tenant, environment },
      from: lane?.from ?? from,
      until: this.#now(),
      deployments: (lane?.deployments ?? 0) + 1,
    });
  }
}

function part(ms: number, what: string): readonly string[] {
  return ms < 500 ? [] : [`${duration(ms)} ${what}`];
}

function timeOf({ from, until }: LaneTime): number {
  return until - from;
}
