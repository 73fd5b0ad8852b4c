import type { Problem } from '../core/problem/problem.ts';
import type { Context } from './context.ts';

/** Emits problems, and remembers whether one of them was an error. */
export class ProblemReporter {
  #hasErrors = false;
  readonly #emit: Context['emit'];

  constructor({ emit }: Pick<Context, 'emit'>) {
    this.#emit = emit;
  }

  get hasErrors(): boolean {
    return this.#hasErrors;
  }

  readonly report = (problem: Problem): void => {
    this.#hasErrors ||= problem.severity === 'error';
    this.#emit({ type: 'problem-found', problem });
  };
}
