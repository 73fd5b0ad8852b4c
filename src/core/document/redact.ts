// Replaces values that reports must not show: the pointers of the setting "redact", with `*` and `**`.
//
// The matcher is own code. Patterns come from settings and pointers from content, and a glob library turns `**` into a
// regular expression that backtracks: a hostile pattern would take exponential time. Here all patterns advance together,
// one step at a time, so that the time is linear in the number of steps of a pointer, whatever the patterns are.
import { entriesOf, isList, isMap, mapOf, type Value } from '../model/value.ts';
import { pointerTo, stepsOf } from './json-pointer.ts';

/** Replaces a redacted value. */
export const redactionMark = '(redacted)';

export interface Redactor {
  readonly patterns: readonly string[];
  /** Whether the pointer, or one above it, is redacted. */
  covers(pointer: string): boolean;
  /** A copy of the value at `pointer` (by default the whole document) with the redacted parts replaced by the mark. */
  apply(value: Value, pointer?: string): Value;
  /** The indices of the patterns that match a value of a document. */
  patternsIn(value: Value): ReadonlySet<number>;
  /** Visits each redacted part of a value that has no parts of its own. */
  visit(value: Value, found: (part: Value, pointer: string) => void): void;
  /** False if nothing is ever redacted. */
  readonly active: boolean;
}

/** @param patterns JSON Pointers. In a step, `*` matches any characters; the step `**` matches any number of steps, also none. */
export function createRedactor(patterns: readonly string[]): Redactor {
  const start = withoutOptionalSteps(patterns.map(patternOf));
  return {
    patterns,
    active: patterns.length > 0,
    covers: (pointer) => isCovered(afterPointer(start, pointer)),
    apply: (value, pointer = '') => redacted(value, afterPointer(start, pointer)),
    patternsIn: (value) => {
      const found = new Set<number>();
      collectPatterns(value, start, found);
      return found;
    },
    visit: (value, found) => visitRedacted({ value, pointer: '' }, start, found),
  };
}

export const redactNothing: Redactor = createRedactor([]);

/** The part of a pattern that is not matched yet: one step, and the part after it. */
interface Rest {
  readonly matches: (step: string) => boolean;
  /** The step `**`. */
  readonly repeats: boolean;
  readonly next: Rest | undefined;
  /** The index of the pattern, where it has matched. */
  readonly matched: number | undefined;
  /** Follows one or more steps without `*`: the value here is a map of which a member is redacted. */
  readonly isBelowNames: boolean;
  /** Whether the step can be the index of a list's item. */
  readonly takesIndex: boolean;
}

/** What has matched matches any further steps: everything below a redacted value is redacted. */
function matchedRest(index: number): Rest {
  const any = { matches: () => true, repeats: true, isBelowNames: false, takesIndex: true };
  return { ...any, next: undefined, matched: index };
}

function patternOf(pattern: string, index: number): Rest {
  const steps = stepsOf(pattern).filter((step, at, all) => step !== '**' || all[at + 1] !== '**');
  const named = steps.findIndex((step) => step.includes('*'));
  return steps.reduceRight<Rest>((next, step, at) => {
    const repeats = step === '**';
    const isBelowNames = at > 0 && (named === -1 || at <= named);
    const takesIndex = step.includes('*') || /^[0-9]+$/.test(step);
    return {
      matches: repeats ? () => true : stepMatcher(step),
      repeats,
      next,
      matched: undefined,
      isBelowNames,
      takesIndex,
    };
  }, matchedRest(index));
}

/** Each part is looked for where the one before it ends: further on, no more of the rest can match. */
function stepMatcher(pattern: string): (step: string) => boolean {
  const [first = '', ...parts] = pattern.split('*');
  const last = parts.pop();
  if (last === undefined) return (step) => step === pattern;
  return (step) => {
    if (!step.startsWith(first)) return false;
    let at = first.length;
    for (const part of parts) {
      const found = step.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return step.length - last.length >= at && step.endsWith(last);
  };
}

function isCovered(rests: ReadonlySet<Rest>): boolean {
  for (const { matched } of rests) if (matched !== undefined) return true;
  return false;
}

/** The rests, and what is left of each of them if its leading `**` steps match nothing. */
function withoutOptionalSteps(rests: Iterable<Rest>): ReadonlySet<Rest> {
  const all = new Set<Rest>();
  for (const rest of rests) {
    for (let at: Rest | undefined = rest; at !== undefined && !all.has(at); at = at.repeats ? at.next : undefined) {
      all.add(at);
    }
  }
  return all;
}

function afterStep(rests: ReadonlySet<Rest>, step: string): ReadonlySet<Rest> {
  const left: Rest[] = [];
  for (const rest of rests) {
    if (!rest.matches(step)) continue;
    const next = rest.repeats ? rest : rest.next;
    if (next !== undefined) left.push(next);
  }
  return withoutOptionalSteps(left);
}

function afterPointer(start: ReadonlySet<Rest>, pointer: string): ReadonlySet<Rest> {
  return stepsOf(pointer).reduce(afterStep, start);
}

/**
 * What is left of the patterns at a value. Text or a list where a pattern has a map may be the redacted member with a typing
 * error, such as `password:x` without a blank: it is redacted as a whole.
 */
function restsAt(value: Value, rests: ReadonlySet<Rest>): ReadonlySet<Rest> {
  if (value === null || typeof value === 'boolean' || isMap(value)) return rests;
  for (const { isBelowNames, takesIndex } of rests) {
    if (isBelowNames && !(isList(value) && takesIndex)) return new Set([...rests, matchedRest(-1)]);
  }
  return rests;
}

/** @param above what is left of the patterns where the value is. */
function redacted(value: Value, above: ReadonlySet<Rest>): Value {
  if (above.size === 0) return value;
  const rests = restsAt(value, above);
  if (isCovered(rests)) return redactionMark;
  if (isList(value)) return value.map((item, index) => redacted(item, afterStep(rests, String(index))));
  if (!isMap(value)) return value;
  return mapOf(entriesOf(value).map(([key, member]) => [key, redacted(member, afterStep(rests, key))]));
}

function collectPatterns(value: Value, rests: ReadonlySet<Rest>, found: Set<number>): void {
  const open: Rest[] = [];
  for (const rest of rests) {
    if (rest.matched === undefined) open.push(rest);
    else found.add(rest.matched);
  }
  if (open.length === 0) return;
  const below = new Set(open);
  if (isList(value)) {
    for (const [index, item] of value.entries()) collectPatterns(item, afterStep(below, String(index)), found);
  } else if (isMap(value)) {
    for (const [key, member] of entriesOf(value)) collectPatterns(member, afterStep(below, key), found);
  }
}

/** @param above what is left of the patterns where the value is. */
function visitRedacted(
  at: { readonly value: Value; readonly pointer: string },
  above: ReadonlySet<Rest>,
  found: (part: Value, pointer: string) => void,
): void {
  if (above.size === 0) return;
  const { value, pointer } = at;
  const rests = restsAt(value, above);
  const parts = isList(value)
    ? value.map((item, index) => [String(index), item] as const)
    : isMap(value)
      ? entriesOf(value)
      : [];
  if (parts.length === 0 && isCovered(rests)) found(value, pointer);
  for (const [step, part] of parts) {
    visitRedacted({ value: part, pointer: pointerTo(pointer, step) }, afterStep(rests, step), found);
  }
}
