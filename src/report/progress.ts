// What is going on while a plan is carried out: live rows on a terminal, a line for each phase elsewhere.
import type { createLogUpdate } from 'log-update';
import type { AddressStatus } from '../core/assess/address-status.ts';
import type { DeploymentProgressed, Event, RunTarget, StepResult } from '../core/events/event.ts';
import { accountRegionId } from '../core/model/account-region.ts';
import { type DeploymentState, isInFlight } from '../core/model/resource.ts';
import { isDeployment } from '../core/plan/operations.ts';
import type { Plan } from '../core/plan/plan.ts';
import type { Step } from '../core/plan/step.ts';
import { statusCounts, statusLine } from './result-text.ts';
import { count, cut, duration, lineOf, number, padded, type Style, widthOf } from './style.ts';
import { TimeLeft } from './time-left.ts';
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
  /** Something is about to be written by somebody else; the rows come back when they are drawn next. */
  makeRoom(): void;
  end(): void;
}

/** Up to this many deployments are told one by one. */
const mostOneByOne = 60;
const summaryMs = 10_000;
const heartbeatMs = 30_000;
const redrawMs = 200;
/** Lines come ever less often, down to one in five minutes: of hours, a person wants to read no more than of an hour. */
const rarest = { partOfRun: 1 / 60, ms: 5 * 60_000 };

type WaveSoaking = Extract<Event, { type: 'wave-soaking' }>;

interface Running {
  readonly address: string;
  readonly seenAt: number;
  readonly latest: Omit<DeploymentProgressed, 'type' | 'step'>;
}

/** What both ways of showing progress know. */
class Tally {
  readonly running = new Map<string, Running>();
  steps: ReadonlyMap<string, Step> = new Map();
  /** Where a status is watched. */
  readonly statuses = new Map<string, AddressStatus>();
  /** The wave that is watched before the next begins. */
  soak: { readonly event: WaveSoaking; readonly seenAt: number } | undefined;
  readonly timeLeftOfAll: TimeLeft;
  #deployments = 0;
  #deploymentsEnded = 0;
  #stepsEnded = 0;
  #failed = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
    this.timeLeftOfAll = new TimeLeft(now);
  }

  plan(plan: Plan): void {
    this.steps = new Map(plan.steps.map((step) => [step.id, step]));
    this.#deployments = plan.steps.filter(isDeployment).length;
  }

  get isFleet(): boolean {
    return this.#deployments > mostOneByOne;
  }

  progressed(event: DeploymentProgressed): DeploymentState | undefined {
    const step = this.steps.get(event.step);
    if (step === undefined) return undefined;
    const before = this.running.get(event.step)?.latest.state;
    this.running.set(event.step, { address: step.address, seenAt: this.#now(), latest: event });
    return before === event.state ? undefined : event.state;
  }

  watched(event: Extract<Event, { type: 'deployment-watched' }>): void {
    const { address, state } = event;
    if (isInFlight(state)) this.running.set(address, { address, seenAt: this.#now(), latest: event });
    else this.running.delete(address);
  }

  finished(result: StepResult): Step | undefined {
    const step = this.steps.get(result.step);
    this.running.delete(result.step);
    this.#stepsEnded += 1;
    if (result.status === 'failed') this.#failed += 1;
    if (step !== undefined && isDeployment(step)) this.#deploymentsEnded += 1;
    return step;
  }

  /** Milliseconds of our time until the strategy's end. */
  timeLeft({ latest, seenAt }: Running): number {
    return (latest.bakeEndsAt - latest.serviceNow) / latest.clockSpeed - (this.#now() - seenAt);
  }

  line(): string {
    if (this.statuses.size > 0) return statusCounts([...this.statuses.values()]);
    const failed = this.#failed === 0 ? '' : `, ${number(this.#failed)} failed`;
    if (this.#deployments === 0) {
      return `${number(this.#stepsEnded)} of ${count(this.steps.size, 'step')} done${failed}`;
    }
    const others = this.steps.size - this.#deployments;
    const prepared = this.#stepsEnded - this.#deploymentsEnded;
    const running = this.running.size;
    const waiting = this.#deployments - this.#deploymentsEnded - running;
    return [
      prepared < others ? `prepared ${number(prepared)} of ${number(others)}; ` : '',
      `${number(this.#deploymentsEnded)} of ${count(this.#deployments, 'deployment')} ended, `,
      `${number(running)} running, ${number(waiting)} waiting${failed}`,
      this.#leftText(),
    ].join('');
  }

  /** For narrow terminals: what moves. */
  shortLine(): string {
    if (this.statuses.size > 0 || this.#deployments === 0) return this.line();
    return `${number(this.#deploymentsEnded)}/${number(this.#deployments)} ended${this.#leftText()}`;
  }

  /** Where a minute is left, seconds mean nothing. */
  #leftText(): string {
    const left = this.timeLeftOfAll.ms;
    if (left === undefined || left < 1_000) return '';
    return `, about ${duration(left < 120_000 ? left : Math.round(left / 60_000) * 60_000)} left`;
  }
}

/** Without animation: each phase of each deployment is a line, or, for a fleet, a line now and then. */
export class LineProgress implements Progress {
  readonly #options: ProgressOptions;
  readonly #tally: Tally;
  readonly #throttling: Seldom;
  #heartbeat: NodeJS.Timeout | undefined;
  readonly #startedAt: number;
  #lastLineAt: number;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#tally = new Tally(options.now);
    this.#throttling = new Seldom(options.now);
    this.#startedAt = options.now();
    this.#lastLineAt = this.#startedAt;
  }

  handle(event: Event): void {
    this.#tally.timeLeftOfAll.handle(event);
    switch (event.type) {
      case 'run-started':
        if (event.place !== undefined) this.#line(placeText(event.place, event.others));
        return;
      case 'reading-progressed':
        if (this.#isTimeFor(summaryMs)) this.#line(readingText(event));
        return;
      case 'call-throttled':
        if (this.#throttling.isTime()) this.#line(throttledText(event.operation));
        return;
      case 'plan-made':
        this.#tally.plan(event.plan);
        return;
      case 'phase-started':
        if (event.phase === 'applying-plan') this.#heartbeat ??= setInterval(() => this.#beat(), heartbeatMs).unref();
        return;
      case 'wave-begun':
        this.#line(waveBegunText(event.wave));
        return;
      case 'wave-soaking':
        this.#line(soakingText(event, `until ${new Date(event.endsAt).toISOString().slice(11, 19)} UTC`));
        return;
      case 'interrupted':
        this.#line(stoppingText);
        return;
      case 'step-started':
        if (this.#options.verbose) this.#line(event.step);
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
        if (step === undefined || !isTold(step)) return;
        if (event.status === 'succeeded') this.#phase(event.step, succeededText(step, event));
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

  makeRoom(): void {}

  end(): void {
    clearInterval(this.#heartbeat);
  }

  #phase(stepId: string, what: string): void {
    const step = this.#tally.steps.get(stepId);
    if (step === undefined) return;
    if (!this.#tally.isFleet || this.#options.verbose) this.#line(`${step.address}  ${what}`);
    else if (this.#isTimeFor(summaryMs)) this.#line(this.#tally.line());
  }

  #beat(): void {
    if (this.#isTimeFor(heartbeatMs)) this.#line(this.#tally.line());
  }

  #isTimeFor(distanceMs: number): boolean {
    const now = this.#options.now();
    return now - this.#lastLineAt >= Math.max(distanceMs, rarely(now - this.#startedAt));
  }

  #line(text: string): void {
    this.#lastLineAt = this.#options.now();
    this.#options.write(`${visible(text)}\n`);
  }
}

/** Rows on a terminal, drawn anew in place. */
export class LiveProgress implements Progress {
  readonly #options: ProgressOptions;
  readonly #tally: Tally;
  readonly #throttling: Seldom;
  readonly #terminal: { readonly columns?: number; readonly rows?: number };
  readonly #logUpdate: ReturnType<typeof createLogUpdate>;
  #redraw: NodeJS.Timeout | undefined;
  #reading: string | undefined;

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
    this.#throttling = new Seldom(options.now);
  }

  handle(event: Event): void {
    const { style } = this.#options;
    this.#tally.timeLeftOfAll.handle(event);
    switch (event.type) {
      case 'run-started':
        if (event.place !== undefined) this.above(`${style.faint(placeText(event.place, event.others))}\n`);
        return;
      case 'phase-started':
        if (event.phase === 'reading-live-state') this.#reading = 'reading what is live';
        if (event.phase === 'reading-tree') return;
        this.#draw();
        this.#redraw ??= setInterval(() => this.#draw(), redrawMs).unref();
        return;
      case 'reading-progressed':
        this.#reading = readingText(event);
        return;
      case 'call-throttled':
        if (this.#throttling.isTime()) this.above(`${style.faint(throttledText(event.operation))}\n`);
        return;
      case 'plan-made':
        this.#tally.plan(event.plan);
        this.#stopDrawing();
        return;
      case 'status-read':
        if (event.watched > 0) {
          this.#reading = undefined;
          for (const status of event.addresses) this.#tally.statuses.set(status.address, status);
        } else this.#stopDrawing();
        return;
      case 'status-changed':
        this.#tally.statuses.set(event.status.address, event.status);
        if (event.status.state === 'deploying') return;
        this.above(
          `${event.status.state === 'synced' ? style.added('✓') : style.error('✗')} ${statusLine(event.status)}\n`,
        );
        return;
      case 'deployment-watched':
        this.#tally.watched(event);
        return;
      case 'history-read':
        this.#stopDrawing();
        return;
      case 'wave-begun':
        this.#tally.soak = undefined;
        this.above(`${style.faint(visible(waveBegunText(event.wave)))}\n`);
        return;
      case 'wave-soaking':
        this.#tally.soak = { event, seenAt: this.#options.now() };
        this.#draw();
        return;
      case 'interrupted':
        this.#tally.soak = undefined;
        // The terminal has echoed ^C.
        this.above(`\n${stoppingText}\n`);
        return;
      case 'deployment-progressed':
        this.#tally.progressed(event);
        return;
      case 'step-finished': {
        const { type: _type, ...result } = event;
        const step = this.#tally.finished(result);
        if (step === undefined || !isTold(step) || event.status !== 'succeeded') return;
        if (this.#tally.isFleet && !this.#options.verbose) return;
        this.above(
          `${style.added('✓')} ${visible(step.address)}  ${style.faint(visible(succeededText(step, event)))}\n`,
        );
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

  makeRoom(): void {
    this.#logUpdate.clear();
  }

  end(): void {
    this.#stopDrawing();
    this.#logUpdate.done();
  }

  #stopDrawing(): void {
    clearInterval(this.#redraw);
    this.#redraw = undefined;
    this.#reading = undefined;
    this.#logUpdate.clear();
  }

  #draw(): void {
    const { style } = this.#options;
    const width = (this.#terminal.columns || 80) - 1;
    if (this.#reading !== undefined) {
      this.#logUpdate(style.faint(cut(`${this.#reading} …`, width)));
      return;
    }
    const room = Math.max(3, (this.#terminal.rows || 24) - 4);
    const running = [...this.#tally.running.values()];
    const shown = running.slice(0, room);
    const addressWidth = Math.min(
      Math.max(10, ...shown.map((each) => widthOf(visible(each.address)))),
      Math.floor(width / 2),
    );
    const hidden = running.length - shown.length;
    this.#logUpdate(
      [
        ...shown.map((each) => this.#row(each, { addressWidth, width })),
        ...(hidden > 0 ? [style.faint(cut(`  … and ${number(hidden)} more`, width))] : []),
        ...this.#soakRow(width).map((row) => style.faint(cut(row, width))),
        style.strong(cut(fitting([this.#tally.line(), this.#tally.shortLine()], width), width)),
      ].join('\n'),
    );
  }

  #soakRow(width: number): readonly string[] {
    const { soak } = this.#tally;
    if (soak === undefined) return [];
    const { event, seenAt } = soak;
    const left = (event.endsAt - event.serviceNow) / event.clockSpeed - (this.#options.now() - seenAt);
    if (left < 0) return [];
    const texts = [soakingText(event, `${duration(left)} left`), `"${event.wave}" is watched, ${duration(left)} left`];
    return [fitting(texts.map(visible), width)];
  }

  #row(running: Running, room: { readonly addressWidth: number; readonly width: number }): string {
    const { address, latest } = running;
    const { style } = this.#options;
    const { addressWidth, width } = room;
    const left = this.#tally.timeLeft(running);
    const percent = Math.round(latest.percentageComplete);
    const filled = Math.round(percent / 10);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(10 - filled)} `;
    return lineOf(
      [
        [`${padded(cut(visible(address), addressWidth), addressWidth)}  `],
        ...(width < narrowest ? [] : ([[bar, style.changed]] as const)),
        [`${String(percent).padStart(3)} %  ${padded(stateName(latest.state), 10)} `],
        [left >= 500 ? `${duration(left)} left` : 'any moment', style.faint],
      ],
      width,
    );
  }
}

/** The first that fits, or the last. */
function fitting(texts: readonly string[], width: number): string {
  return texts.find((text) => widthOf(text) <= width) ?? texts.at(-1) ?? '';
}

/** Columns below which the bars of rows are left out. */
const narrowest = 70;

/** At most one yes in half a minute, and fewer in a long run. */
class Seldom {
  readonly #now: () => number;
  readonly #startedAt: number;
  #last = Number.NEGATIVE_INFINITY;

  constructor(now: () => number) {
    this.#now = now;
    this.#startedAt = now();
  }

  isTime(): boolean {
    const now = this.#now();
    if (now - this.#last < Math.max(heartbeatMs, rarely(now - this.#startedAt))) return false;
    this.#last = now;
    return true;
  }
}

/** Accounts and Regions that are named. */
const mostPlaces = 5;

/** How long there is to be no line. @param passed milliseconds since the run began */
function rarely(passed: number): number {
  return Math.min(rarest.ms, passed * rarest.partOfRun);
}

/** `AWS AppConfig, eu-west-1, account 111122223333, project acme/config`: what a run is about to look at, or to change. */
function placeText(place: RunTarget, others: readonly RunTarget[] = []): string {
  const clock = place.clockSpeed === 1 ? '' : ` (clock × ${place.clockSpeed})`;
  const where = place.local ? `the embedded AppConfig${clock}` : (place.endpoint ?? 'AWS AppConfig');
  if (others.length > 0) {
    const ids = [place, ...others].map(accountRegionId);
    const named = ids.length > mostPlaces ? [...ids.slice(0, mostPlaces), '…'] : ids;
    return visible(`${where}, ${count(ids.length, 'place')}: ${named.join(', ')}, project ${place.project}`);
  }
  const account = place.account === undefined ? '' : `, account ${place.account}`;
  return visible(`${where}, ${place.region}${account}, project ${place.project}`);
}

function readingText(event: Extract<Event, { type: 'reading-progressed' }>): string {
  return `reading what is live: ${number(event.applications)} of ${count(event.of, 'application')}`;
}

function throttledText(operation: string): string {
  return `AppConfig throttles ${operation}; slowing down`;
}

function waveBegunText(wave: string): string {
  return `wave "${wave}" begins`;
}

function soakingText({ wave }: WaveSoaking, how: string): string {
  return `wave "${wave}" has ended; it is watched before the next begins, ${how}`;
}

const stoppingText = 'stopping: nothing new is begun; once more ends at once';

/** Steps whose end is worth a line: deployments, and what a rollback takes back. */
function isTold(step: Step): boolean {
  return isDeployment(step) || (step.operation === 'StopDeployment' && step.rollsBack !== undefined);
}

function succeededText(step: Step, { note, running }: { readonly note?: string; readonly running?: number }): string {
  if (note === undefined) return 'complete';
  return running === undefined && isDeployment(step) ? `complete, ${note}` : note;
}

function stateName(state: DeploymentState): string {
  return state.toLowerCase().replace('_', ' ');
}
