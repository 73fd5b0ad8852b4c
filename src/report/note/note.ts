// A note for a merge request: what a change does to every tenant, or what a run has done. It always fits: of a change that is too
// large first the lists are shortened, then only numbers stay.
import type { Report } from '../../core/events/report.ts';
import { wasApplied } from '../../core/events/report.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Review } from '../../core/review/review.ts';
import { otherSections } from '../plan/other-sections.ts';
import { acknowledgedText, comparedParts, summaryLine } from '../plan/plan-summary.ts';
import { visibleLines } from '../style/escape.ts';
import { clipped, code, fenced, folded, inert, linked } from '../style/markdown.ts';
import { diffOptions } from '../style/text-options.ts';
import { verdictOf } from '../view/plan-view.ts';
import { withoutComingAndGoing } from '../view/review-view.ts';
import { groupsSection } from './note-groups.ts';
import { boundsOf, details, type NoteOptions } from './note-options.ts';
import { blockedSection, problemsSection } from './note-problems.ts';
import { resultSections, resultSentence } from './note-results.ts';
import {
  idleSection,
  keptSection,
  outliersSection,
  settingsSections,
  shieldedSection,
  tenantsSection,
  totalsTable,
} from './note-review.ts';
import { rolloutSection } from './note-rollout.ts';

/** GitLab takes more; people do not read it. */
export const longestNote = 50_000;

export function noteText(report: Report, options: Omit<NoteOptions, 'bounds' | 'environments'>): string {
  const environments = [...new Set(report.review?.totals.map(({ environment }) => environment))];
  let text = '';
  for (const detail of details) {
    const parts = noteParts(report, { ...options, environments, bounds: boundsOf[detail] });
    text = visibleLines(`${parts.join('\n\n')}\n`);
    if (text.length <= longestNote) break;
  }
  return text;
}

function noteParts(report: Report, options: NoteOptions): readonly string[] {
  const { plan, review, interruptedBy } = report;
  const { htmlUrl, title, bounds } = options;
  const result = resultSections(report, options);
  const link = htmlUrl === undefined ? '' : ` ${linked('Everything on one page', htmlUrl)}.`;
  return [
    title === undefined ? '### appcfg' : `### appcfg ${code(title, bounds.value)}`,
    ...(interruptedBy === undefined ? [] : [`**Interrupted (${interruptedBy}).**`]),
    ...(wasApplied(report) ? [`**${resultSentence(report)}**`] : []),
    ...(result ?? []),
    ...(wasApplied(report) ? [...blockedAndProblems(report, options), '### The change'] : []),
    ...(plan === undefined ? [] : planParts({ plan, review, link }, options)),
    ...(wasApplied(report) ? [] : blockedAndProblems(report, options)),
    ...(plan === undefined && report.problems.length === 0 ? ['Nothing was done.'] : []),
  ];
}

function blockedAndProblems(report: Report, options: NoteOptions): readonly string[] {
  return [...blockedSection(report, options), ...problemsSection(report, options)];
}

interface Planned {
  readonly plan: Plan;
  readonly review: Review | undefined;
  readonly link: string;
}

/** What changes. The settings that are loosened come before everything else. */
function planParts({ plan, review, link }: Planned, options: NoteOptions): readonly string[] {
  const { bounds } = options;
  const summary = inert(summaryLine(plan), bounds.message);
  if (review === undefined) return [summary, ...groupsSection(plan, options), ...restSection(plan)];
  return [
    `**${inert(review.verdict, bounds.message)}**`,
    ...(verdictOf(plan) === 'refused' ? [`**${summary}**`] : []),
    `${comparedText(plan, review, options)}${link}`,
    ...totalsTable(review, options),
    ...settingsSections(plan.settingsChanges, options),
    ...tenantsSection(review, options),
    ...outliersSection(review, options),
    ...shieldedSection(review, options),
    ...keptSection(review, options),
    ...idleSection(review, options),
    ...groupsSection(withoutComingAndGoing(plan, review), options),
    ...rolloutSection(plan, review, options),
    ...restSection(plan),
  ];
}

/** With what, and what it comes to in numbers. */
function comparedText(plan: Plan, { base }: Review, { bounds }: NoteOptions): string {
  const summary = inert(summaryLine(plan), bounds.message);
  const to =
    base === undefined
      ? 'what is live in AppConfig'
      : `${code(base.revision, bounds.value)} (${code(base.commit.slice(0, 12), 12)})`;
  if (plan.kind === 'comparison') {
    return [`Compared with ${to}: ${comparedParts(plan).join(', ')}.`, ...acknowledgedText(plan)].join(' ');
  }
  const live = 'what is live in AppConfig';
  return base === undefined
    ? `Compared with ${live}. ${summary}`
    : `Compared with ${live}, reviewed against ${to}. ${summary}`;
}

const longestLine = 300;
const mostLines = 60;

/** Resources that change besides contents, what drifted, what is orphaned. */
function restSection(plan: Plan): readonly string[] {
  const lines = otherSections(plan, diffOptions)
    .join('\n')
    .trimEnd()
    .split('\n')
    .map((line) => clipped(line, longestLine));
  if (lines.join('') === '') return [];
  const shown = lines.slice(0, mostLines);
  const more = shown.length < lines.length ? ['  …'] : [];
  return [folded('Resources, drift and what is no longer in the tree', fenced([...shown, ...more], 'diff'))];
}
