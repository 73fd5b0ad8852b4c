// What changes in contents, group by group.
import { sortBy } from 'es-toolkit/array/sortBy';
import type { Plan } from '../../core/plan/plan.ts';
import { count, number } from '../../core/problem/quantity.ts';
import { accountRegionText, addressText } from '../style/address-text.ts';
import { changeRows, signIndent } from '../style/changes.ts';
import { cut } from '../style/columns.ts';
import { firstOf, someOf } from '../style/shortened.ts';
import { showsAll, type TextOptions } from '../style/text-options.ts';
import { type ChangeGroupView, changeGroupViews } from '../view/plan-view.ts';

/** Where not all are asked for. */
const mostChanges = 40;
const mostGroups = 60;
/** Named in one line. */
const mostNamed = 20;

/** Each with its addresses and what changes, the largest first. */
export function changeGroupSections(plan: Plan, options: TextOptions): readonly string[] {
  const groups = sortBy(changeGroupViews(plan), [({ addresses: number }) => -number]);
  const { shown, more } = firstOf(groups, showsAll(options) ? groups.length : mostGroups, 'change group');
  return [...shown.map((group) => changeGroupLines(group, options)), ...more.map((line) => [line])].map(
    (lines) => `${lines.join('\n')}\n`,
  );
}

function changeGroupLines(group: ChangeGroupView, options: TextOptions): readonly string[] {
  const { style, width, verbose } = options;
  const { first, others, addresses: all, blocked, drifted } = group;
  const markOf = (some: number, how: string) =>
    some === 0 ? '' : all === 1 ? `  ${how}` : `  ${number(some)} of ${number(all)} ${how}`;
  const mark = markOf(blocked, 'blocked') + markOf(drifted, 'drifted');
  return [
    style.strong(addressText(first.subject)) + style.faint(accountRegionText(first)) + style.error(mark),
    ...others.map(({ accountRegion, addresses: names }) => {
      const where = accountRegionText({ accountRegion });
      const named = someOf(
        names.map((address) => addressText(address)),
        mostNamed,
      );
      const text = `  and ${number(names.length)} more with the same change${where}: ${named}`;
      return style.faint(verbose ? text : cut(text, width));
    }),
    ...contentLines(group, options),
  ];
}

function contentLines({ what, bytes, changes }: ChangeGroupView, options: TextOptions): readonly string[] {
  const { style, verbose } = options;
  const indent = signIndent(options);
  if (what === 'new' && !verbose)
    return [
      style.added(
        `${indent}+ new, ${bytes === undefined ? 'with redacted values: its size is hidden' : count(bytes, 'byte')}`,
      ),
    ];
  if (what === 'removed' && !verbose) return [style.removed(`${indent}- removed`)];
  if (changes.length === 0)
    return [
      style.changed(
        `${indent}~ content differs (the live version was deleted, or is neither valid JSON nor valid YAML)`,
      ),
    ];
  const { shown, more } = firstOf(changes, showsAll(options) ? changes.length : mostChanges, 'change');
  return [...changeRows(shown, options), ...more.map((line) => style.faint(`  ${line}`))];
}
