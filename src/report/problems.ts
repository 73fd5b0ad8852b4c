// Problems as people read them.
import type { Problem } from '../core/problem/problem.ts';
import { count, type Style } from './style.ts';
import { visible, visibleLines } from './visible.ts';

/** Of one code, as many are shown one by one: of guards fewer, for the plan names what they block. */
function shownOf(code: string): number {
  return code.startsWith('guard-') ? 5 : 20;
}
/** From so many on, a last line counts them. */
const longList = 5;

export function problemText(problem: Problem, style: Style): string {
  // Who says no gets a calm answer.
  if (problem.code === 'declined') return `${visible(problem.message)}\n`;
  const label = problem.severity === 'error' ? style.error('error') : style.warning('warning');
  const source = problem.source === undefined ? '' : `${style.strong(visible(problem.source))}  `;
  const hint = problem.hint === undefined ? '' : `  ${style.faint(visibleLines(problem.hint))}\n`;
  return `${label}: ${source}${visibleLines(problem.message)}\n${hint}`;
}

/** Shows problems as they come, and sums up what would be a flood. */
export class ProblemPrinter {
  readonly #style: Style;
  readonly #write: (text: string) => void;
  readonly #verbose: boolean;
  readonly #quiet: boolean;
  readonly #counts = new Map<string, number>();
  readonly #totals = { error: 0, warning: 0 };

  constructor(options: {
    readonly style: Style;
    readonly write: (text: string) => void;
    readonly verbose: boolean;
    readonly quiet: boolean;
  }) {
    this.#style = options.style;
    this.#write = options.write;
    this.#verbose = options.verbose;
    this.#quiet = options.quiet;
  }

  print(problem: Problem): void {
    if (this.#quiet && problem.severity === 'warning') return;
    this.#totals[problem.severity] += 1;
    const seen = (this.#counts.get(problem.code) ?? 0) + 1;
    this.#counts.set(problem.code, seen);
    if (this.#verbose || seen <= shownOf(problem.code)) this.#write(problemText(problem, this.#style));
  }

  end(): void {
    if (!this.#verbose) this.#sumUp();
    const { error, warning } = this.#totals;
    if (error + (this.#quiet ? 0 : warning) < longList) return;
    const warnings = warning === 0 ? '' : `, ${count(warning, 'warning')}`;
    this.#write(`${count(error, 'error')}${warnings}\n`);
  }

  #sumUp(): void {
    for (const [code, seen] of this.#counts) {
      if (seen <= shownOf(code)) continue;
      this.#write(`… and ${count(seen - shownOf(code), 'more problem')} of the kind "${code}"; -v shows them all\n`);
    }
  }
}
