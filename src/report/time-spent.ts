// Where the time of a run went, by the moments of its events.
import type { Event } from '../core/events/event.ts';
import { isDeployment } from '../core/plan/operations.ts';
import type { Step } from '../core/plan/step.ts';
import { count, duration } from './style.ts';
import { visible } from './visible.ts';

interface LaneTime {
  readonly from: number;
  readonly until: number;
  readonly deployments: number;
}

/** Runs that are shorter, or have fewer lanes beside the slowest, need no account of it. */
const shortest = 10_000;
const manyLanes = 4;

export class TimeSpent {
  readonly #startedAt: number;
  readonly #now: () => number;
  readonly #lanes = new Map<string, LaneTime>();
  readonly #begun = new Map<string, number>();
  #steps: ReadonlyMap<string, Step> = new Map();
  #plannedAt: number | undefined;
  #firstDeploymentAt: number | undefined;
  #throttled = 0;
  /** Spent in watching a wave before the next begins. */
  #soakedMs = 0;
  #soakingSince: number | undefined;
  /** As much of it as was spent before the first deployment. */
  #soakedBeforeMs = 0;

  /** @param now milliseconds since 1970, our clock */
  constructor(now: () => number) {
    this.#now = now;
    this.#startedAt = now();
  }

  handle(event: Event): void {
    switch (event.type) {
      case 'plan-made':
        this.#plannedAt = this.#now();
        this.#steps = new Map(event.plan.steps.filter(isDeployment).map((step) => [step.id, step]));
        return;
      case 'wave-soaking':
        this.#soakingSince ??= this.#now();
        return;
      case 'wave-begun':
        this.#soakedMs = this.#soakedUntilNow();
        this.#soakingSince = undefined;
        return;
      case 'call-throttled':
        this.#throttled += 1;
        return;
      case 'deployment-progressed':
        if (this.#firstDeploymentAt === undefined) {
          this.#firstDeploymentAt = this.#now();
          this.#soakedBeforeMs = this.#soakedUntilNow();
        }
        if (!this.#begun.has(event.step)) this.#begun.set(event.step, this.#now());
        return;
      case 'step-finished':
        this.#ended(event.step);
        return;
      default:
        return;
    }
  }

  get ms(): number {
    return this.#now() - this.#startedAt;
  }

  /** A line; empty for runs that are short, or of few lanes. */
  line(): string {
    const [longest, ...others] = [...this.#lanes].sort(([, a], [, b]) => timeOf(b) - timeOf(a));
    if (this.ms < shortest || longest === undefined || others.length < manyLanes) return '';
    const [lane, time] = longest;
    const plannedAt = this.#plannedAt ?? this.#startedAt;
    const firstAt = this.#firstDeploymentAt ?? plannedAt;
    const soakedMs = this.#soakedUntilNow();
    const parts = [
      part(plannedAt - this.#startedAt, 'reading'),
      part(firstAt - plannedAt - this.#soakedBeforeMs, 'preparing'),
      part(this.#now() - firstAt - (soakedMs - this.#soakedBeforeMs), 'deploying'),
      part(soakedMs, 'watching waves'),
    ].filter((text) => text !== undefined);
    const slowest = `slowest was ${visible(lane)}: ${duration(timeOf(time))} for ${count(time.deployments, 'deployment')}`;
    const throttled = this.#throttled === 0 ? '' : `; AppConfig throttled ${count(this.#throttled, 'call')}`;
    return `Where it went: ${parts.join(', ')}; ${slowest}${throttled}.`;
  }

  #soakedUntilNow(): number {
    return this.#soakedMs + (this.#soakingSince === undefined ? 0 : this.#now() - this.#soakingSince);
  }

  #ended(id: string): void {
    const step = this.#steps.get(id);
    const from = this.#begun.get(id);
    if (step?.lane === undefined || from === undefined) return;
    const lane = this.#lanes.get(step.lane);
    this.#lanes.set(step.lane, {
      from: lane?.from ?? from,
      until: this.#now(),
      deployments: (lane?.deployments ?? 0) + 1,
    });
  }
}

function part(ms: number, what: string): string | undefined {
  return ms < 500 ? undefined : `${duration(ms)} ${what}`;
}

function timeOf({ from, until }: LaneTime): number {
  return until - from;
}
