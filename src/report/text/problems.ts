// Problems as people read them.
import { formatAddress } from '../../core/model/address.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import { causeOf, concernedBy, MergedProblems } from '../../core/problem/merge-problems.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { count } from '../../core/problem/quantity.ts';
import { visible, visibleLines } from '../style/escape.ts';
import { moreText, someOf } from '../style/shortened.ts';
import type { Style } from '../style/style.ts';
import { hintText, locationOf, messageOf, subjectCount } from '../view/problem-parts.ts';

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
    `  ${style.faint(visibleLines(hintText(hint, spell)))}\n`,
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

/** A problem that was printed, and where it was found again. */
interface Repeated {
  readonly problem: Problem;
  readonly others: MergedProblems;
}

/** Prints problems as they come, each cause once, and counts those that would be too many to read. */
export class ProblemPrinter {
  readonly #options: ProblemPrinterOptions;
  readonly #counts = new Map<string, number>();
  readonly #totals = { error: 0, warning: 0 };
  readonly #printed = new Map<string, Repeated>();

  constructor(options: ProblemPrinterOptions) {
    this.#options = options;
  }

  print(problem: Problem): void {
    const { write, verbose, quiet } = this.#options;
    const { code, severity } = problem;
    if (quiet && severity === 'warning') return;
    const cause = causeOf(problem);
    const known = this.#printed.get(cause);
    // What concerns no address has happened again, such as a file of an emulator that cannot be written.
    if (known !== undefined && concernedBy(problem).length > 0) {
      known.others.add(problem);
      if (verbose) write(problemText(problem, this.#options));
      return;
    }
    if (known === undefined) this.#printed.set(cause, { problem, others: new MergedProblems() });
    this.#totals[severity] += 1;
    const seen = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, seen);
    if (verbose || seen <= mostOf(code)) write(problemText(problem, this.#options));
  }

  end(): void {
    const { write, verbose } = this.#options;
    for (const repeated of this.#printed.values()) if (!verbose) write(this.#repeatedText(repeated));
    for (const [code, seen] of this.#counts) {
      if (!verbose && seen > mostOf(code)) write(`${moreText(seen - mostOf(code), `${code} problem`, '-v')}\n`);
    }
    const { error, warning } = this.#totals;
    if (error + warning < longList) return;
    write(`${count(error, 'error')}${warning === 0 ? '' : `, ${count(warning, 'warning')}`}\n`);
  }

  /** `error: rolled back by a CloudWatch alarm, also at 899 more addresses: a, b, c, …` */
  #repeatedText({ problem, others }: Repeated): string {
    const own = new Set(concernedBy(problem).map(formatAddress));
    const [again] = others.problems();
    const more =
      again === undefined
        ? []
        : concernedBy(again)
            .map(formatAddress)
            .filter((name) => !own.has(name));
    if (again === undefined || more.length === 0) return '';
    const { style } = this.#options;
    const number = Math.max(more.length, again.count ?? 0);
    const names = visible(someOf(more, mostNamed));
    const extent = subjectCount(number, concernedBy(again), 'more ');
    const what = visibleLines(problem.common ?? problem.message);
    const where = number === 1 ? names : `${extent}: ${names}`;
    return `${style[problem.severity](problem.severity)}: ${what}, also at ${where}\n`;
  }
}

/** Addresses in one line. */
const mostNamed = 5;
