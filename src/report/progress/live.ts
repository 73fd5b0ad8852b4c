// Progress on a terminal: rows that are redrawn, and lines above them that stay.
import type { createLogUpdate } from 'log-update';
import type { Event } from '../../core/events/event.ts';
import { type EventHandlers, type EventOf, handleEvent, ignored } from '../../core/events/event-handlers.ts';
import { addressText } from '../style/address-text.ts';
import { cut, firstFitting, lineOf, padded, widthOf } from '../style/columns.ts';
import { duration, number } from '../style/quantities.ts';
import { deploymentStates } from '../style/state-words.ts';
import { statusLine } from '../text/status.ts';
import { commonHandlers, isReported, readingText, soakingText, stoppingText, succeededText } from './common-lines.ts';
import type { Progress, ProgressOptions } from './progress.ts';
import { type ShownDeployment, Tally } from './tally.ts';

export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
}

const redrawMs = 200;
/** Columns below which rows have no bar. */
const narrowest = 70;

export class LiveProgress implements Progress {
  readonly #options: ProgressOptions;
  readonly #terminal: Terminal;
  readonly #rows: ReturnType<typeof createLogUpdate>;
  readonly #tally: Tally;
  readonly #handlers: EventHandlers<void>;
  #redraw: NodeJS.Timeout | undefined;
  /** The only row while live state is read. */
  #reading: string | undefined;

  constructor(
    options: ProgressOptions,
    screen: { readonly terminal: Terminal; readonly rows: ReturnType<typeof createLogUpdate> },
  ) {
    const { style, now } = options;
    this.#options = options;
    this.#terminal = screen.terminal;
    this.#rows = screen.rows;
    this.#tally = new Tally(now);
    this.#handlers = {
      ...commonHandlers((line) => this.above(`${style.faint(line)}\n`), now),
      'phase-started': ({ phase }) => {
        if (phase === 'reading-tree') return;
        if (phase === 'reading-live-state') this.#reading = 'reading live state';
        this.#draw();
        this.#redraw ??= setInterval(() => this.#draw(), redrawMs).unref();
      },
      'reading-progressed': (event) => {
        this.#reading = readingText(event);
      },
      'plan-made': () => this.#stopDrawing(),
      'history-read': () => this.#stopDrawing(),
      'status-read': ({ environmentsInFlight }) => {
        if (environmentsInFlight > 0) this.#reading = undefined;
        else this.#stopDrawing();
      },
      'status-changed': ({ status }) => {
        if (status.state === 'deploying') return;
        this.above(`${status.state === 'synced' ? style.added('✓') : style.error('✗')} ${statusLine(status)}\n`);
      },
      'wave-soaking': () => this.#draw(),
      // The terminal has just printed ^C.
      interrupted: () => this.above(`\n${stoppingText(this.#tally)}\n`),
      'step-finished': (event) => this.#finished(event),
      ...ignored('change-explained'),
      ...ignored('step-started', 'deployment-progressed', 'deployment-polled'),
    };
  }

  handle(event: Event): void {
    this.#tally.handle(event);
    handleEvent(this.#handlers, event);
  }

  above(text: string): void {
    this.#rows.clear();
    this.#options.write(text);
    if (this.#redraw !== undefined) this.#draw();
  }

  freeScreen(): void {
    this.#rows.clear();
  }

  end(): void {
    this.#stopDrawing();
    this.#rows.done();
  }

  #finished(event: EventOf<'step-finished'>): void {
    const { style, verbose } = this.#options;
    const step = this.#tally.steps.get(event.step);
    if (step === undefined || !isReported(step) || event.status !== 'succeeded') return;
    if (this.#tally.isFleet && !verbose) return;
    this.above(`${style.added('✓')} ${addressText(step.subject)}  ${style.faint(succeededText(step, event))}\n`);
  }

  #stopDrawing(): void {
    clearInterval(this.#redraw);
    this.#redraw = undefined;
    this.#reading = undefined;
    this.#rows.clear();
  }

  #draw(): void {
    const { style } = this.#options;
    const width = (this.#terminal.columns || 80) - 1;
    if (this.#reading !== undefined) {
      this.#rows(style.faint(cut(`${this.#reading} …`, width)));
      return;
    }
    const room = Math.max(3, (this.#terminal.rows || 24) - 4);
    const running = [...this.#tally.running.values()];
    const shown = running.slice(0, room);
    const widest = Math.max(10, ...shown.map((each) => widthOf(addressText(each.subject))));
    const addressWidth = Math.min(widest, Math.floor(width / 2));
    const hidden = running.length - shown.length;
    this.#rows(
      [
        ...shown.map((each) => this.#row(each, { addressWidth, width })),
        ...(hidden > 0 ? [style.faint(cut(`  … and ${number(hidden)} more`, width))] : []),
        ...this.#soakRow(width),
        style.strong(cut(firstFitting([this.#tally.line(), this.#tally.shortLine()], width), width)),
      ].join('\n'),
    );
  }

  #soakRow(width: number): readonly string[] {
    const { soaking } = this.#tally;
    if (soaking === undefined) return [];
    const time = `for another ${duration(soaking.ms)}`;
    const texts = [soakingText(soaking.event, time), `soaking ${time}`];
    return [this.#options.style.faint(cut(firstFitting(texts, width), width))];
  }

  #row(running: ShownDeployment, room: { readonly addressWidth: number; readonly width: number }): string {
    const { style } = this.#options;
    const { addressWidth, width } = room;
    const { latest } = running;
    const left = this.#tally.timeLeft(running);
    const percent = Math.round(latest.percentageComplete);
    const filled = Math.round(percent / 10);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(10 - filled)} `;
    return lineOf(
      [
        [`${padded(cut(addressText(running.subject), addressWidth), addressWidth)}  `],
        ...(width < narrowest ? [] : ([[bar, style.changed]] as const)),
        [`${String(percent).padStart(3)} %  ${padded(deploymentStates[latest.state].word, 10)} `],
        [left >= 500 ? `${duration(left)} left` : 'any moment', style.faint],
      ],
      width,
    );
  }
}
