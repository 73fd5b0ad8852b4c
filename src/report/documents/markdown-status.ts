// A status as Markdown: a daily report. Names and texts from AppConfig are in code, which nothing inside can end.
import type { AddressStatus } from '../../core/assess/address-status.ts';
import type { Report } from '../../core/events/report.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { count, number } from '../../core/problem/quantity.ts';
import { longestNote } from '../note/note.ts';
import { longestName } from '../note/note-names.ts';
import { commitText } from '../results/history.ts';
import { addressText, areInSeveral } from '../style/address-text.ts';
import { visible, visibleLines } from '../style/escape.ts';
import { code, fenced, folded, table } from '../style/markdown.ts';
import { utcTime } from '../style/quantities.ts';
import { extentText, summaryText } from '../text/status.ts';
import { hintText, problemText } from '../view/problem-parts.ts';
import { occurringStates, type StatusCause, statusCauses, statusTotals } from '../view/status-view.ts';

/** Addresses of a cause, causes and environments: the first that fit are taken. */
const sizes = [
  { addresses: 1000, causes: 100, environments: 200 },
  { addresses: 100, causes: 50, environments: 100 },
  { addresses: 20, causes: 20, environments: 50 },
  { addresses: 3, causes: 20, environments: 20 },
  { addresses: 1, causes: 8, environments: 10 },
] as const;

type Size = (typeof sizes)[number];

/** Fits into a note, however many addresses there are. */
export function markdownStatus(report: Report, spell: SpellCommand): string {
  const texts = sizes.map((size) => () => textOf(report, size, spell));
  let text = '';
  for (const make of texts) {
    text = make();
    if (text.length <= longestNote) return text;
  }
  return `${text.slice(0, longestNote - 10)}\n…\n`;
}

function textOf(report: Report, size: Size, spell: SpellCommand): string {
  const { addresses, interruptedBy } = report;
  const causes = statusCauses(addresses);
  const hidden = causes.length - size.causes;
  const parts = [
    '### appcfg',
    ...(interruptedBy === undefined ? [] : [`Interrupted (${interruptedBy}).`]),
    summaryText(addresses),
    ...(addresses.length === 0 ? [] : [boardTable(report, size)]),
    ...causes.slice(0, size.causes).map((cause) => causeDetails(cause, { size, spell, isIn: areInSeveral(addresses) })),
    ...(hidden > 0 ? [`… and ${count(hidden, 'more cause')}.`] : []),
    ...problemsPart(report, size, spell),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Environment × state. */
function boardTable({ addresses, environments }: Report, { environments: most }: Size): string {
  const states = occurringStates(addresses);
  const totals = new Map(
    statusTotals(addresses, environments).map((total) => [`${total.state} ${total.environment}`, total.addresses]),
  );
  const hidden = environments.length - most;
  const rows = environments.slice(0, most).map((environment) => {
    const cells = states.map((state) => {
      const addressesIn = totals.get(`${state} ${environment}`);
      return addressesIn === undefined ? '' : number(addressesIn);
    });
    return [code(environment, longestName), ...cells];
  });
  return table([
    ['environment', ...states],
    ...rows,
    ...(hidden > 0 ? [[`… and ${number(hidden)} more`, ...states.map(() => '')]] : []),
  ]);
}

function causeDetails(
  cause: StatusCause,
  options: { readonly size: Size; readonly spell: SpellCommand; readonly isIn: boolean },
): string {
  const { size, spell, isIn } = options;
  const { state, addresses, reason, hint } = cause;
  const hidden = addresses.length - size.addresses;
  const lines = [
    `${reason}${extentText(cause)}`,
    ...(hint === undefined ? [] : [hintText(hint, spell)]),
    '',
    ...addresses.slice(0, size.addresses).map((status) => addressLine(status, { isIn, cause })),
    ...(hidden > 0 ? [`… and ${number(hidden)} more`] : []),
  ];
  return folded(`<b>${state}</b>: ${count(addresses.length, 'address', 'addresses')}`, fenced(lines.map(visibleLines)));
}

function addressLine(
  status: AddressStatus,
  { isIn, cause }: { readonly isIn: boolean; readonly cause: StatusCause },
): string {
  const { versionNumber, since, commit, accountRegion, problem } = status;
  return [
    addressText(status.address),
    ...(versionNumber === undefined ? [] : [`version ${versionNumber}`]),
    ...(since === undefined ? [] : [`since ${utcTime(since)}`]),
    ...(commit === undefined ? [] : [`commit ${commitText(status)}`]),
    ...(isIn ? [`in ${accountRegion}`] : []),
    ...(cause.hasOwnReasons && problem !== undefined ? [visible(problem.message)] : []),
  ].join('  ');
}

/** Those that no cause has. */
function problemsPart({ problems, addresses }: Report, { causes: most }: Size, spell: SpellCommand): readonly string[] {
  const shown = new Set(addresses.flatMap(({ problem }) => (problem === undefined ? [] : [keyOf(problem)])));
  const others = problems.filter((problem) => !shown.has(keyOf(problem)));
  if (others.length === 0) return [];
  const lines = others.slice(0, most).map((problem) => visibleLines(problemText(problem, spell)));
  const hidden = others.length - most;
  return [fenced([...lines, ...(hidden > 0 ? [`… and ${number(hidden)} more`] : [])])];
}

function keyOf({ code, message }: Problem): string {
  return `${code} ${message}`;
}
