// Values that no output shows: the settings' pointers, with `*` and `**`.
import { stepsOf } from './json-pointer.ts';
import { entriesOf, isList, isMap, mapOf, type Value } from './value.ts';

/** Stands in the place of a value that is not shown. */
export const redactionMark = '(redacted)';

export interface Redactor {
  /** True for a pointer that is redacted, or that lies below one. */
  covers(pointer: string): boolean;
  /** The value, which stands at `pointer`, with everything in it that is redacted replaced by the mark. */
  apply(value: Value, pointer?: string): Value;
  /** False: nothing is ever redacted. */
  readonly active: boolean;
}

/** @param patterns JSON Pointers; in a step `*` stands for any text, and a step `**` for any steps, none included. */
export function createRedactor(patterns: readonly string[]): Redactor {
  const known = redactors.get(patterns);
  if (known !== undefined) return known;
  const start = opened(patterns.map(patternOf));
  const redactor: Redactor = {
    active: patterns.length > 0,
    covers: (pointer) => reached(start, pointer).has(end),
    apply: (value, pointer = '') => redacted(value, reached(start, pointer)),
  };
  redactors.set(patterns, redactor);
  return redactor;
}

const redactors = new WeakMap<readonly string[], Redactor>();

/** What of a pattern is left to match: a step, and what comes after it. */
interface Rest {
  readonly matches: (step: string) => boolean;
  /** Stands for any number of steps. */
  readonly repeats: boolean;
  readonly next: Rest | undefined;
}

/** Nothing is left: the pattern has matched. It repeats, because everything below is covered as well. */
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

/** With what is left after steps that may be none. */
function opened(rests: Iterable<Rest>): ReadonlySet<Rest> {
  const all = new Set<Rest>();
  for (const rest of rests) {
    for (let at: Rest | undefined = rest; at !== undefined && !all.has(at); at = at.repeats ? at.next : undefined) {
      all.add(at);
    }
  }
  return all;
}

function after(rests: ReadonlySet<Rest>, step: string): ReadonlySet<Rest> {
  const left: Rest[] = [];
  for (const rest of rests) {
    if (!rest.matches(step)) continue;
    const next = rest.repeats ? rest : rest.next;
    if (next !== undefined) left.push(next);
  }
  return opened(left);
}

function reached(start: ReadonlySet<Rest>, pointer: string): ReadonlySet<Rest> {
  return stepsOf(pointer).reduce(after, start);
}

/** @param rests what is left of the patterns at the value. */
function redacted(value: Value, rests: ReadonlySet<Rest>): Value {
  if (rests.size === 0) return value;
  if (rests.has(end)) return redactionMark;
  if (isList(value)) return value.map((item, index) => redacted(item, after(rests, String(index))));
  if (!isMap(value)) return value;
  return mapOf(entriesOf(value).map(([key, member]) => [key, redacted(member, after(rests, key))]));
}
