// What is going on while a plan is carried out: live rows on a terminal, a line for each phase elsewhere.
import type { createLogUpdate } from 'log-update';
import type { DeploymentProgressed, Event, Place, StepResult } from '../core/events.ts';
import type { DeploymentState } from '../core/model.ts';
import type { Plan, Step } from '../core/plan.ts';
import { count, cut, duration, padded, type Style, widthOf } from './style.ts';
import { visible } from './visible.ts';

export interface ProgressOptions {
  readonly style: Style;
  readonly write: (text: string) => void;
  readonly verbose: boolean;
  /** Milliseconds since 1970, our clock. */
  readonly now: () => number;
}

export interface Progress {
  handle(event: Event): void;
  /** Something is to be written above the live rows. */
  above(text: string): void;
  end(): void;
}

interface Running {
  readonly step: Step;
  readonly seenAt: number;
  readonly latest: DeploymentProgressed;
}

/** What both ways of showing progress know. */
class Tally {
  readonly running = new Map<string, Running>();
  steps: ReadonlyMap<string, Step> = new Map();
  deployments = 0;
  deploymentsEnded = 0;
  stepsEnded = 0;
  failed = 0;

  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  plan(plan: Plan): void {
    this.steps = new Map(plan.steps.map((step) => [step.id, step]));
    this.deployments = plan.steps.filter(isDeployment).length;
  }

  progressed(event: DeploymentProgressed): DeploymentState | undefined {
    const step = this.steps.get(event.step);
    if (step === undefined) return undefined;
    const before = this.running.get(event.step)?.latest.state;
    this.running.set(event.step, { step, seenAt: this.#now(), latest: event });
    return before === event.state ? undefined : event.state;
  }

  finished(result: StepResult): Step | undefined {
    const step = this.steps.get(result.step);
    this.running.delete(result.step);
    this.stepsEnded += 1;
    if (result.status === 'failed') this.failed += 1;
    if (step !== undefined && isDeployment(step)) this.deploymentsEnded += 1;
    return step;
  }

  /** Milliseconds of the service's time until the strategy's end. */
  timeLeft({ latest, seenAt }: Running): number {
    return latest.bakeEndsAt - latest.serviceNow - (this.#now() - seenAt) * latest.clockSpeed;
  }

  line(): string {
    const running = this.running.size;
    const waiting = this.deployments - this.deploymentsEnded - running;
    const failed = this.failed === 0 ? '' : `, ${this.failed} failed`;
    if (this.deployments === 0) return `${this.stepsEnded} of ${count(this.steps.size, 'step')} done${failed}`;
    return `${this.deploymentsEnded} of ${count(this.deployments, 'deployment')} ended, ${running} running, ${waiting} waiting${failed}`;
  }
}

/** `eu-west-1, account 111122223333, project acme/config`: what a run is about to look at, or to change. */
function placeText(place: Place): string {
  const where = place.local ? 'the embedded AppConfig' : (place.endpoint ?? 'AWS AppConfig');
  const account = place.account === undefined ? '' : `, account ${place.account}`;
  return visible(`${where}, ${place.region}${account}, project ${place.project}`);
}

function isDeployment(step: Step): boolean {
  return step.operation === 'StartDeployment' || step.operation === 'AwaitDeployment';
}

/** Without animation: each phase of each deployment is a line, or, for a fleet, a line now and then. */
export class LineProgress implements Progress {
  readonly #options: ProgressOptions;
  readonly #tally: Tally;
  #heartbeat: NodeJS.Timeout | undefined;
  #lastLineAt = 0;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#tally = new Tally(options.now);
  }

  handle(event: Event): void {
    switch (event.type) {
      case 'run-started':
        if (event.place !== undefined) this.#line(placeText(event.place));
        return;
      case 'plan-made':
        this.#tally.plan(event.plan);
        return;
      case 'phase-started':
        if (event.phase === 'applying-plan') this.#heartbeat ??= setInterval(() => this.#beat(), heartbeatMs).unref();
        return;
      case 'step-started':
        if (this.#options.verbose) this.#line(`${event.step}`);
        return;
      case 'deployment-progressed': {
        const state = this.#tally.progressed(event);
        // Its end is told by the step's result.
        if (state === 'DEPLOYING' || state === 'BAKING' || state === 'ROLLING_BACK' || state === 'VALIDATING') {
          this.#phase(event.step, `${stateName(state)}, deployment ${event.deploymentNumber}`);
        }
        return;
      }
      case 'step-finished': {
        const { type: _type, ...result } = event;
        const step = this.#tally.finished(result);
        if (step === undefined || !isDeployment(step)) return;
        if (event.status === 'succeeded') this.#phase(event.step, `complete${event.note ? `, ${event.note}` : ''}`);
        if (event.status === 'failed') this.#phase(event.step, 'failed');
        return;
      }
      default:
        return;
    }
  }

  above(text: string): void {
    this.#options.write(text);
  }

  end(): void {
    clearInterval(this.#heartbeat);
  }

  #phase(stepId: string, what: string): void {
    const step = this.#tally.steps.get(stepId);
    if (step === undefined) return;
    if (this.#tally.deployments <= mostLanesOneByOne || this.#options.verbose) {
      this.#line(`${visible(step.address)}  ${visible(what)}`);
    } else if (this.#options.now() - this.#lastLineAt >= summaryMs) {
      this.#line(this.#tally.line());
    }
  }

  #beat(): void {
    if (this.#options.now() - this.#lastLineAt >= heartbeatMs) this.#line(this.#tally.line());
  }

  #line(text: string): void {
    this.#lastLineAt = this.#options.now();
    this.#options.write(`${text}\n`);
  }
}

const mostLanesOneByOne = 60;
const summaryMs = 10_000;
const heartbeatMs = 30_000;

/** Rows on a terminal, drawn anew in place. */
export class LiveProgress implements Progress {
  readonly #options: ProgressOptions;
  readonly #tally: Tally;
  readonly #terminal: { readonly columns?: number; readonly rows?: number };
  readonly #logUpdate: ReturnType<typeof createLogUpdate>;
  #redraw: NodeJS.Timeout | undefined;

  constructor(
    options: ProgressOptions & {
      readonly terminal: { readonly columns?: number; readonly rows?: number };
      readonly logUpdate: ReturnType<typeof createLogUpdate>;
    },
  ) {
    this.#options = options;
    this.#terminal = options.terminal;
    this.#logUpdate = options.logUpdate;
    this.#tally = new Tally(options.now);
  }

  handle(event: Event): void {
    switch (event.type) {
      case 'run-started':
        if (event.place !== undefined) this.above(`${this.#options.style.faint(placeText(event.place))}\n`);
        return;
      case 'phase-started':
        if (event.phase === 'reading-live-state') this.#logUpdate(this.#options.style.faint('reading what is live …'));
        if (event.phase === 'applying-plan') this.#redraw ??= setInterval(() => this.#draw(), redrawMs).unref();
        return;
      case 'plan-made':
        this.#tally.plan(event.plan);
        this.#logUpdate.clear();
        return;
      case 'deployment-progressed':
        this.#tally.progressed(event);
        return;
      case 'step-finished': {
        const { type: _type, ...result } = event;
        const step = this.#tally.finished(result);
        if (step !== undefined && isDeployment(step) && event.status === 'succeeded') {
          this.above(
            `${this.#options.style.added('✓')} ${visible(step.address)}  ${this.#options.style.faint(visible(event.note ?? ''))}\n`,
          );
        }
        return;
      }
      default:
        return;
    }
  }

  above(text: string): void {
    this.#logUpdate.clear();
    this.#options.write(text);
    if (this.#redraw !== undefined) this.#draw();
  }

  end(): void {
    clearInterval(this.#redraw);
    this.#redraw = undefined;
    this.#logUpdate.clear();
    this.#logUpdate.done();
  }

  #draw(): void {
    const width = (this.#terminal.columns ?? 80) - 1;
    const room = Math.max(3, (this.#terminal.rows ?? 24) - 4);
    const running = [...this.#tally.running.values()];
    const shown = running.slice(0, room);
    const addressWidth = Math.min(Math.max(10, ...shown.map((r) => widthOf(r.step.address))), Math.floor(width / 2));
    const rows = shown.map((row) => this.#row(row, addressWidth));
    if (running.length > shown.length)
      rows.push(this.#options.style.faint(`  … and ${running.length - shown.length} more`));
    rows.push(this.#options.style.strong(this.#tally.line()));
    this.#logUpdate(rows.map((row) => cut(row, width + row.length - stripped(row))).join('\n'));
  }

  #row(running: Running, addressWidth: number): string {
    const { step, latest } = running;
    const left = this.#tally.timeLeft(running);
    const percent = Math.round(latest.percentageComplete);
    const filled = Math.round(percent / 10);
    const bar = '█'.repeat(filled) + '░'.repeat(10 - filled);
    const time = left > 0 ? `${duration(left)} left` : 'any moment';
    return `${padded(cut(visible(step.address), addressWidth), addressWidth)}  ${this.#options.style.changed(bar)} ${String(percent).padStart(3)} %  ${padded(stateName(latest.state), 10)} ${this.#options.style.faint(time)}`;
  }
}

/** Length without the codes of colours. */
function stripped(text: string): number {
  return text.replace(/\u001b\[[0-9;]*m/g, '').length;
}

const redrawMs = 200;

function stateName(state: DeploymentState): string {
  return state.toLowerCase().replace('_', ' ');
}
