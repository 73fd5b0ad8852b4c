import type { Content } from './model.ts';

/** Characters of the texts that are remembered. */
const most = 32_000_000;

/**
 * Makes equal contents one object, so that a fleet's contents take the memory of the different ones. What was not seen for
 * long is forgotten: a fleet whose contents all differ is not held for the sake of it.
 */
export class SharedContents {
  /** In the order of last use. */
  readonly #known = new Map<string, Content>();
  #characters = 0;

  /** The content, or one like it that was seen before. */
  share(content: Content): Content {
    // Equal meaning is not equal text: the order of keys may differ.
    const key = `${content.versionLabel} ${content.text.length}`;
    const known = this.#known.get(key);
    const shared = known?.text === content.text ? known : content;
    this.#known.delete(key);
    this.#known.set(key, shared);
    this.#characters += content.text.length - (known?.text.length ?? 0);
    for (const [oldest, { text }] of this.#known) {
      if (this.#characters <= most) break;
      this.#known.delete(oldest);
      this.#characters -= text.length;
    }
    return shared;
  }
}
