// One cause is one problem: what one line of a template does to many addresses is reported once, with its addresses.
import { formatAddress, type Subject } from '../model/address.ts';
import { formatSource } from '../model/source-position.ts';
import type { Hint, HintCommand } from './hint.ts';
import type { Problem } from './problem.ts';

/** Addresses that a problem lists. */
const mostListed = 20;

/** A problem while others of its cause are added. */
interface Cause {
  problem: Problem;
  /** The addresses that are known to be among them, as text. */
  readonly addresses: Set<string>;
  /** How many there are. */
  count: number;
}

/** Problems by their cause, in the order in which each was found first. */
export class MergedProblems {
  readonly #causes = new Map<string, Cause>();

  get size(): number {
    return this.#causes.size;
  }

  has(problem: Problem): boolean {
    return this.#causes.has(causeOf(problem));
  }

  add(problem: Problem): void {
    const key = causeOf(problem);
    const known = this.#causes.get(key);
    if (known === undefined) {
      const addresses = concernedBy(problem).map(formatAddress);
      const count = problem.addresses === undefined ? addresses.length : (problem.count ?? addresses.length);
      this.#causes.set(key, { problem, addresses: new Set(addresses), count });
      return;
    }
    const { addresses } = known;
    const others = concernedBy(problem);
    const more = others.filter((each) => !addresses.has(formatAddress(each)));
    // The same problem again.
    if (more.length === 0) return;
    const own = problem.addresses === undefined ? others.length : (problem.count ?? others.length);
    for (const each of more) addresses.add(formatAddress(each));
    // What has some of the same addresses may have the same ones where it lists none.
    known.count = more.length < others.length ? Math.max(known.count, own, addresses.size) : known.count + own;
    const listed = [...concernedBy(known.problem), ...more].slice(0, mostListed);
    known.problem = { ...merged(known.problem, problem), addresses: listed, count: known.count };
  }

  /** And forgets them. */
  take(): readonly Problem[] {
    const problems = this.problems();
    this.#causes.clear();
    return problems;
  }

  problems(): readonly Problem[] {
    return [...this.#causes.values()].map(({ problem }) => problem);
  }
}

/** Each cause once. */
export function mergeProblems(problems: Iterable<Problem>): readonly Problem[] {
  const all = new MergedProblems();
  for (const problem of problems) all.add(problem);
  return all.problems();
}

/** Equal for problems with one cause. */
export function causeOf({ code, severity, message, common = message, source, accountRegion }: Problem): string {
  return JSON.stringify([code, severity, common, source && formatSource(source), accountRegion]);
}

/** The first addresses of a problem, or what else it is about. */
export function concernedBy({ addresses, subject }: Problem): readonly Subject[] {
  return addresses ?? (subject === undefined ? [] : [subject]);
}

function merged(known: Problem, other: Problem): Problem {
  const { subject: _own, hint: _hint, ...rest } = known.message === other.message ? known : withCommonMessage(known);
  const subject = commonSubject(known.subject, other.subject);
  return { ...rest, ...(subject && { subject }), hint: commonHint(known.hint, other.hint) };
}

function withCommonMessage(problem: Problem): Problem {
  return { ...problem, message: problem.common ?? problem.message };
}

/** The parts that both have; undefined where they have none in common. */
function commonSubject(one: Subject | undefined, other: Subject | undefined): Subject | undefined {
  const parts = Object.entries(one ?? {}).filter(([part, name]) => other?.[part as keyof Subject] === name);
  return parts.length === 0 ? undefined : Object.fromEntries(parts);
}

/** A command for one address becomes one for what the addresses have in common, within what the user selected. */
function commonHint(one: Hint, other: Hint): Hint {
  const command = commonCommand(one.command, other.command);
  return { text: one.text, ...(command && { command }) };
}

function commonCommand(one: HintCommand | undefined, other: HintCommand | undefined): HintCommand | undefined {
  if (one === undefined || other === undefined) return undefined;
  if (JSON.stringify(one) === JSON.stringify(other)) return one;
  if ('program' in one || 'program' in other || one.run !== other.run) return undefined;
  if (JSON.stringify(one.args) !== JSON.stringify(other.args)) return undefined;
  if (typeof one.selects !== 'object' || typeof other.selects !== 'object') return undefined;
  return { ...one, selects: commonSubject(one.selects, other.selects) ?? {} };
}
