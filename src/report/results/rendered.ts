// Rendered contents as they come. One is printed as it is; several each with a line before that names the address.

import type { EventOf } from '../../core/events/event-handlers.ts';
import { addressText } from '../style/address-text.ts';
import { visibleLines } from '../style/escape.ts';

type ContentRendered = EventOf<'content-rendered'>;

export class RenderedContents {
  readonly #terminal: boolean;
  /** Kept until a second content comes, or none. */
  #first: ContentRendered | undefined;
  #several = false;

  /** @param terminal its control characters are escaped */
  constructor(terminal: boolean) {
    this.#terminal = terminal;
  }

  /** @returns what is printed at once */
  add(event: ContentRendered): string {
    if (this.#several) return `\n${this.#titled(event)}`;
    if (this.#first === undefined) {
      this.#first = event;
      return '';
    }
    this.#several = true;
    return `${this.#titled(this.#first)}\n${this.#titled(event)}`;
  }

  end(): string {
    return this.#several || this.#first === undefined ? '' : this.#textOf(this.#first);
  }

  #titled(event: ContentRendered): string {
    return `# ${addressText(event.address)}\n${this.#textOf(event)}`;
  }

  #textOf({ content }: ContentRendered): string {
    return this.#terminal ? visibleLines(content.text) : content.text;
  }
}
