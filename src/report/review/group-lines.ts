// Groups of addresses that change in the same way, in a line each.
import { count, number } from '../../core/problem/quantity.ts';
import { addressText } from '../style/address-text.ts';
import { sourceText } from '../style/changes.ts';
import { widthOf } from '../style/columns.ts';
import type { TextOptions } from '../style/text-options.ts';
import type { ChangeGroupView } from '../view/plan-view.ts';
import { changeText } from './review-sections.ts';
import type { Section } from './section.ts';

/** One line for each group, the largest first. */
export function groupsSection(groups: readonly ChangeGroupView[], { style, width }: TextOptions): Section {
  const rows = groups
    .toSorted((a, b) => b.addresses - a.addresses)
    .map(({ first, addresses, changes, what, blocked, drifted }) => {
      const [change, ...others] = changes;
      const more = others.length > 0 ? `, and ${count(others.length, 'more change')}` : '';
      const text = what === 'changed' && change !== undefined ? `${changeText(change)}${more}` : words[what];
      const source = change?.source === undefined ? '' : `  ${sourceText(change)}`;
      const named =
        addresses === 1 ? addressText(first.subject) : `${number(addresses)} like ${addressText(first.subject)}`;
      const line = `  ${named}  ${text}${markOf(blocked, 'blocked')}${markOf(drifted, 'drifted')}`;
      return { brief: line.trim(), rows: [widthOf(line + source) <= width ? line + style.faint(source) : line] };
    });
  const title = count(groups.length, 'group of changes', 'groups of changes');
  return {
    title,
    titleOfFirst: `Largest of ${count(groups.length, 'group')}`,
    tone: 'strong',
    rows: rows.map((each) => each.rows),
    briefRows: rows.map(({ brief }) => brief),
  };
}

const words = { new: 'new', removed: 'removed', opaque: 'content differs', changed: 'content differs' } as const;

/** How many of a group are not deployed. */
function markOf(some: number, how: string): string {
  return some === 0 ? '' : `, ${number(some)} ${how}`;
}
