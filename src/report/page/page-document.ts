// `-o html`: what a run would do, or has done, as one page.
import { html } from 'hono/html';
import type { Event } from '../../core/events/event.ts';
import { type Report, wasApplied } from '../../core/events/report.ts';
import { formatAddress } from '../../core/model/address.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import { count } from '../../core/problem/quantity.ts';
import { fleetOf } from '../view/fleet-view.ts';
import { withoutComingAndGoing } from '../view/review-view.ts';
import { runResults } from '../view/run-results.ts';
import { changeCards } from './change-cards.ts';
import { fleetTable } from './fleet-table.ts';
import { marksOf } from './marks.ts';
import { errorPanel, warningPanel } from './problem-panels.ts';
import { headHtml, headOf } from './review-head.ts';
import { reviewPanels, settingsCards } from './review-panels.ts';
import { shell } from './shell.ts';
import { statusContent } from './status-page.ts';
import { tenantsPanel } from './tenants-panel.ts';
import { wavesLine } from './waves-line.ts';

interface PageInput {
  readonly command: string;
  readonly report: Report;
  /** Of type `change-explained`. */
  readonly events: readonly Event[];
  readonly spell: SpellCommand;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export async function pageDocument({ command, report, events, spell, now }: PageInput): Promise<string> {
  const { plan, review, problems } = report;
  const base = review?.base;
  const about = [
    command,
    ...(plan === undefined ? [] : [plan.project]),
    ...(plan === undefined || plan.kind === 'comparison' ? [] : [targetsText(plan)]),
    ...(base === undefined ? [] : [`against ${base.revision} (${base.commit.slice(0, 10)})`]),
  ];
  const content =
    plan !== undefined
      ? reviewContent(plan, report, events)
      : report.addresses.length > 0
        ? statusContent(report, spell)
        : nothing(problems.length);
  const page = shell({
    title: ['appcfg', command, ...(plan === undefined ? [] : [plan.project])].join(' '),
    about,
    content: html`${content.head}${errorPanel(problems, spell)}${content.body}${warningPanel(problems, spell)}`,
    now,
  });
  return String(await page);
}

/** `444455556666/eu-west-1`. */
function targetsText({ accountRegions }: Plan): string {
  const [first, ...others] = accountRegions;
  return others.length === 0
    ? first.id.replace(/^unknown\//, '')
    : count(accountRegions.length, 'account and Region', 'accounts and Regions');
}

function interruptedHtml({ interruptedBy }: Report) {
  if (interruptedBy === undefined) return '';
  return html`<p><b class="tag warn">Interrupted (${interruptedBy})</b> To continue, run the same command again.</p>`;
}

function nothing(problems: number) {
  return {
    head: html`<h1>${problems > 0 ? 'The run ended before it had a plan' : 'Nothing to show'}</h1>`,
    body: '',
  };
}

function reviewContent(plan: Plan, report: Report, events: readonly Event[]) {
  const { review } = report;
  const results = wasApplied(report) ? runResults(report) : [];
  const outcomes = new Map(results.map(({ planned, outcome }) => [formatAddress(planned.address), outcome]));
  const groups = (review === undefined ? plan : withoutComingAndGoing(plan, review)).changeGroups;
  const marks = marksOf(groups);
  const contents = new Map(
    events.flatMap((event) =>
      event.type === 'change-explained' ? [[formatAddress(event.address), event.values] as const] : [],
    ),
  );
  const fleet = fleetOf(plan, review, outcomes);
  const { environments } = fleet;
  return {
    head: html`${interruptedHtml(report)}${headHtml(headOf(plan, report, results))}
${settingsCards(plan)}`,
    body: html`${review === undefined ? '' : [...reviewPanels(review), tenantsPanel(review)]}
${wavesLine(plan, review, results)}
${changeCards({ plan, review, groups, environments, marks, contents })}
${fleetTable(fleet, marks)}`,
  };
}
