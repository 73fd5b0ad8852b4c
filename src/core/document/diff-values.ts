// The difference between two contents, pointer by pointer.
import { diffArrays } from 'diff';
import { equalByValue } from './equality.ts';
import { pointerTo } from './json-pointer.ts';
import { type Redactor, redactionMark } from './redact.ts';
import { entriesOf, hasKey, isList, isMap, memberOf, type Value } from './value.ts';
import { lineText } from './write-json.ts';

/** One difference. `path` is a JSON Pointer; `before` and `after` are JSON texts on one line, or the redaction mark. */
export interface Change {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
  /** `file:line` that sets the new value, where it is known and the same for the whole class. */
  readonly source?: string;
}

/**
 * What changes from `before` to `after`: maps are compared key by key; lists of one length item by item, others as
 * what was taken out and put in. Undefined stands for no content at all.
 */
export function changesBetween(
  before: Value | undefined,
  after: Value | undefined,
  options: { readonly redact: Redactor },
): Change[] {
  const changes: Change[] = [];
  collect(before, after, { pointer: '', redact: options.redact, changes });
  return changes;
}

interface Collecting {
  readonly pointer: string;
  readonly redact: Redactor;
  readonly changes: Change[];
}

function collect(before: Value | undefined, after: Value | undefined, into: Collecting): void {
  const { pointer, redact, changes } = into;
  const below = (key: string | number): Collecting => ({ ...into, pointer: pointerTo(pointer, key) });
  if (before === undefined && after === undefined) return;
  if (before !== undefined && after !== undefined && equalByValue(before, after)) {
    if (lineText(before) === lineText(after)) return;
    // 1 and 1.0 are one number and two contents; typed clients can tell.
    if (!isMap(before) && !isList(before)) changes.push(changed(before, after, pointer, redact));
  }
  if (isMap(before) && isMap(after)) {
    for (const [key, member] of entriesOf(before)) {
      if (!hasKey(after, key)) collect(member, undefined, below(key));
    }
    for (const [key, member] of entriesOf(after)) collect(memberOf(before, key), member, below(key));
    return;
  }
  if (isList(before) && isList(after) && !redact.covers(pointer)) {
    collectListChanges(before, after, into);
    return;
  }
  if (before !== undefined && after !== undefined && equalByValue(before, after)) return;
  changes.push(changed(before, after, pointer, redact));
}

function changed(before: Value | undefined, after: Value | undefined, pointer: string, redact: Redactor): Change {
  return {
    op: before === undefined ? 'add' : after === undefined ? 'remove' : 'replace',
    path: pointer,
    ...(before === undefined ? {} : { before: shown(before, pointer, redact) }),
    ...(after === undefined ? {} : { after: shown(after, pointer, redact) }),
  };
}

function shown(value: Value, pointer: string, redact: Redactor): string {
  return redact.covers(pointer) ? redactionMark : lineText(redact.apply(value, pointer));
}

/** Lists with more differences than this are shown as a whole. */
const mostDifferences = 200;

function collectListChanges(before: readonly Value[], after: readonly Value[], into: Collecting): void {
  const { pointer, redact, changes } = into;
  if (before.length === after.length) {
    for (const [index, item] of after.entries()) {
      collect(before[index], item, { ...into, pointer: pointerTo(pointer, index) });
    }
    return;
  }
  const parts = diffArrays(before.map(lineText), after.map(lineText), { maxEditLength: mostDifferences });
  if (parts === undefined) {
    changes.push(changed(before, after, pointer, redact));
    return;
  }
  let oldIndex = 0;
  let newIndex = 0;
  for (const { count, added, removed } of parts) {
    for (let offset = 0; offset < count; offset += 1) {
      const from = pointerTo(pointer, oldIndex + offset);
      const to = pointerTo(pointer, newIndex + offset);
      if (removed) changes.push(changed(before[oldIndex + offset], undefined, from, redact));
      if (added) changes.push(changed(undefined, after[newIndex + offset], to, redact));
    }
    if (!added) oldIndex += count;
    if (!removed) newIndex += count;
  }
}
