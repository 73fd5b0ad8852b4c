// Replaces values that reports must not show: the pointers of the setting "redact", with `*` and `**`.
//
// The matcher is own code. Patterns come from settings and pointers from content, and a glob library turns `**` into a
// regular expression that backtracks: a hostile pattern would take exponential time. Here all patterns advance together,
// one step at a time, so that the time is linear in the number of steps of a pointer, whatever the patterns are.
import { entriesOf, isList, isMap, mapOf, type Value } from '../model/value.ts';
import { stepsOf } from './json-pointer.ts';

/** Replaces a redacted value. */
export const redactionMark = '(redacted)';

export interface Redactor {
  /** Whether the pointer, or one above it, is redacted. */
  covers(pointer: string): boolean;
  /** A copy of the value at `pointer` (by default the whole document) with the redacted parts replaced by the mark. */
  apply(value: Value, pointer?: string): Value;
  /** False if nothing is ever redacted. */
  readonly active: boolean;
}

/** @param patterns JSON Pointers. In a step, `*` matches any characters; the step `**` matches any number of steps, also none. */
export function createRedactor(patterns: readonly string[]): Redactor {
  const start = withoutOptionalSteps(patterns.map(patternOf));
  return {
    active: patterns.length > 0,
    covers: (pointer) => afterPointer(start, pointer).has(end),
    apply: (value, pointer = '') => redacted(value, afterPointer(start, pointer)),
  };
}

export const redactNothing: Redactor = createRedactor([]);

/** The part of a pattern that is not matched yet: one step, and the part after it. */
interface Rest {
  readonly matches: (step: string) => boolean;
  /** The step `**`. */
  readonly repeats: boolean;
  readonly next: Rest | undefined;
}

/** The pattern has matched. It matches any further steps, because everything below a redacted value is redacted. */
const end: Rest = { matches: () => true, repeats: true, next: undefined };

function patternOf(pattern: string): Rest {
  return stepsOf(pattern).reduceRight<Rest>(
    (next, step) => ({ matches: step === '**' ? () => true : stepMatcher(step), repeats: step === '**', next }),
    end,
  );
}

function stepMatcher(pattern: string): (step: string) => boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return (step) => step === pattern;
  const expression = new RegExp(`^${parts.map((part) => part.replace(/[^\w]/gu, escaped)).join('[^]*')}$`, 'u');
  return (step) => expression.test(step);
}

function escaped(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
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

/** @param rests what is left of the patterns at the value. */
function redacted(value: Value, rests: ReadonlySet<Rest>): Value {
  if (rests.size === 0) return value;
  if (rests.has(end)) return redactionMark;
  if (isList(value)) return value.map((item, index) => redacted(item, afterStep(rests, String(index))));
  if (!isMap(value)) return value;
  return mapOf(entriesOf(value).map(([key, member]) => [key, redacted(member, afterStep(rests, key))]));
}
