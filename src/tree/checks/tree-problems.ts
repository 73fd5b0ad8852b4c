// The problems of a tree, in the order in which they are found.
import type { Problem, ProblemDetails } from '../../core/problem/problem.ts';
import type { ProblemCode } from '../../core/problem/problem-codes.ts';

export class TreeProblems {
  #found: Problem[] = [];
  #errors = 0;

  /** Errors that were found so far, also those that were taken. */
  get errors(): number {
    return this.#errors;
  }

  /** There may be more problems than a call can have arguments. */
  add(problems: Iterable<Problem>): void {
    for (const problem of problems) this.addOne(problem);
  }

  addOne(problem: Problem): void {
    if (problem.severity === 'error') this.#errors += 1;
    this.#found.push(problem);
  }

  error(code: ProblemCode, message: string, details: ProblemDetails): void {
    this.addOne({ code, severity: 'error', message, ...details });
  }

  warning(code: ProblemCode, message: string, details: ProblemDetails): void {
    this.addOne({ code, severity: 'warning', message, ...details });
  }

  ignored(path: string, why: string): void {
    this.warning('file-ignored', `ignored: ${why}`, {
      hint: { text: 'move it out of the tree, or begin its name with _' },
      source: { file: path },
    });
  }

  /** Those that were not taken yet. */
  take(): readonly Problem[] {
    const problems = this.#found;
    this.#found = [];
    return problems;
  }
}
