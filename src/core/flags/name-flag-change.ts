// Changes of a feature-flag document in the words of flags.
import type { Change } from '../document/diff-values.ts';
import { stepsOf } from '../document/json-pointer.ts';

/** The change with the flag that it concerns, where it concerns one: `newCart`, `newCart limit`, `newCart variant 1 rule`. */
export function nameFlagChange(change: Change): Change {
  const [part, key, member, ...rest] = stepsOf(change.path);
  if (key === undefined || (part !== 'flags' && part !== 'values')) return change;
  if (part === 'flags') return { ...change, flag: [`${key} (definition)`, member, ...rest].filter(Boolean).join(' ') };
  if (member !== '_variants') {
    return { ...change, flag: [key, ...(member === 'enabled' ? [] : [member]), ...rest].filter(Boolean).join(' ') };
  }
  const [index, ofVariant, ...below] = rest;
  const variant = index === undefined ? 'variants' : `variant ${Number(index) + 1}`;
  const inVariant = ofVariant === 'enabled' || ofVariant === 'attributeValues' ? [] : [ofVariant];
  return { ...change, flag: [key, variant, ...inVariant, ...below].filter(Boolean).join(' ') };
}

/** The value of a change as a flag's state: `on`, `off`; other values, and those of other documents, as they are. @param text JSON */
export function flagState({ flag, path }: Pick<Change, 'flag' | 'path'>, text: string): string {
  if (flag === undefined || !path.endsWith('/enabled')) return text;
  return text === 'true' ? 'on' : text === 'false' ? 'off' : text;
}
