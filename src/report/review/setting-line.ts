// A changed setting on one line: the most of it that fits.
import { stepsOf } from '../../core/document/json-pointer.ts';
import { count } from '../../core/problem/quantity.ts';
import type { SettingsChange } from '../../core/settings-changes/compare-settings.ts';
import { firstFitting } from '../style/columns.ts';
import { visible } from '../style/escape.ts';

/** `prod: careful → quick (duration 30 → 10 min; 500 addresses)`. */
export function settingLine(change: SettingsChange, width: number): string {
  const { path, reason, addresses } = change;
  const name = nameOf(path);
  const whose = addresses === undefined ? [] : [count(addresses, 'address', 'addresses')];
  const why = reason === undefined ? [] : [visible(reason)];
  const values = `${name}: ${visible(valuesOf(change))}`;
  const about = (...texts: readonly string[]) => (texts.length === 0 ? '' : ` (${texts.join('; ')})`);
  return firstFitting(
    [
      values + about(...why, ...whose),
      values + about(...why),
      ...(reason === undefined
        ? [values]
        : [`${name}: ${[...why, ...whose].join('; ')}`, `${name}: ${why.join('; ')}`]),
    ],
    width,
  );
}

/** A strategy by the environment that uses it. */
function nameOf(path: string): string {
  const [section = '', name, member] = stepsOf(path);
  if (section === 'environments' && name !== undefined && member === 'deploymentStrategy') return visible(name);
  if (section === 'deploymentStrategies' && name !== undefined) return `strategy ${visible(name)}`;
  return visible(path);
}

function valuesOf({ before, after }: SettingsChange): string {
  const [old, wanted] = [parsed(before), parsed(after)];
  if (isListOrNone(old) && isListOrNone(wanted)) {
    const [lost, added] = [without(old, wanted), without(wanted, old)];
    const parts = [...(lost === '' ? [] : [`without ${lost}`]), ...(added === '' ? [] : [`with ${added}`])];
    return parts.join(', ') || 'in another order';
  }
  if (old === undefined) return `now ${textOf(wanted)}`;
  return wanted === undefined ? `no longer ${textOf(old)}` : `${textOf(old)} → ${textOf(wanted)}`;
}

function parsed(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}

function isListOrNone(value: unknown): value is readonly unknown[] | undefined {
  return value === undefined || Array.isArray(value);
}

function without(list: readonly unknown[] = [], others: readonly unknown[] = []): string {
  const texts = new Set(others.map((each) => JSON.stringify(each)));
  return list
    .filter((each) => !texts.has(JSON.stringify(each)))
    .map(textOf)
    .join(', ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
