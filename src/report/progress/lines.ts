// Progress where rows cannot be redrawn: a line for each phase of each deployment, or for a fleet a summary now and then.
import type { Event, Phase } from '../../core/events/event.ts';
import { type EventHandlers, type EventOf, handleEvent, ignored } from '../../core/events/event-handlers.ts';
import { type DeploymentState, isInFlight } from '../../core/model/resource.ts';
import { count } from '../../core/problem/quantity.ts';
import { addressText } from '../style/address-text.ts';
import { visible } from '../style/escape.ts';
import { deploymentStates } from '../style/state-words.ts';
import type { WaveRow } from '../view/wave-view.ts';
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
import { Heartbeat, heartbeatText } from './heartbeat.ts';
import { summaryMs, Throttle } from './pacing.ts';
import type { LineProgressOptions, Progress } from './progress.ts';
import { Tally } from './tally.ts';

/** Longer lists of deployments are folded, where the log can. Summaries of a fleet are few, and show how far it is. */
const longestUnfolded = 10;

const phaseTexts: Readonly<Record<Exclude<Phase, 'applying-plan'>, string>> = {
  'reading-tree': 'still reading the tree',
  'reading-live-state': 'still reading live state',
};

export class LineProgress implements Progress {
  readonly #options: LineProgressOptions;
  readonly #tally: Tally;
  readonly #pace: Throttle;
  readonly #states = new Map<string, DeploymentState>();
  readonly #handlers: EventHandlers<void>;
  /** Waves of which a deployment was started, and whose end was not reported yet. */
  readonly #begun = new Set<string>();
  readonly #heartbeat: Heartbeat;
  /** What the run does, for a heartbeat. */
  #doing = (): string => '';

  constructor(options: LineProgressOptions) {
    const { now, verbose, after, style } = options;
    this.#options = options;
    this.#tally = new Tally(now);
    this.#pace = new Throttle(now, now());
    this.#heartbeat = new Heartbeat(after, this.#pace, () => this.#line(style.faint(this.#doing())));
    this.#handlers = {
      ...commonHandlers((line) => this.#line(line), now),
      'reading-progressed': (event) => {
        this.#doing = () => `still ${readingText(event)}`;
        if (this.#pace.passes(summaryMs)) this.#line(readingText(event));
      },
      'phase-started': ({ phase }) => {
        this.#doing = phase === 'applying-plan' ? () => heartbeatText(this.#tally) : () => phaseTexts[phase];
        this.#heartbeat.start();
        if (phase === 'applying-plan' && this.#tally.hasNoWaves) this.#beginList();
      },
      // A question may follow.
      'plan-made': () => this.#heartbeat.stop(),
      'status-read': ({ isFollowed }) => {
        if (isFollowed) this.#doing = () => this.#tally.line();
        else this.#heartbeat.stop();
      },
      'wave-begun': (event) => {
        this.#begun.add(event.wave);
        this.#beginWave(event);
      },
      'wave-changed': ({ wave, state }) => {
        if (state.is !== 'running') options.sections?.end(wave);
        const row = this.#rowOf(wave);
        if (state.is === 'done' && row !== undefined && this.#begun.delete(wave)) this.#line(doneText(row));
      },
      'wave-soaking': ({ wave, endsAt }) => {
        options.sections?.end(wave);
        const row = this.#rowOf(wave);
        this.#begun.delete(wave);
        if (row !== undefined) this.#line(soakingText(row, endsAt));
      },
      interrupted: () => {
        options.sections?.end();
        this.#line(stoppingText(this.#tally));
      },
      'step-started': ({ step }) => {
        if (verbose) this.#line(visible(step));
      },
      'deployment-progressed': (event) => this.#progressed(event),
      'step-finished': (event) => this.#finished(event),
      ...ignored('change-explained', 'status-changed', 'deployment-polled', 'history-read'),
    };
  }

  handle(event: Event): void {
    this.#tally.handle(event);
    handleEvent(this.#handlers, event);
  }

  /** A problem: it is seen without a click. */
  above(text: string): void {
    if (text === '') return;
    this.#options.sections?.unfold();
    this.#pace.restart();
    this.#options.write(text);
  }

  /** A part of the result follows, which belongs to no section. */
  freeScreen(): void {
    this.#options.sections?.end();
  }

  end(): void {
    this.#heartbeat.stop();
    this.#options.sections?.end();
  }

  #rowOf(wave: string): WaveRow | undefined {
    return this.#tally.waves().find(({ name }) => name === wave);
  }

  #beginWave(event: EventOf<'wave-begun'>): void {
    const deployments = this.#tally.deploymentsOf(event.wave);
    this.#options.sections?.begin(event.wave, { isFolded: this.#listsOneByOne && deployments > longestUnfolded });
    this.#line(this.#options.style.strong(begunText(event, this.#tally.startsOf(event.wave))));
  }

  /** Without waves only a long list is a section. */
  #beginList(): void {
    const { sections, style } = this.#options;
    const deployments = this.#tally.deploymentsOf(undefined);
    if (sections === undefined || !this.#listsOneByOne || deployments <= longestUnfolded) return;
    sections.begin('deployments', { isFolded: true });
    this.#line(style.strong(count(deployments, 'deployment')));
  }

  /** Otherwise summaries stand for the deployments of a fleet. */
  get #listsOneByOne(): boolean {
    return !this.#tally.isFleet || this.#options.verbose;
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
    const { style } = this.#options;
    if (event.status === 'succeeded') this.#phase(event.step, style.added(succeededText(step, event)));
    if (event.status !== 'failed') return;
    this.#options.sections?.unfold();
    this.#phase(event.step, style.error('failed'));
  }

  #phase(stepId: string, text: string): void {
    const step = this.#tally.steps.get(stepId);
    if (step === undefined) return;
    if (this.#listsOneByOne) this.#line(`${addressText(step.subject)}  ${text}`);
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
