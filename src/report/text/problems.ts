// Problems as people read them.
import type { Problem } from '../../core/errors.ts';
import { visible, visibleLines } from '../style/escape.ts';
import { count } from '../style/quantities.ts';
import { moreText } from '../style/shortened.ts';
import type { Style } from '../style/style.ts';
import { hintOf, locationOf } from '../view/problem-parts.ts';

/** From so many on, a last line counts them. */
const longList = 5;

/** Problems of one code that are printed without -v. The plan itself names what guards block, so of those fewer. */
function mostOf(code: string): number {
  return code.startsWith('guard-') ? 5 : 20;
}

function problemText(problem: Problem, style: Style, accountRegion?: string): string {
  const { code, severity, message } = problem;
  // The user has just said no: that is not announced as an error.
  if (code === 'declined') return `${visible(message)}\n`;
  const location = locationOf(problem, accountRegion);
  const hint = hintOf(problem);
  return [
    `${style[severity](severity)}: `,
    location === undefined ? '' : `${style.strong(visible(location))}  `,
    `${visibleLines(message)}\n`,
    hint === undefined ? '' : `  ${style.faint(visibleLines(hint))}\n`,
  ].join('');
}

interface ProblemPrinterOptions {
  readonly style: Style;
  readonly write: (text: string) => void;
  readonly verbose: boolean;
  /** No warnings. */
  readonly quiet: boolean;
}

/** Prints problems as they come, and counts those that would be too many to read. */
export class ProblemPrinter {
  readonly #options: ProblemPrinterOptions;
  readonly #counts = new Map<string, number>();
  readonly #totals = { error: 0, warning: 0 };

  constructor(options: ProblemPrinterOptions) {
    this.#options = options;
  }

  /** @param accountRegion of the step that failed, if the plan has several */
  print(problem: Problem, accountRegion?: string): void {
    const { style, write, verbose, quiet } = this.#options;
    const { code, severity } = problem;
    if (quiet && severity === 'warning') return;
    this.#totals[severity] += 1;
    const seen = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, seen);
    if (verbose || seen <= mostOf(code)) write(problemText(problem, style, accountRegion));
  }

  end(): void {
    const { write, verbose } = this.#options;
    for (const [code, seen] of this.#counts) {
      if (!verbose && seen > mostOf(code)) write(`${moreText(seen - mostOf(code), `${code} problem`, '-v')}\n`);
    }
    const { error, warning } = this.#totals;
    if (error + warning < longList) return;
    write(`${count(error, 'error')}${warning === 0 ? '' : `, ${count(warning, 'warning')}`}\n`);
  }
}
