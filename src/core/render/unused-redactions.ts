import { patternsOnly, type Redactor } from '../document/redact.ts';
import type { Value } from '../model/value.ts';
import type { Problem } from '../problem/problem.ts';
import type { Settings } from '../settings/settings.ts';
import { unknownSettings } from '../settings-file/parse-settings.ts';

/** Patterns of the setting "redact" that match no value of the whole tree. Those of the settings base need not match. */
export class UnusedRedactions {
  readonly #settings: Settings;
  /** The patterns that have not matched yet. */
  #unused: readonly string[];
  #redactor: Redactor;

  constructor(settings: Settings) {
    this.#settings = settings;
    // Settings with errors redact everything, by no pattern of the author.
    const isKnown = settings.redact !== unknownSettings.redact;
    this.#unused = isKnown ? settings.redact.filter((pattern) => !settings.redactOfBase.includes(pattern)) : [];
    this.#redactor = patternsOnly(this.#unused);
  }

  /** Looks for the patterns in a rendered value. */
  look(value: Value): void {
    if (this.#unused.length === 0) return;
    const found = this.#redactor.patternsIn(value);
    if (found.size === 0) return;
    this.#unused = this.#unused.filter((_pattern, index) => !found.has(index));
    this.#redactor = patternsOnly(this.#unused);
  }

  /** To be called after all values of the tree: a pattern with a typo hides nothing. */
  problems(): Problem[] {
    const { redact, sourceOf } = this.#settings;
    return this.#unused.map((pattern) => ({
      code: 'settings-suspicious',
      severity: 'warning',
      message: `the pattern "${pattern}" of "redact" matches no value in any configuration`,
      hint: { text: 'check the pattern for typos, or delete it' },
      source: sourceOf('redact', String(redact.indexOf(pattern))),
    }));
  }
}
