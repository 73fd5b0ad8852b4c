// Progress where rows cannot be redrawn: a line for each phase of each deployment, or for a fleet a summary now and then.
import type { Event } from '../../core/events/event.ts';
import { type EventHandlers, type EventOf, handleEvent, ignored } from '../../core/events/event-handlers.ts';
import { type DeploymentState, isInFlight } from '../../core/model/resource.ts';
import { addressText } from '../style/address-text.ts';
import { visible } from '../style/escape.ts';
import { timeOfDay } from '../style/quantities.ts';
import { deploymentStates } from '../style/state-words.ts';
import {
  begunText,
  commonHandlers,
  doneText,
  isReported,
  readingText,
  soakingText,
  stoppingText,
  succeededText,
} from './common-lines.ts';
import { heartbeatMs, summaryMs, Throttle } from './pacing.ts';
import type { Progress, ProgressOptions } from './progress.ts';
import { Tally } from './tally.ts';

export class LineProgress implements Progress {
  readonly #options: ProgressOptions;
  readonly #tally: Tally;
  readonly #pace: Throttle;
  readonly #states = new Map<string, DeploymentState>();
  readonly #handlers: EventHandlers<void>;
  /** Waves of which a deployment was started. */
  readonly #begun = new Set<string>();
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(options: ProgressOptions) {
    const { now, verbose } = options;
    this.#options = options;
    this.#tally = new Tally(now);
    this.#pace = new Throttle(now, now());
    this.#handlers = {
      ...commonHandlers((line) => this.#line(line), now),
      'reading-progressed': (event) => {
        if (this.#pace.passes(summaryMs)) this.#line(readingText(event));
      },
      'phase-started': ({ phase }) => {
        if (phase === 'applying-plan')
          this.#heartbeat ??= setInterval(() => this.#summary(heartbeatMs), heartbeatMs).unref();
      },
      'wave-begun': (event) => {
        this.#begun.add(event.wave);
        this.#line(begunText(event));
      },
      'wave-changed': ({ wave, state }) => {
        const row = this.#tally.waves().find(({ name }) => name === wave);
        if (state.is === 'done' && row !== undefined && this.#begun.has(wave)) this.#line(doneText(row));
      },
      'wave-soaking': (event) => this.#line(soakingText(event, `until ${timeOfDay(event.endsAt)}`)),
      interrupted: () => this.#line(stoppingText(this.#tally)),
      'step-started': ({ step }) => {
        if (verbose) this.#line(visible(step));
      },
      'deployment-progressed': (event) => this.#progressed(event),
      'step-finished': (event) => this.#finished(event),
      ...ignored('change-explained'),
      ...ignored('plan-made', 'status-read', 'status-changed', 'deployment-polled', 'history-read'),
    };
  }

  handle(event: Event): void {
    this.#tally.handle(event);
    handleEvent(this.#handlers, event);
  }

  above(text: string): void {
    this.#options.write(text);
  }

  freeScreen(): void {}

  end(): void {
    clearInterval(this.#heartbeat);
  }

  #progressed({ step, state, deploymentNumber }: EventOf<'deployment-progressed'>): void {
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
    if (this.#pace.passes(distanceMs)) this.#line(this.#tally.line());
  }

  #line(text: string): void {
    this.#pace.restart();
    this.#options.write(`${text}\n`);
  }
}
