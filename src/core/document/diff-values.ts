// The differences between two values, pointer by pointer.
import { diffArrays } from 'diff';
import type { SourcePosition } from '../model/source-position.ts';
import { entriesOf, hasKey, isList, isMap, memberOf, portableNumberText, type Value } from '../model/value.ts';
import { equalByValue } from './equality.ts';
import { pointerTo } from './json-pointer.ts';
import { type Redactor, redactionMark } from './redact.ts';
import { canonicalText, lineText } from './write-json.ts';

/**
 * One difference. `before` and `after` are JSON on one line, or the redaction mark. Exponents have one form, because
 * contents that differ only in it have the same digest: `1e3` is shown as `1.0e+3`.
 */
export interface Change {
  readonly op: 'add' | 'replace' | 'remove';
  /** JSON Pointer: for `remove` of the old value, otherwise of the new one. */
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
  /** Of a feature-flag document, what changes in its words: `newCart`, `newCart limit`. */
  readonly flag?: string;
  /** The file and line that set the new value, or had the deleted one, where they are known; of a change group those of its first address. */
  readonly source?: SourcePosition;
  /** How many files set it in a change group, where they are several. */
  readonly sourceFiles?: number;
}

/**
 * What changes from `before` to `after`; undefined is no content at all. Maps are compared key by key, lists of the same
 * length item by item, other lists by the items that were added and removed. What has the same digest has no changes.
 */
export function changesBetween(
  before: Value | undefined,
  after: Value | undefined,
  options: { readonly redact: Redactor },
): Change[] {
  const changes: Change[] = [];
  collectChanges(before, after, { pointer: '', redact: options.redact, changes });
  return changes;
}

interface Collecting {
  readonly pointer: string;
  readonly redact: Redactor;
  readonly changes: Change[];
}

function collectChanges(before: Value | undefined, after: Value | undefined, into: Collecting): void {
  const { pointer, redact, changes } = into;
  const below = (key: string | number): Collecting => ({ ...into, pointer: pointerTo(pointer, key) });
  if (before === undefined && after === undefined) return;
  const isEqual = before !== undefined && after !== undefined && equalByValue(before, after);
  // 1 and 1.0 are the same number, but different contents: typed clients read them differently.
  if (isEqual && canonicalText(before) === canonicalText(after)) return;
  if (isMap(before) && isMap(after)) {
    for (const [key, member] of entriesOf(before)) {
      if (!hasKey(after, key)) collectChanges(member, undefined, below(key));
    }
    for (const [key, member] of entriesOf(after)) collectChanges(memberOf(before, key), member, below(key));
    return;
  }
  if (isList(before) && isList(after) && !redact.covers(pointer)) {
    collectListChanges(before, after, into);
    return;
  }
  // A redacted list is not compared item by item.
  if (isEqual && isList(before)) return;
  changes.push(changeOf(before, after, into));
}

/** The difference at one pointer as a whole. */
export function changeOf(
  before: Value | undefined,
  after: Value | undefined,
  { pointer, redact }: Pick<Collecting, 'pointer' | 'redact'>,
): Change {
  return {
    op: before === undefined ? 'add' : after === undefined ? 'remove' : 'replace',
    path: pointer,
    ...(before === undefined ? {} : { before: shownText(before, pointer, redact) }),
    ...(after === undefined ? {} : { after: shownText(after, pointer, redact) }),
  };
}

/** Whether a value of a change is redacted, as a whole or in part. */
export function hasMark({ before, after }: Change): boolean {
  return before?.includes(redactionMark) === true || after?.includes(redactionMark) === true;
}

/** A value as changes have it: JSON on one line, or the redaction mark. */
export function shownText(value: Value, pointer: string, redact: Redactor): string {
  return redact.covers(pointer) ? redactionMark : lineText(redact.apply(value, pointer), portableNumberText);
}

/** A list with more differences is reported as one change. Bounds the time of the comparison, which is quadratic. */
const maxListDifferences = 200;

function collectListChanges(before: readonly Value[], after: readonly Value[], into: Collecting): void {
  const { pointer, redact, changes } = into;
  if (before.length === after.length) {
    for (const [index, item] of after.entries()) {
      collectChanges(before[index], item, { ...into, pointer: pointerTo(pointer, index) });
    }
    return;
  }
  const texts = (list: readonly Value[]) => list.map((item) => canonicalText(item));
  const parts = diffArrays(texts(before), texts(after), { maxEditLength: maxListDifferences });
  if (parts === undefined) {
    changes.push(changeOf(before, after, into));
    return;
  }
  let oldIndex = 0;
  let newIndex = 0;
  for (const { count, added, removed } of parts) {
    for (let offset = 0; offset < count; offset += 1) {
      const from = pointerTo(pointer, oldIndex + offset);
      const to = pointerTo(pointer, newIndex + offset);
      if (removed) changes.push(changeOf(before[oldIndex + offset], undefined, { pointer: from, redact }));
      if (added) changes.push(changeOf(undefined, after[newIndex + offset], { pointer: to, redact }));
    }
    if (!added) oldIndex += count;
    if (!removed) newIndex += count;
  }
}
