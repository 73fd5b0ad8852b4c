import { createRedactor, type Redactor } from '../document/redact.ts';
import { canonicalText } from '../document/write-json.ts';
import type { Value } from '../model/value.ts';
import type { Problem } from '../problem/problem.ts';
import type { Settings } from '../settings/settings.ts';

/** Patterns of the setting "redact" that match no value of the whole tree. */
export class UnusedRedactions {
  readonly #settings: Settings;
  #unused: readonly { readonly pattern: string; readonly redactor: Redactor }[];

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#unused = settings.redact.map((pattern) => ({ pattern, redactor: createRedactor([pattern]) }));
  }

  /** Looks for the patterns in a rendered value. */
  look(value: Value): void {
    if (this.#unused.length === 0) return;
    const text = canonicalText(value);
    this.#unused = this.#unused.filter(({ redactor }) => canonicalText(redactor.apply(value)) === text);
  }

  /** To be called after all values of the tree: a pattern with a typo hides nothing. */
  problems(): Problem[] {
    const { redact, sourceOf } = this.#settings;
    return this.#unused.map(({ pattern }) => ({
      code: 'settings-suspicious',
      severity: 'warning',
      message: `the pattern "${pattern}" of "redact" matches no value in any configuration`,
      hint: { text: 'check the pattern for typos, or delete it' },
      source: sourceOf('redact', String(redact.indexOf(pattern))),
    }));
  }
}
