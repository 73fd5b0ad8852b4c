// Merges and renders what the layers of one profile say. What tenants have in common is one object, and is worked on once.
import { contentOf } from '../document/content-of.ts';
import { type WrittenParts, writeParts } from '../document/write-json.ts';
import type { Content } from '../model/content.ts';
import type { Value } from '../model/value.ts';
import type { ProfileSettings } from '../settings/settings.ts';
import type { SharedContents } from './content-cache.ts';
import { type MergeMismatch, mergeLayer } from './merge-layers.ts';
import { type RedundantOverride, redundantOverrides } from './redundant-overrides.ts';

/** What some layers of an address give together. */
export interface Merged {
  /** Undefined: none of them says anything. */
  readonly value: Value | undefined;
  /** What of the strongest changes nothing. */
  readonly dead: readonly RedundantOverride[];
  /** What of the strongest could not be merged. */
  readonly mismatches: readonly MergeMismatch[];
  /** For `Rendering`: what was made of it, and by what was merged onto it. */
  content: Content | undefined;
  heirs: WeakMap<object, Merged> | undefined;
}

/** Characters of contents, after which all is forgotten: what is remembered lives as long as what it was made from. */
const most = 4_000_000;

export class Rendering {
  readonly settings: ProfileSettings;
  readonly #contents: SharedContents;
  readonly #onNew: (value: Value) => void;
  readonly #fromTemplate = new Map<Value | undefined, Merged>();
  /** Of what comes from the template: most contents hold some. */
  readonly #written: WrittenParts = new Map();
  #characters = 0;

  /** @param options.onNew told each value that is rendered. */
  constructor(options: {
    readonly settings: ProfileSettings;
    readonly contents: SharedContents;
    readonly onNew: (value: Value) => void;
  }) {
    this.settings = options.settings;
    this.#contents = options.contents;
    this.#onNew = options.onNew;
  }

  /** What the template's layers give, for others to be merged onto. */
  fromTemplate(value: Value | undefined): Merged {
    let merged = this.#fromTemplate.get(value);
    if (merged === undefined) {
      merged = { value, dead: [], mismatches: [], content: undefined, heirs: undefined };
      this.#fromTemplate.set(value, merged);
      if (isObject(value) && !this.#written.has(value)) writeParts(value, this.#written);
    }
    return merged;
  }

  merge(inherited: Merged, override: Value): Merged {
    if (!isObject(override)) return this.#merge(inherited, override);
    inherited.heirs ??= new WeakMap();
    let merged = inherited.heirs.get(override);
    if (merged === undefined) {
      merged = this.#merge(inherited, override);
      inherited.heirs.set(override, merged);
    }
    return merged;
  }

  /** Undefined where there is no value. */
  render(merged: Merged): Content | undefined {
    const { value } = merged;
    if (value === undefined || merged.content !== undefined) return merged.content;
    merged.content = this.#contents.share(contentOf(value, this.settings.format, this.#written));
    this.#onNew(value);
    this.#characters += merged.content.text.length;
    if (this.#characters > most) {
      this.#fromTemplate.clear();
      this.#characters = 0;
    }
    return merged.content;
  }

  #merge(inherited: Merged, override: Value): Merged {
    const mismatches: MergeMismatch[] = [];
    const value = mergeLayer(inherited.value, override, this.settings, (mismatch) => mismatches.push(mismatch));
    const dead = redundantOverrides(inherited.value, override, this.settings);
    return { value, dead, mismatches, content: undefined, heirs: undefined };
  }
}

function isObject(value: Value | undefined): value is Extract<Value, object> {
  return typeof value === 'object' && value !== null;
}
