// Problems as people read them.
import type { SpellCommand } from '../../core/problem/hint.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { visible, visibleLines } from '../style/escape.ts';
import { count } from '../style/quantities.ts';
import { moreText } from '../style/shortened.ts';
import type { Style } from '../style/style.ts';
import { hintText, locationOf, messageOf } from '../view/problem-parts.ts';

/** From so many on, a last line counts them. */
const longList = 5;

/** Problems of one code that are printed without -v. The plan itself names what guards block, so of those fewer. */
function mostOf(code: string): number {
  return code.startsWith('guard-') ? 5 : 20;
}

function problemText(problem: Problem, { style, spell, hidesAccountRegion }: ProblemTextOptions): string {
  const { code, severity, message, hint } = problem;
  // The user has just declined: that is not an error.
  if (code === 'declined') return `${visible(message)}\n`;
  const where = hidesAccountRegion() || problem.accountRegion === undefined ? '' : `in ${problem.accountRegion}`;
  const location = [locationOf(problem) ?? '', where].filter(Boolean).join(' ');
  return [
    `${style[severity](severity)}: `,
    location === '' ? '' : `${style.strong(visible(location))}  `,
    `${visibleLines(messageOf(problem))}\n`,
    hint === undefined ? '' : `  ${style.faint(visibleLines(hintText(hint, spell)))}\n`,
  ].join('');
}

interface ProblemTextOptions {
  readonly style: Style;
  readonly spell: SpellCommand;
  /** Whether the run is in one account and Region. */
  readonly hidesAccountRegion: () => boolean;
}

interface ProblemPrinterOptions extends ProblemTextOptions {
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

  print(problem: Problem): void {
    const { write, verbose, quiet } = this.#options;
    const { code, severity } = problem;
    if (quiet && severity === 'warning') return;
    this.#totals[severity] += 1;
    const seen = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, seen);
    if (verbose || seen <= mostOf(code)) write(problemText(problem, this.#options));
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
