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
    .map((view) => {
      const { first, addresses, changes, what, blocked, drifted } = view;
      const [change, ...others] = changes;
      const more = others.length > 0 ? `, and ${count(others.length, 'more change')}` : '';
      const text = what === 'changed' && change !== undefined ? `${changeText(change)}${more}` : words[what];
      const source = change?.source === undefined ? '' : `  ${sourceText(change)}`;
      const marks = markOf(blocked, 'blocked') + markOf(drifted, 'drifted');
      const lineOf = (named: string) => `  ${named}  ${text}${marks}`;
      const all = addresses <= mostNamed ? lineOf(namesOf(view)) : undefined;
      const line =
        all !== undefined && (addresses === 1 || widthOf(all) <= width)
          ? all
          : lineOf(`${number(addresses)} like ${addressText(first.subject)}`);
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

/** Addresses of a group that are all named, where there is room. */
const mostNamed = 3;

function namesOf({ first, others }: ChangeGroupView): string {
  return [first.subject, ...others.flatMap(({ addresses }) => addresses)].map(addressText).join(', ');
}

const words = { new: 'new', removed: 'removed', opaque: 'content differs', changed: 'content differs' } as const;

/** How many of a group are not deployed. */
function markOf(some: number, how: string): string {
  return some === 0 ? '' : `, ${number(some)} ${how}`;
}
