// Progress on a terminal: rows that are redrawn, and lines above them that stay.
import type { createLogUpdate } from 'log-update';
import type { Event } from '../../core/events/event.ts';
import { type EventHandlers, type EventOf, handleEvent, ignored } from '../../core/events/event-handlers.ts';
import { addressText } from '../style/address-text.ts';
import { cut, firstFitting, widthOf } from '../style/columns.ts';
import { timeOfDay } from '../style/quantities.ts';
import type { FoundStatuses } from '../text/status.ts';
import { fittingWaves, waveLines } from '../text/waves.ts';
import { commonHandlers, isReported, readingText, stoppingText, succeededText } from './common-lines.ts';
import { flightRows } from './flight-rows.ts';
import type { Progress, ProgressOptions } from './progress.ts';
import { statusRows } from './status-rows.ts';
import { Tally } from './tally.ts';

export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Rows at the bottom of the screen: written, written again, removed. */
export type Rows = ReturnType<typeof createLogUpdate> & {
  /** Removes so many lines above the cursor, which is then where the first of them was. */
  eraseAbove(lines: number): void;
};

const redrawMs = 200;
/** Rows that are left to deployments in flight and to the last line. */
const besideWaves = 5;

export class LiveProgress implements Progress {
  readonly #options: ProgressOptions;
  readonly #terminal: Terminal;
  readonly #rows: Rows;
  readonly #tally: Tally;
  readonly #handlers: EventHandlers<void>;
  #redraw: NodeJS.Timeout | undefined;
  /** The only row while live state is read for the first time. */
  #reading: string | undefined;
  /** Of `status --watch`: when it was read, or how far the next reading is. */
  #footer = '';
  #isFollowed = false;
  /** What is on the screen, to be removed where the terminal became narrower. */
  #drawn: { readonly width: number; readonly lines: readonly string[] } = { width: 0, lines: [] };

  constructor(options: ProgressOptions, screen: { readonly terminal: Terminal; readonly rows: Rows }) {
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
      'reading-progressed': (event) => this.#read(event),
      'plan-made': () => this.#stopDrawing(),
      'history-read': () => this.#stopDrawing(),
      'status-read': ({ isFollowed }) => {
        if (!isFollowed) {
          this.#stopDrawing();
          return;
        }
        this.#isFollowed = true;
        this.#reading = undefined;
        this.#draw();
      },
      // The terminal has just printed ^C. Ctrl-C is how a watch ends.
      interrupted: () => this.above(this.#isFollowed ? '\n' : `\n${stoppingText(this.#tally)}\n`),
      'step-finished': (event) => this.#finished(event),
      'wave-begun': () => this.#draw(),
      'wave-soaking': () => this.#draw(),
      ...ignored('wave-changed', 'status-changed', 'change-explained'),
      ...ignored('step-started', 'deployment-progressed', 'deployment-polled'),
    };
  }

  handle(event: Event): void {
    this.#tally.handle(event);
    handleEvent(this.#handlers, event);
  }

  above(text: string): void {
    this.freeScreen();
    this.#options.write(text);
    if (this.#redraw !== undefined) this.#draw();
  }

  freeScreen(): void {
    this.#removeWrapped();
    this.#rows.clear();
    this.#drawn = { width: 0, lines: [] };
  }

  end(): void {
    this.#stopDrawing();
    this.#rows.done();
  }

  #read(event: EventOf<'reading-progressed'>): void {
    if (!this.#isFollowed) this.#reading = readingText(event);
    const isRead = event.applications === event.of;
    this.#footer = isRead ? `read at ${timeOfDay(this.#options.now())}` : readingText(event);
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
    this.freeScreen();
  }

  #draw(): void {
    this.#removeWrapped();
    const width = this.#width;
    const lines = this.#lines(width);
    // The library rewrites the lines that differ, and leaves those after them where they are.
    if (lines.length !== this.#drawn.lines.length) this.#rows.clear();
    this.#drawn = { width, lines };
    this.#rows(lines.join('\n'));
  }

  get #width(): number {
    return (this.#terminal.columns || 80) - 1;
  }

  /** A terminal that became narrower has wrapped the rows: they take more lines than were written. */
  #removeWrapped(): void {
    const { width, lines } = this.#drawn;
    const columns = this.#width + 1;
    if (lines.length === 0 || columns > width) return;
    const added = lines.reduce((sum, line) => sum + Math.max(0, Math.ceil(widthOf(line) / columns) - 1), 0);
    this.#rows.clear();
    this.#drawn = { width: 0, lines: [] };
    this.#rows.eraseAbove(added);
  }

  #lines(width: number): readonly string[] {
    const { style } = this.#options;
    if (this.#reading !== undefined) return [style.faint(cut(`${this.#reading} …`, width))];
    const height = Math.max(3, (this.#terminal.rows || 24) - 1);
    const { statuses } = this.#tally;
    return statuses === undefined ? this.#syncLines(width, height) : this.#statusLines(statuses, width, height);
  }

  #statusLines(found: FoundStatuses, width: number, height: number): readonly string[] {
    const { style, spell } = this.#options;
    const rows = (most: number) => flightRows(this.#tally, { most, width, style });
    const footer = `${this.#footer}; Ctrl-C ends`;
    return statusRows(found, { flightRows: rows, footer }, { style, width, height, spell });
  }

  /** The waves, the deployments in flight, and how far the run is. */
  #syncLines(width: number, height: number): readonly string[] {
    const { style } = this.#options;
    const total = style.strong(cut(firstFitting(this.#tally.lines(), width), width));
    const waves = this.#waveLines(width, Math.max(3, height - besideWaves));
    const most = Math.max(1, height - waves.length - 2);
    return [...(waves.length === 0 ? [] : ['']), ...waves, ...flightRows(this.#tally, { most, width, style }), total];
  }

  #waveLines(width: number, most: number): readonly string[] {
    const { style } = this.#options;
    const { done, shown, waiting } = fittingWaves(this.#tally.waves(), most);
    const msLeft = (row: (typeof shown)[number]) => this.#tally.msLeftOf(row);
    return [
      ...(done === 0 ? [] : [style.added(`  ${done} waves done`)]),
      ...waveLines(shown, { style, width, msLeft }),
      ...(waiting === 0 ? [] : [style.faint(`  … and ${waiting} more waiting`)]),
    ];
  }
}
