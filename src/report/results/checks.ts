import type { Check } from '../../core/doctor/check.ts';
import type { EventOf } from '../../core/events/event-handlers.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import { count } from '../../core/problem/quantity.ts';
import { visible } from '../style/escape.ts';
import type { TextOptions } from '../style/text-options.ts';
import { hintText } from '../view/problem-parts.ts';

const marks: Readonly<Record<Check['result'], string>> = { ok: 'ok', fault: 'fault', 'not-checkable': '?' };

/** A line for each check, and below a fault what fixes it. Permissions that are no fault are counted, unless all are shown. */
export function checksText(
  { checks, command }: EventOf<'checks-made'>,
  options: TextOptions & { readonly spell: SpellCommand; readonly showsAll: boolean },
): string {
  const shown = options.showsAll ? checks : withCountedPermissions(checks);
  const width = Math.max(...shown.map(({ name }) => name.length));
  const lines = shown.flatMap((check) => {
    const { name, result, detail, hint, accountRegion } = check;
    const where = accountRegion === undefined ? '' : `${accountRegion}: `;
    const line = `${marks[result].padEnd(5)}  ${name.padEnd(width)}  ${visible(where + detail)}`;
    return hint === undefined ? [line] : [line, `${' '.repeat(width + 9)}${visible(hintText(hint, options.spell))}`];
  });
  const faults = checks.filter(({ result }) => result === 'fault').length;
  const unknown = checks.filter(
    ({ result, isPermission }) => result === 'not-checkable' && isPermission === true,
  ).length;
  const verdict =
    faults > 0
      ? `${count(faults, 'fault')}.`
      : unknown > 0
        ? `No fault found; ${count(unknown, 'permission')} not checked.`
        : `No fault: appcfg ${command} can run.`;
  return `${[...lines, '', verdict].join('\n')}\n`;
}

/** Where the first is, for each account and Region. */
function withCountedPermissions(checks: readonly Check[]): readonly Check[] {
  const groups = new Map<string, Check[]>();
  const shown: (Check | Check[])[] = [];
  for (const check of checks) {
    if (check.isPermission !== true || check.result === 'fault') {
      shown.push(check);
      continue;
    }
    const key = `${check.accountRegion} ${check.result}`;
    const group = groups.get(key);
    if (group === undefined) {
      const created = [check];
      groups.set(key, created);
      shown.push(created);
    } else group.push(check);
  }
  return shown.map((each) => {
    if (!Array.isArray(each)) return each;
    const [first, ...others] = each;
    if (first === undefined || others.length === 0) return first ?? { name: '', result: 'ok', detail: '' };
    const names = each.map(({ name }) => name).join(', ');
    return first.result === 'ok'
      ? { ...first, name: 'permissions', detail: `${each.length} allowed` }
      : {
          ...first,
          name: 'permissions',
          detail: `${each.length} not checked: only a write shows whether they are allowed (or the policy has tag conditions): ${names}`,
        };
  });
}
