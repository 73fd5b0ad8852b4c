// Problems in a note: what guards block, with the command to type, apart from errors and warnings.
import { partition } from 'es-toolkit/array/partition';
import type { Report } from '../../core/events/report.ts';
import { formatAddress } from '../../core/model/address.ts';
import { type Hint, quoteForShell } from '../../core/problem/hint.ts';
import { causeOf, concernedBy } from '../../core/problem/merge-problems.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { problemCodes } from '../../core/problem/problem-codes.ts';
import { count } from '../../core/problem/quantity.ts';
import { code, inert } from '../style/markdown.ts';
import { addressesWith } from '../view/plan-summary.ts';
import { locationOf, messageOf } from '../view/problem-parts.ts';
import { itemList } from './note-names.ts';
import type { NoteOptions } from './note-options.ts';

export function blockedSection({ plan, problems }: Report, options: NoteOptions): readonly string[] {
  const blocking = problems.filter(isGuard);
  if (blocking.length === 0) return [];
  const blocked = plan === undefined ? 0 : addressesWith(plan, 'blocked').length;
  const title = blocked === 0 ? 'A guard refuses this' : `${count(blocked, 'address is', 'addresses are')} blocked`;
  return [`#### ${title}`, itemList(blocking, options, (problem) => problemItem(problem, options))];
}

/** Without those of steps that have failed: they are a part of the result. */
export function problemsSection(
  { problems, omittedProblems, results }: Report,
  options: NoteOptions,
): readonly string[] {
  const failed = new Set(results.flatMap((result) => (result.status === 'failed' ? [causeOf(result.problem)] : [])));
  const [errors, warnings] = partition(
    problems.filter((problem) => !isGuard(problem) && !failed.has(causeOf(problem))),
    ({ severity }) => severity === 'error',
  );
  if (errors.length + warnings.length === 0) return [];
  const title = [
    ...(errors.length === 0 ? [] : [count(errors.length, 'error')]),
    ...(warnings.length === 0 ? [] : [count(warnings.length, 'warning')]),
  ].join(', ');
  return [
    `#### ${title}`,
    itemList([...errors, ...warnings], options, (problem) => problemItem(problem, options)),
    ...(omittedProblems === 0 ? [] : [`… and ${count(omittedProblems, 'more problem')}`]),
  ];
}

function isGuard({ code: name, severity }: Problem): boolean {
  return severity === 'error' && problemCodes[name].exit === 5;
}

function problemItem(problem: Problem, options: NoteOptions): string {
  const { bounds } = options;
  const location = locationOf(problem);
  const where = location === undefined ? '' : ` ${code(location, bounds.value)}`;
  const text = `- ${problem.severity}:${where} ${inert(oneLine(messageOf(problem), bounds.message), bounds.message, namesIn(problem))}`;
  return `${text}\n  - ${hintLine(problem.hint, options, namesIn(problem))}`;
}

/** Addresses that the message or the hint may name. */
export function namesIn(problem: Problem): readonly string[] {
  const { command } = problem.hint;
  const selected =
    command !== undefined && 'selects' in command && typeof command.selects === 'object' ? [command.selects] : [];
  return [...concernedBy(problem).slice(0, mostNames), ...selected].map(formatAddress);
}

/** A problem lists no more. */
const mostNames = 20;

/** What another program wrote can have several. */
function oneLine(text: string, most: number): string {
  return text.slice(0, most * 2).replace(/\s*\n\s*/g, ' ');
}

/** The command can be copied: it is code, and never cut. */
export function hintLine(
  { text, command }: Hint,
  { bounds, spell }: NoteOptions,
  names: readonly string[] = [],
): string {
  const shown = inert(text, bounds.message, names);
  if (command === undefined) return shown;
  const words = spell(command);
  const isLong = words.join(' ').length > longestCommand;
  const typed = isLong ? '' : words.map(quoteForShell).join(' ');
  return isLong || typed.length > longestCommand ? shown : `${shown}: ${code(typed, longestCommand)}`;
}

const longestCommand = 1_500;
