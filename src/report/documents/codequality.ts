// Errors and warnings for GitLab's Code Quality report: each at its file and line. GitLab refuses a whole report with an entry that
// has no file, and links to it, so that a problem without one is left out: JUnit, the note and stderr have it.
import { createHash } from 'node:crypto';
import { sortBy } from 'es-toolkit/array/sortBy';
import type { Report } from '../../core/events/report.ts';
import type { SourcePosition } from '../../core/model/source-position.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { visibleLines } from '../style/escape.ts';
import { hintText, messageOf } from '../view/problem-parts.ts';
import { jsonText } from './json-text.ts';

const severities = { error: 'major', warning: 'minor' } as const satisfies Record<Problem['severity'], string>;

interface Located extends Problem {
  readonly source: SourcePosition;
}

/** @param prefix the tree's folder in its repository, with `/`; '' for the repository itself */
export function codequalityDocument(
  { problems }: Pick<Report, 'problems'>,
  { spell, prefix }: { readonly spell: SpellCommand; readonly prefix: string },
): string {
  // In the order of the lines: of equal problems in a file the first stays the first when lines are added.
  const located = sortBy(problems.filter(isLocated), [
    ({ source }) => source.file,
    ({ source }) => source.line ?? 0,
    ({ source }) => source.column ?? 0,
  ]);
  const seen = new Map<string, number>();
  const entries = located.map((problem) => {
    const { code, severity, source } = problem;
    const path = prefix === '' ? source.file : `${prefix}/${source.file}`;
    const cause = JSON.stringify([code, path, withoutLines(problem.message), problem.accountRegion]);
    const nth = seen.get(cause) ?? 0;
    seen.set(cause, nth + 1);
    return {
      description: description(problem, spell),
      check_name: code,
      fingerprint: createHash('sha256')
        .update(JSON.stringify([cause, nth]))
        .digest('hex'),
      severity: severities[severity],
      location: { path, lines: { begin: source.line ?? 1 } },
    };
  });
  return `${jsonText(entries, 2)}\n`;
}

/** A line that the work tree has. */
function isLocated(problem: Problem): problem is Located {
  const { source } = problem;
  return source !== undefined && source.revision === undefined && source.isInOtherTree !== true;
}

/** Positions in a message move with the lines. */
function withoutLines(message: string): string {
  return message.replace(/:\d+(?::\d+)?(?!\d)/g, '').replace(/\bline \d+/g, 'line');
}

function description(problem: Problem, spell: SpellCommand): string {
  const message = visibleLines(messageOf(problem));
  return `${message}. Hint: ${visibleLines(hintText(problem.hint, spell))}`;
}
