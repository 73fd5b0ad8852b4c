// Problems as they are found, some of them by checks that are under way.
import { formatSource } from '../model/source-position.ts';
import type { Problem } from './problem.ts';

export class CollectedProblems {
  readonly all: Problem[] = [];
  /** Checks under way. */
  readonly checks: Promise<readonly Problem[]>[] = [];
  readonly #once = new Set<string>();

  /** There may be more problems than a call can have arguments. */
  add(problems: Iterable<Problem>): void {
    for (const problem of problems) this.all.push(problem);
  }

  /**
   * A file for all environments is merged once for each: its problems are reported once.
   * @param what distinguishes problems of one position
   */
  addOnce(problem: Problem, what: string): void {
    const key = `${problem.source === undefined ? '' : formatSource(problem.source)} ${what}`;
    if (!this.#once.has(key)) this.all.push(problem);
    this.#once.add(key);
  }
}
