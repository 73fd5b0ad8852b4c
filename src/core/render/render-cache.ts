// What one run remembers of the tree. Files with the same text are parsed once, and the same override of the same inherited
// value is merged and rendered once: the tenants of a fleet repeat each other, so this saves most of the time, and what is
// repeated is one object in memory. The cache is bounded, because the contents of a fleet can be larger than memory.
import { LRUCache } from 'lru-cache';
import type { ParseOptions } from '../document/document-problems.ts';
import type { ParsedDocument } from '../document/parse-yaml.ts';
import type { FlagFindings } from '../flags/check-flags.ts';
import type { Content } from '../model/content.ts';
import type { Value } from '../model/value.ts';
import type { MergeMismatch } from './merge-layers.ts';
import type { OverrideFinding } from './override-findings.ts';
import type { RedundantOverride } from './redundant-overrides.ts';

/** Bytes of all entries, as estimated below. */
const maxBytes = 8_000_000;

/** Of a parsed document: its value takes several times the memory of its text. */
const bytesPerParsedCharacter = 8;
const bytesOfDocument = 500;
/** Of a content besides its text: digest, label, and the parts of its value that it does not share. */
const bytesOfContent = 500;

/** The result of merging one layer onto the less specific ones. */
export interface Merged {
  /** Undefined: no layer has a value. */
  readonly value: Value | undefined;
  /** Of the layer that was merged last. */
  readonly redundant: readonly RedundantOverride[];
  /** Of the layer that was merged last. */
  readonly mismatches: readonly MergeMismatch[];
  /** Of the layer that was merged last. */
  readonly findings: readonly OverrideFinding[];
  /** A finding of this layer, or of a less specific one, is an error. */
  readonly isInvalid: boolean;
}

/** A value with the content that it was rendered to. */
export interface Rendered {
  readonly value: Value;
  /** Undefined: it exceeds AppConfig's limit. */
  readonly content: Content | undefined;
  /** Of the text, also where it is not built. */
  readonly bytes: number;
  /** Of a feature-flag document, whose value is normalized. */
  readonly flags: FlagFindings | undefined;
}

/** What a text is read as: the same text can have problems as one, and none as the other. */
type ReadAs = Required<Pick<ParseOptions, 'format' | 'deployedAs'>>;

/** Of a text in the cache. */
export function documentKey(text: string, { format, deployedAs }: ReadAs): string {
  return `${format} ${deployedAs} ${text}`;
}

export class RenderCache {
  readonly #entries = new LRUCache<string | Merged, ParsedDocument | Rendered>({ maxSize: maxBytes });
  /** Needs no bound of its own: a merge is forgotten with its override, which is part of a document above. */
  readonly #merges = new WeakMap<Merged, WeakMap<object, Merged>>();

  /** @param key by documentKey */
  parsed(key: string): ParsedDocument | undefined {
    const known = this.#entries.get(key);
    return known !== undefined && 'problems' in known ? known : undefined;
  }

  /** A document is kept only without problems: they name one file. */
  keep(key: string, parsed: ParsedDocument): ParsedDocument {
    if (parsed.problems.length === 0) {
      this.#entries.set(key, parsed, { size: bytesOfDocument + key.length * bytesPerParsedCharacter });
    }
    return parsed;
  }

  /** @param override compared by identity, as is `inherited`. */
  merged(inherited: Merged, override: object, merge: () => Merged): Merged {
    let merges = this.#merges.get(inherited);
    if (merges === undefined) {
      merges = new WeakMap();
      this.#merges.set(inherited, merges);
    }
    let merged = merges.get(override);
    if (merged === undefined) {
      merged = merge();
      merges.set(override, merged);
    }
    return merged;
  }

  /** @param merged compared by identity. */
  rendered(merged: Merged, render: () => Rendered): Rendered {
    const known = this.#entries.get(merged);
    if (known !== undefined && 'content' in known) return known;
    const rendered = render();
    this.#entries.set(merged, rendered, { size: bytesOfContent + (rendered.content?.text.length ?? 0) });
    return rendered;
  }
}
