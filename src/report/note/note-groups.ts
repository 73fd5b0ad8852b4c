// Change groups in a note, the largest first: what changes, and at which addresses.
import type { Change } from '../../core/document/diff-values.ts';
import { flagState } from '../../core/flags/name-flag-change.ts';
import { formatAddress } from '../../core/model/address.ts';
import { formatSource } from '../../core/model/source-position.ts';
import { largestFirst } from '../../core/plan/change-groups.ts';
import type { ChangeGroup, Plan, PlannedAddress } from '../../core/plan/plan.ts';
import { count, number } from '../../core/problem/quantity.ts';
import { firstDifference } from '../style/changes.ts';
import { clipped, code, fenced, folded, linked } from '../style/markdown.ts';
import { addressName, environmentNames, longestName, whoLines } from './note-names.ts';
import { type NoteOptions, pageUrl } from './note-options.ts';

/** Addresses that are named in the title of a group. */
const mostNamed = 3;
/** Groups that stand open. */
const mostOpen = 5;

/** @param plan without groups that are reported otherwise */
export function groupsSection(plan: Plan, options: NoteOptions): readonly string[] {
  const { changeGroups } = plan;
  if (changeGroups.length === 0) return [];
  const planned = new Map(plan.addresses.map((each) => [formatAddress(each.address), each]));
  const all = largestFirst(changeGroups);
  const shown = all.slice(0, options.bounds.groups);
  const open = shown.slice(0, mostOpen).flatMap((group) => groupParts(group, planned, options));
  const rest = shown.slice(mostOpen).flatMap((group) => groupParts(group, planned, options));
  const hidden = all.slice(shown.length);
  const addresses = hidden.reduce((sum, group) => sum + group.addresses.length, 0);
  return [
    `#### ${count(changeGroups.length, 'group of changes', 'groups of changes')}`,
    ...open,
    ...(rest.length === 0 ? [] : [folded(`${count(shown.length - mostOpen, 'smaller group')}`, rest.join('\n\n'))]),
    ...(hidden.length === 0
      ? []
      : [
          shown.length === 0
            ? `They are too many for a note, with ${count(addresses, 'address', 'addresses')}.`
            : `… and ${count(hidden.length, 'more group')}, with ${count(addresses, 'address', 'addresses')}`,
        ]),
  ];
}

function groupParts(
  group: ChangeGroup,
  planned: ReadonlyMap<string, PlannedAddress>,
  options: NoteOptions,
): readonly string[] {
  const { addresses } = group;
  const { bounds, htmlUrl } = options;
  const [first] = addresses;
  const named = addresses.length <= mostNamed;
  const tenants = new Set(addresses.map(({ tenant }) => tenant)).size;
  const link = htmlUrl === undefined ? '' : ` · ${linked('on the page', pageUrl(htmlUrl, 'g', group.id))}`;
  const blocked = addresses.filter((each) => planned.get(formatAddress(each))?.action === 'blocked').length;
  const drifted = addresses.filter((each) => planned.get(formatAddress(each))?.action === 'drifted').length;
  const marks = [
    ...(blocked === 0 ? [] : [`**${number(blocked)} blocked**`]),
    ...(drifted === 0 ? [] : [`**${number(drifted)} drifted**`]),
  ].join(', ');
  const title = named
    ? addresses.map((address) => addressName(address, options)).join(', ')
    : `**${count(addresses.length, 'address', 'addresses')}** of ${code(first?.configurationProfile ?? '', longestName)} in ${environmentNames(addresses, options)}`;
  const who = named ? [] : whoLines(addresses, options).slice(0, bounds.foldedRows);
  const example = first === undefined ? undefined : planned.get(formatAddress(first));
  return [
    `${title}${marks === '' ? '' : ` — ${marks}`}${link}`,
    fenced(diffLines(group.changes, example, options), 'diff'),
    ...(who.length === 0 ? [] : [folded(`at ${count(tenants, 'tenant')}`, who.map((line) => `- ${line}`).join('\n'))]),
  ];
}

function diffLines(
  changes: readonly Change[],
  example: PlannedAddress | undefined,
  { bounds }: NoteOptions,
): readonly string[] {
  if (changes.length === 0) return ['  the content differs; the live version cannot be read'];
  const shown = changes.slice(0, bounds.changes);
  const hidden = changes.length - shown.length;
  return [
    ...(example?.action === 'create' ? ['+ new'] : example?.action === 'delete' ? ['- removed'] : []),
    ...shown.flatMap((change) => changeLines(change, bounds.value)),
    ...(hidden === 0 ? [] : [`  … and ${count(hidden, 'more change')}`]),
  ];
}

/** Each line begins with a sign of the diff: no text of a content stands at the beginning of a line. */
function changeLines(change: Change, most: number): readonly string[] {
  const { path, before, after, flag, source } = change;
  const at = source === undefined ? '' : `  ${clipped(formatSource(source), most)}`;
  const what = flag === undefined ? '' : `  ${clipped(flag, most)}`;
  const [old, now] = [before, after].map((text) => text && flagState(change, text));
  const from = old === undefined || now === undefined ? 0 : firstDifference(old, now, mostCompared);
  return [
    `@@ ${path === '' ? '(the whole content)' : clipped(path, most)} @@${what}${at}`,
    ...(old === undefined ? [] : [`- ${excerpt(old, from, most)}`]),
    ...(now === undefined ? [] : [`+ ${excerpt(now, from, most)}`]),
  ];
}

/** A long value from a little before its first difference. */
function excerpt(text: string, difference: number, most: number): string {
  const lead = Math.floor(most / 3);
  if (difference <= lead || text.length <= most) return clipped(text, most);
  // One character more than there is room for shows that it is cut.
  return `…${clipped(text.slice(difference - lead, difference - lead + most).toWellFormed(), most - 1)}`;
}

/** Of values that are longer, the rest is not worth the time. */
const mostCompared = 100_000;
