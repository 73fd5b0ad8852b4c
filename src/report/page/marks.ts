// The sign and the colour of each change group. Groups differ by their signs: colours are few, and not everyone sees them.

import { html } from 'hono/html';
import { largestFirst } from '../../core/plan/change-groups.ts';
import type { ChangeGroup } from '../../core/plan/plan.ts';
import type { FleetMark, MarkKind } from '../view/fleet-view.ts';
import type { RunOutcome } from '../view/run-results.ts';
import { groupFragment, type Html } from './html-parts.ts';

export interface GroupMark {
  readonly sign: string;
  /** A class of the style sheet. */
  readonly tone: string;
}

/** Groups with a colour of their own. */
const tones = 8;

/** The largest group is A. */
export function marksOf(groups: readonly ChangeGroup[]): ReadonlyMap<string, GroupMark> {
  const bySize = largestFirst(groups);
  return new Map(
    bySize.map(({ id }, index) => [id, { sign: signAt(index), tone: index < tones ? `g${index}` : 'gx' }]),
  );
}

/** A to Z, AA to ZZ, and so on. */
function signAt(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : `${signAt(Math.floor(index / 26) - 1)}${letter}`;
}

/** `sign`: where there is no group, or beside the sign of the group. */
export const kindWords = {
  changed: { sign: '', words: 'changes' },
  added: { sign: '+', words: 'is new' },
  removed: { sign: '−', words: 'is no longer in the tree' },
  outlier: { sign: '≠', words: "changes, but not to the template's value" },
  shielded: { sign: '=', words: 'keeps its own value: it overrides the change' },
  blocked: { sign: '!', words: 'is blocked' },
  drifted: { sign: '?', words: 'was deployed outside of appcfg, and stays as it is' },
} as const satisfies Record<MarkKind, { readonly sign: string; readonly words: string }>;

/** How a run has ended at an address; a blocked one has the sign of its kind. */
export const outcomeSigns = {
  succeeded: '✓',
  'in flight': '…',
  failed: '✗',
  'rolled back': '↩',
  skipped: '–',
  blocked: '',
} as const satisfies Record<RunOutcome, string>;

/** Of an address in a change group: the group by colour and sign, and what is special about it. */
export function groupMarkHtml(
  { address, kind, group, outcome }: FleetMark,
  marks: ReadonlyMap<string, GroupMark>,
): Html {
  const { sign = '', tone = '' } = marks.get(group ?? '') ?? {};
  const special = kind === 'changed' ? '' : ` ${kind}`;
  return html`<a class="m${special} ${tone}${outcomeClass(outcome)}" ${kind === 'changed' ? '' : html`data-kind="${kind}"`} href="#${groupFragment(group ?? '')}" title="${address.configurationProfile}">${sign}${kindWords[kind].sign}${outcomeSign(outcome)}</a>`;
}

/** Of all addresses of a kind in a cell: the sign, and how many there are. */
export function kindMarkHtml(same: readonly FleetMark[]): Html | '' {
  const [first] = same;
  if (first === undefined) return '';
  const { kind, outcome } = first;
  const profiles = same.map(({ address }) => address.configurationProfile).join(', ');
  return html`<b class="m ${kind}${outcomeClass(outcome)}" data-kind="${kind}" title="${profiles}">${kindWords[kind].sign}${same.length > 1 ? same.length : ''}${outcomeSign(outcome)}</b>`;
}

/** As a class of the style sheet. */
function outcomeClass(outcome: RunOutcome | undefined): string {
  return outcome === undefined || outcome === 'blocked' ? '' : ` ${outcome.replace(' ', '-')}`;
}

function outcomeSign(outcome: RunOutcome | undefined): string {
  return outcome === undefined ? '' : outcomeSigns[outcome];
}
