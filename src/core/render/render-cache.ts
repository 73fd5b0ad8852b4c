// What one run remembers of the tree: files with the same text are parsed once, the same override of the same inherited
// value is merged and rendered once, and equal contents are one object. A fleet's tenants repeat each other, so this saves
// most of the time and memory; and the cache is bounded, because a fleet whose tenants all differ is larger than memory.
import { LRUCache } from 'lru-cache';
import type { ParsedDocument } from '../document/parse-yaml.ts';
import type { Content } from '../model/content.ts';
import type { Value } from '../model/value.ts';
import type { MergeMismatch } from './merge-layers.ts';
import type { RedundantOverride } from './redundant-overrides.ts';

/** Bytes of all entries, as estimated below. */
const maxBytes = 16_000_000;

/** A parsed document: bytes for each character of its text, which is the key. */
const bytesPerParsedCharacter = 8;
/** A merged value shares most of its parts with the values that it is merged from. */
const bytesOfMerged = 500;
/** Digest, label and object of a content besides its text. */
const bytesOfContent = 500;

/** The result of merging one layer onto the less specific ones. */
export interface Merged {
  /** Undefined: no layer has a value. */
  readonly value: Value | undefined;
  /** Of the layer that was merged last. */
  readonly redundant: readonly RedundantOverride[];
  /** Of the layer that was merged last. */
  readonly mismatches: readonly MergeMismatch[];
}

/** A value with the content that it was rendered to. */
export interface Rendered {
  readonly value: Value;
  readonly content: Content;
}

export class RenderCache {
  readonly #entries = new LRUCache<string, ParsedDocument | Merged | Rendered>({ maxSize: maxBytes });
  /** Parts of keys: numbers for objects that are compared by identity. */
  readonly #numbers = new WeakMap<object, number>();
  #lastNumber = 0;

  /** @param parse called for a text that is not known. Its result is kept only without problems: they name one file. */
  parsed(text: string, format: 'yaml' | 'json', parse: () => ParsedDocument): ParsedDocument {
    const key = `${format} ${text}`;
    const known = this.#entries.get(key);
    if (known !== undefined && 'problems' in known) return known;
    const parsed = parse();
    if (parsed.problems.length === 0) {
      this.#entries.set(key, parsed, { size: 1 + text.length * bytesPerParsedCharacter });
    }
    return parsed;
  }

  /** @param override compared by identity, as is `inherited`. */
  merged(inherited: Merged, override: object, merge: () => Merged): Merged {
    const key = `merged ${this.#numberOf(inherited)} ${this.#numberOf(override)}`;
    const known = this.#entries.get(key);
    if (known !== undefined && 'mismatches' in known) return known;
    const merged = merge();
    this.#entries.set(key, merged, { size: bytesOfMerged });
    return merged;
  }

  /** @param merged compared by identity. Contents that are rendered from different objects, but equal, are one object too. */
  rendered(merged: Merged, render: () => Rendered): Rendered {
    const key = `rendered ${this.#numberOf(merged)}`;
    const known = this.#entries.get(key);
    if (known !== undefined && 'content' in known) return known;
    const rendered = this.#shared(render());
    this.#entries.set(key, rendered, { size: sizeOf(rendered) });
    return rendered;
  }

  #shared(rendered: Rendered): Rendered {
    const { digest, text } = rendered.content;
    const known = this.#entries.get(digest);
    // Contents with the same digest may differ in the order of keys.
    if (known !== undefined && 'content' in known && known.content.text === text) return known;
    this.#entries.set(digest, rendered, { size: sizeOf(rendered) });
    return rendered;
  }

  #numberOf(object: object): number {
    const known = this.#numbers.get(object);
    if (known !== undefined) return known;
    this.#lastNumber += 1;
    this.#numbers.set(object, this.#lastNumber);
    return this.#lastNumber;
  }
}

function sizeOf({ content }: Rendered): number {
  return content.text.length + bytesOfContent;
}
