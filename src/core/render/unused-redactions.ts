import { patternsOnly, type Redactor } from '../document/redact.ts';
import type { Value } from '../model/value.ts';
import type { Problem } from '../problem/problem.ts';
import type { Settings } from '../settings/settings.ts';
import { unknownSettings } from '../settings-file/parse-settings.ts';

/** A pattern, and where the settings have it. */
interface Pattern {
  readonly text: string;
  readonly keys: readonly string[];
}

/**
 * Patterns of `redact` and of `guards.secretsAllowed` that match no value of the whole tree. Those of the settings base need not
 * match.
 */
export class UnusedRedactions {
  readonly #settings: Settings;
  /** The patterns that have not matched yet. */
  #unused: readonly Pattern[];
  #redactor: Redactor;

  constructor(settings: Settings) {
    this.#settings = settings;
    // Settings with errors redact everything, by no pattern of the author.
    const isKnown = settings.redact !== unknownSettings.redact;
    const patternsAt = (keys: readonly string[], texts: readonly string[]) =>
      texts.map((text, index): Pattern => ({ text, keys: [...keys, String(index)] }));
    const patterns = [
      ...patternsAt(['redact'], settings.redact).filter(({ text }) => !settings.redactOfBase.includes(text)),
      ...patternsAt(['guards', 'secretsAllowed'], settings.guards.secretsAllowed),
    ];
    this.#unused = isKnown ? patterns : [];
    this.#redactor = redactorOf(this.#unused);
  }

  /** Looks for the patterns in a rendered value. */
  look(value: Value): void {
    if (this.#unused.length === 0) return;
    const found = this.#redactor.patternsIn(value);
    if (found.size === 0) return;
    this.#unused = this.#unused.filter((_pattern, index) => !found.has(index));
    this.#redactor = redactorOf(this.#unused);
  }

  /** To be called after all values of the tree: a pattern with a typo hides nothing. */
  problems(): Problem[] {
    return this.#unused.map(({ text, keys }) => ({
      code: 'settings-suspicious',
      severity: 'warning',
      message: `the pattern "${text}" of "${keys.slice(0, -1).join('.')}" matches no value in any configuration`,
      hint: { text: 'check the pattern for typos, or delete it' },
      source: this.#settings.sourceOf(...keys),
    }));
  }
}

function redactorOf(patterns: readonly Pattern[]): Redactor {
  return patternsOnly(patterns.map(({ text }) => text));
}
