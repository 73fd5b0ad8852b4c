// Progress where rows cannot be redrawn: a line for each phase of each deployment, or for a fleet a summary now and then.
import type { Event } from '../../core/events/event.ts';
import { type DeploymentState, isInFlight } from '../../core/model/resource.ts';
import { addressText } from '../style/address-text.ts';
import { visible } from '../style/escape.ts';
import { timeOfDay } from '../style/quantities.ts';
import { deploymentStates } from '../style/state-words.ts';
import { type EventHandlers, type EventOf, handleEvent, ignored } from '../view/handlers.ts';
import {
  isReported,
  readingText,
  soakingText,
  stoppingText,
  succeededText,
  targetText,
  throttledText,
  waveStartedText,
} from './event-words.ts';
import { heartbeatMs, summaryMs, Throttle } from './pacing.ts';
import type { Progress, ProgressOptions } from './progress.ts';
import { Tally } from './tally.ts';

export class LineProgress implements Progress {
  readonly #options: ProgressOptions;
  readonly #tally: Tally;
  readonly #pace: Throttle;
  readonly #throttling: Throttle;
  readonly #states = new Map<string, DeploymentState>();
  #heartbeat: NodeJS.Timeout | undefined;

  readonly #handlers: EventHandlers<void> = {
    'run-started': (event) => this.#line(targetText(event)),
    'reading-progressed': (event) => {
      if (this.#pace.isDue(summaryMs)) this.#line(readingText(event));
    },
    'call-throttled': (event) => {
      if (!this.#throttling.isDue(heartbeatMs)) return;
      this.#throttling.passed();
      this.#line(throttledText(event));
    },
    'phase-started': ({ phase }) => {
      if (phase === 'applying-plan')
        this.#heartbeat ??= setInterval(() => this.#summary(heartbeatMs), heartbeatMs).unref();
    },
    'wave-begun': (event) => this.#line(waveStartedText(event)),
    'wave-soaking': (event) => this.#line(soakingText(event, `until ${timeOfDay(event.endsAt)}`)),
    interrupted: () => this.#line(stoppingText),
    'step-started': ({ step }) => {
      if (this.#options.verbose) this.#line(visible(step));
    },
    'step-finished': (event) => this.#finished(event),
    'deployment-progressed': (event) => this.#stateChanged(event),
    ...ignored('plan-made', 'schedule-made', 'problem-found', 'history-read'),
    ...ignored('tree-validated', 'content-rendered', 'files-written', 'configuration-explained', 'server-started'),
    ...ignored('status-read', 'status-changed', 'deployment-watched'),
  };

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#tally = new Tally(options.now);
    this.#pace = new Throttle(options.now);
    this.#pace.passed();
    this.#throttling = new Throttle(options.now);
  }

  handle(event: Event): void {
    this.#tally.handle(event);
    handleEvent(this.#handlers, event);
  }

  above(text: string): void {
    this.#options.write(text);
  }

  makeRoom(): void {}

  end(): void {
    clearInterval(this.#heartbeat);
  }

  #stateChanged({ step, state, deploymentNumber }: EventOf<'deployment-progressed'>): void {
    if (this.#states.get(step) === state) return;
    this.#states.set(step, state);
    // The result of the step reports the end.
    if (isInFlight(state)) this.#phase(step, `${deploymentStates[state].word}, deployment ${deploymentNumber}`);
  }

  #finished(event: EventOf<'step-finished'>): void {
    this.#states.delete(event.step);
    const step = this.#tally.steps.get(event.step);
    if (step === undefined || !isReported(step)) return;
    if (event.status === 'succeeded') this.#phase(event.step, succeededText(step, event));
    if (event.status === 'failed') this.#phase(event.step, 'failed');
  }

  #phase(stepId: string, text: string): void {
    const step = this.#tally.steps.get(stepId);
    if (step === undefined) return;
    if (!this.#tally.isFleet || this.#options.verbose) this.#line(`${addressText(step.subject)}  ${text}`);
    else this.#summary(summaryMs);
  }

  #summary(distanceMs: number): void {
    if (this.#pace.isDue(distanceMs)) this.#line(this.#tally.line());
  }

  #line(text: string | undefined): void {
    if (text === undefined) return;
    this.#pace.passed();
    this.#options.write(`${text}\n`);
  }
}
