import type { Content } from './model.ts';
import { Repeated } from './repeated.ts';

/** Characters of the texts that are remembered. */
const most = 32_000_000;

/**
 * Makes equal contents one object, from the second on, so that a fleet's contents take the memory of the different ones.
 * What was not seen for long is forgotten, and what comes once is not held for the sake of it.
 */
export class SharedContents {
  readonly #repeated = new Repeated<Content>(most, (content) => content.text.length);

  /** The content, or one like it that was seen before. */
  share(content: Content): Content {
    const known = this.#repeated.get(content.digest);
    // Equal meaning is not equal text: the order of keys may differ.
    if (known?.text === content.text) return known;
    this.#repeated.add(content.digest, content);
    return content;
  }
}
