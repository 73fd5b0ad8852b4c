// The sign and the colour of each change group. Groups differ by their signs: colours are few, and not everyone sees them.

import { sortBy } from 'es-toolkit/array/sortBy';
import { html } from 'hono/html';
import type { ChangeGroup } from '../../core/plan/plan.ts';
import type { FleetMark, MarkKind } from '../view/fleet-view.ts';
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
  const bySize = sortBy(groups, [({ addresses }) => -addresses.length]);
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
  outlier: { sign: '≠', words: 'ends up different from what the shared layers give' },
  shielded: { sign: '=', words: 'keeps its own value' },
  blocked: { sign: '!', words: 'is blocked' },
  drifted: { sign: '?', words: 'was deployed outside of appcfg, and stays as it is' },
} as const satisfies Record<MarkKind, { readonly sign: string; readonly words: string }>;

const resultSigns = { succeeded: '✓', failed: '✗', skipped: '–' } as const;

/** A cell's mark: its group by colour and sign, and what is special about it. */
export function markHtml({ address, kind, group, result }: FleetMark, marks: ReadonlyMap<string, GroupMark>): Html {
  const mark = group === undefined ? undefined : marks.get(group);
  const { sign } = kindWords[kind];
  const text = `${mark?.sign ?? ''}${sign}${result === undefined ? '' : resultSigns[result.status]}`;
  const tone = `m ${kind === 'changed' ? '' : `${kind} `}${mark?.tone ?? ''}${result === undefined ? '' : ` ${result.status}`}`;
  const title = address.configurationProfile;
  return mark === undefined || group === undefined
    ? html`<b class="${tone}" title="${title}">${text}</b>`
    : html`<a class="${tone}" href="#${groupFragment(group)}" title="${title}">${text}</a>`;
}
