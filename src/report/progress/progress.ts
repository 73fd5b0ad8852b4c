// What is shown on stderr while a command runs.
import type { Event } from '../../core/events/event.ts';
import type { After } from '../../core/model/clock.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import type { Style } from '../style/style.ts';
import type { LogSections } from './log-sections.ts';

export interface Progress {
  handle(event: Event): void;
  /** Writes text above the live rows. */
  above(text: string): void;
  /** Removes the live rows until they are drawn next, so that other output can be written. */
  freeScreen(): void;
  end(): void;
}

export interface ProgressOptions {
  readonly style: Style;
  readonly write: (text: string) => void;
  readonly verbose: boolean;
  /** Spells the commands that hints propose. */
  readonly spell: SpellCommand;
  /** Milliseconds since 1970 by this machine's clock. */
  readonly now: () => number;
}

/** Of a log. */
export interface LineProgressOptions extends ProgressOptions {
  readonly after: After;
  /** Of a log that folds them. */
  readonly sections: LogSections | undefined;
}
