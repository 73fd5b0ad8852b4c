import { redactionMark } from '../core/document/redact.ts';
import type { SourcePosition } from '../core/model/source-position.ts';
import type { Problem } from '../core/problem/problem.ts';
import { adjusted, type Severities } from '../core/problem/severities.ts';
import type { Context } from './context.ts';

/** Emits problems with the severities of the settings, and remembers whether one of them was an error. */
export class ProblemReporter {
  #hasErrors = false;
  readonly #emit: Context['emit'];
  #severities: Severities = new Map();
  /** To be reported before the first problem that lacks a value because of it. */
  #whyHidden: Problem | undefined;

  constructor({ emit }: Pick<Context, 'emit'>) {
    this.#emit = emit;
  }

  get hasErrors(): boolean {
    return this.#hasErrors;
  }

  /** To be called when the settings are known. */
  adjustTo(severities: Severities): void {
    this.#severities = severities;
  }

  /** To be called where the settings have errors: what they redact is unknown. @param source of the first error */
  hideValues(source: SourcePosition | undefined): void {
    this.#whyHidden = {
      code: 'values-hidden',
      severity: 'warning',
      message: `every value is shown as ${redactionMark}: what to redact is unknown while the settings have errors`,
      hint: { text: 'fix the settings first, then run the command again' },
      ...(source && { source: { file: source.file } }),
    };
  }

  readonly report = (found: Problem): void => {
    const problem = adjusted(found, this.#severities);
    if (problem === undefined) return;
    if (this.#whyHidden !== undefined && problem.message.includes(redactionMark)) {
      this.#emit({ type: 'problem-found', problem: this.#whyHidden });
      this.#whyHidden = undefined;
    }
    this.#hasErrors ||= problem.severity === 'error';
    this.#emit({ type: 'problem-found', problem });
  };
}
