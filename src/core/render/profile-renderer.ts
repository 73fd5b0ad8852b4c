// Merges and renders the values of one profile, by way of the cache.
import { bytesOf, contentOf } from '../document/content-of.ts';
import type { DocumentNotes } from '../document/document-notes.ts';
import { TextTooLong, type WrittenPart, writeParts } from '../document/write-json.ts';
import { checkFlags } from '../flags/check-flags.ts';
import { normalizeFlags } from '../flags/normalize-flags.ts';
import type { Content } from '../model/content.ts';
import { profileTypes } from '../model/resource.ts';
import { largestContent } from '../model/service-limits.ts';
import type { Value } from '../model/value.ts';
import { hasSecret } from '../secrets/find-secrets.ts';
import type { ProfileSettings } from '../settings/settings.ts';
import { type MergeMismatch, mergeLayer } from './merge-layers.ts';
import { isError, overrideFindings } from './override-findings.ts';
import { redundantOverrides } from './redundant-overrides.ts';
import type { Merged, RenderCache, Rendered } from './render-cache.ts';
import { replaceVariables, type UnknownVariable, type VariableValues, variablesIn } from './variables.ts';

/** Characters of the texts of a template's parts. */
const mostOfParts = 2 * largestContent;

/** Contents of one merged value that are remembered, by the values of its variables. */
const mostReplaced = 100;

/** A merged value whose variables are replaced. */
interface Replaced extends Merged {
  readonly value: Value;
  readonly unknown: readonly UnknownVariable[];
  /** A string and its variables together look like a secret. */
  readonly mayHaveSecrets: boolean;
}

/** What an address has. */
export interface RenderedWithVariables extends Rendered {
  /** The value before its variables were replaced, where it has some. */
  readonly asWritten?: Value;
  readonly unknown?: readonly UnknownVariable[];
  /** A string and its variables together look like a secret. */
  readonly mayHaveSecrets?: boolean;
}

export class ProfileRenderer {
  readonly settings: ProfileSettings;
  readonly #cache: RenderCache;
  readonly #onRender: (value: Value) => void;
  /** The starting points of all merges: one object for each value of the template, so that the cache knows it again. */
  readonly #fromTemplate = new Map<Value | undefined, Merged>();
  readonly #variables = new WeakMap<
    Merged,
    { readonly names: readonly string[] | undefined; readonly replaced: Map<string, Replaced> }
  >();
  /** Texts of the template's values: most contents contain some of them. */
  readonly #parts = new Map<object, WrittenPart>();
  /** A search in a text that is written takes less time than a look at each string. */
  readonly #isPlain = (part: object) => this.#parts.get(part)?.json.includes('${') === false;

  /** @param options.onRender called with each value that is rendered, at least once. */
  constructor(options: {
    readonly settings: ProfileSettings;
    readonly cache: RenderCache;
    readonly onRender: (value: Value) => void;
  }) {
    this.settings = options.settings;
    this.#cache = options.cache;
    this.#onRender = options.onRender;
  }

  /** The merged value of the template's layers, for a tenant's layers to be merged onto. */
  fromTemplate(value: Value | undefined): Merged {
    const known = this.#fromTemplate.get(value);
    if (known !== undefined) return known;
    const merged: Merged = { value, redundant: [], mismatches: [], findings: [], isInvalid: false };
    this.#fromTemplate.set(value, merged);
    if (isObject(value) && !this.#parts.has(value)) writeParts(value, this.#parts, mostOfParts);
    return merged;
  }

  merge(inherited: Merged, override: Value, notes: DocumentNotes | undefined): Merged {
    const merge = () => this.#merge(inherited, override, notes);
    return isObject(override) ? this.#cache.merged(inherited, override, merge) : merge();
  }

  /**
   * Renders a value whose variables are replaced first.
   * @param textOf undefined where the profile has no variables
   * @returns undefined if no layer has a value.
   */
  renderFor(merged: Merged, textOf: VariableValues | undefined): RenderedWithVariables | undefined {
    if (textOf === undefined || merged.value === undefined) return this.render(merged);
    const names = this.#variablesIn(merged, merged.value);
    if (names === undefined) return this.render(merged);
    // Few tenants share a value that has their name: remembering it would take longer than what it saves.
    const isShared = !names.includes('tenant');
    const replaced = isShared ? this.#replacedOnce(merged, names, textOf) : this.#replaced(merged.value, textOf);
    const rendered = isShared ? this.render(replaced) : this.#render(replaced.value);
    if (rendered === undefined) return undefined;
    // Copying all members at once takes several times as long.
    const { value, content, bytes, flags } = rendered;
    const { unknown, mayHaveSecrets } = replaced;
    return { value, content, bytes, flags, asWritten: merged.value, unknown, mayHaveSecrets };
  }

  #variablesIn(merged: Merged, value: Value): readonly string[] | undefined {
    const known = this.#variables.get(merged);
    if (known !== undefined) return known.names;
    const names = variablesIn(value, this.#isPlain);
    this.#variables.set(merged, { names, replaced: new Map() });
    return names;
  }

  /** The same values give the same object, which the cache knows again. */
  #replacedOnce(merged: Merged, names: readonly string[], textOf: VariableValues): Replaced {
    const known = this.#variables.get(merged)?.replaced ?? new Map<string, Replaced>();
    const key = JSON.stringify(names.map((name) => textOf(name) ?? null));
    const found = known.get(key);
    if (found !== undefined) return found;
    const replaced = this.#replaced(merged.value as Value, textOf);
    if (known.size >= mostReplaced) known.clear();
    known.set(key, replaced);
    return replaced;
  }

  #replaced(written: Value, textOf: VariableValues): Replaced {
    const unknown: UnknownVariable[] = [];
    let mayHaveSecrets = false;
    const value = replaceVariables(written, textOf, {
      unknown: (each) => unknown.push(each),
      joined: (text) => {
        mayHaveSecrets ||= hasSecret(text, undefined);
      },
      isPlain: this.#isPlain,
    });
    return { value, redundant: [], mismatches: [], findings: [], isInvalid: false, unknown, mayHaveSecrets };
  }

  /** @returns undefined if no layer has a value. */
  render(merged: Merged): Rendered | undefined {
    const { value: authored } = merged;
    if (authored === undefined) return undefined;
    return this.#cache.rendered(merged, () => this.#render(authored));
  }

  #render(authored: Value): Rendered {
    this.#onRender(authored);
    const isFlags = profileTypes[this.settings.type].document === 'feature flags';
    const value = isFlags ? normalizeFlags(authored) : authored;
    const flags = isFlags ? checkFlags(authored) : undefined;
    const content = this.#contentOf(value);
    return { value, content, bytes: content?.bytes ?? bytesOf(value, this.settings.format), flags };
  }

  #contentOf(value: Value): Content | undefined {
    try {
      const content = contentOf(value, this.settings.format, { parts: this.#parts, most: largestContent });
      return content.bytes > largestContent ? undefined : content;
    } catch (error) {
      if (error instanceof TextTooLong) return undefined;
      throw error;
    }
  }

  #merge(inherited: Merged, override: Value, notes: DocumentNotes | undefined): Merged {
    const mismatches: MergeMismatch[] = [];
    const { lists, merge, null: nulls } = this.settings;
    const { bareKeys, shared, kept } = notes ?? {};
    const onMismatch = (mismatch: MergeMismatch) => mismatches.push(mismatch);
    const value = mergeLayer(inherited.value, override, { lists, merge, null: nulls, onMismatch });
    const findings = inherited.isInvalid
      ? []
      : overrideFindings(inherited.value, override, { lists, merge, null: nulls, bareKeys });
    return {
      value,
      mismatches,
      findings,
      isInvalid: inherited.isInvalid || findings.some(isError),
      redundant: redundantOverrides(inherited.value, override, {
        lists,
        merge,
        null: nulls,
        shared,
        kept,
        merged: value,
      }),
    };
  }
}

function isObject(value: Value | undefined): value is Extract<Value, object> {
  return typeof value === 'object' && value !== null;
}
