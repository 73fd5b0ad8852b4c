import type { Problem } from '../core/problem/problem.ts';
import { adjusted, type Severities } from '../core/problem/severities.ts';
import type { Context } from './context.ts';

/** Emits problems with the severities of the settings, and remembers whether one of them was an error. */
export class ProblemReporter {
  #hasErrors = false;
  readonly #emit: Context['emit'];
  #severities: Severities = new Map();

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

  readonly report = (found: Problem): void => {
    const problem = adjusted(found, this.#severities);
    if (problem === undefined) return;
    this.#hasErrors ||= problem.severity === 'error';
    this.#emit({ type: 'problem-found', problem });
  };
}
