// What an edit of a shared layer comes to at one address: it is reached, shielded by a more specific layer, or an outlier.

import { isSameContent } from '../document/equality.ts';
import { valueAt } from '../document/json-pointer.ts';
import { canonicalText } from '../document/write-json.ts';
import { isList, type Value } from '../model/value.ts';
import type { ProfileSettings } from '../settings/settings.ts';

export interface AtAddress {
  /** What the address has. */
  readonly before: Value | undefined;
  readonly after: Value | undefined;
  /** What the shared layers come to. */
  readonly sharedBefore: Value | undefined;
  readonly sharedAfter: Value | undefined;
  /** Where the edit changes something; not empty. */
  readonly paths: readonly string[];
  /** Of the head. */
  readonly lists: ProfileSettings['lists'];
}

/** `unexpected`: pointers at which the address has something other than the shared layers give. */
export type Judgement =
  | { readonly is: 'shielded' }
  | { readonly is: 'reached' }
  | { readonly is: 'outlier'; readonly unexpected: readonly string[] };

export function judgeAddress(at: AtAddress): Judgement {
  if (at.paths.every((path) => isSameContent(valueAt(at.before, path), valueAt(at.after, path)))) {
    return { is: 'shielded' };
  }
  const unexpected = at.paths.filter((path) => !isExpected(at, path));
  return unexpected.length === 0 ? { is: 'reached' } : { is: 'outlier', unexpected };
}

function isExpected({ before, after, sharedBefore, sharedAfter, lists }: AtAddress, path: string): boolean {
  const [own, wanted] = [valueAt(after, path), valueAt(sharedAfter, path)];
  if (isSameContent(own, wanted)) return true;
  // A list that is combined has items of its own: what is added and removed counts.
  if (!lists.has(path) || !isList(own) || !isList(wanted)) return false;
  const itemsAt = (content: Value | undefined) => {
    const list = valueAt(content, path);
    return isList(list) ? list : [];
  };
  const [change, wantedChange] = [changedItems(itemsAt(before), own), changedItems(itemsAt(sharedBefore), wanted)];
  return change === wantedChange;
}

/** One text for the items that are added and removed, and how often. */
function changedItems(before: readonly Value[], after: readonly Value[]): string {
  const counts = new Map<string, number>();
  const add = (list: readonly Value[], by: number) => {
    for (const item of list) {
      const text = canonicalText(item);
      counts.set(text, (counts.get(text) ?? 0) + by);
    }
  };
  add(before, -1);
  add(after, 1);
  return JSON.stringify([...counts].filter(([, count]) => count !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}
