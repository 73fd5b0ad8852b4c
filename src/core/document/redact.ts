// Replaces values that reports must not show: the pointers of the setting "redact", with `*` and `**`, and secrets, which are
// found by their form wherever they are.
//
// The matcher is own code. Patterns come from settings and pointers from content, and a glob library turns `**` into a
// regular expression that backtracks: a hostile pattern would take exponential time. Here all patterns advance together,
// one step at a time, so that the time is linear in the number of steps of a pointer, whatever the patterns are.
import { entriesOf, isList, isMap, mapOf, type Value } from '../model/value.ts';
import { hasSecret } from '../secrets/find-secrets.ts';
import { pointerTo, stepsOf } from './json-pointer.ts';

/** Replaces a redacted value. */
export const redactionMark = '(redacted)';

/** What is redacted: parts of the settings. */
export interface Redaction {
  /** JSON Pointers. In a step, `*` matches any characters; the step `**` matches any number of steps, also none. */
  readonly redact: readonly string[];
  /** Where secrets may be shown, in the same form. */
  readonly secretsShown: readonly string[];
}

export interface Redactor {
  readonly redaction: Redaction;
  /** Whether a pattern covers the pointer, or one above it. Secrets elsewhere are found in values alone. */
  covers(pointer: string): boolean;
  /** A copy of the value at `pointer` (by default the whole document) with the redacted parts replaced by the mark. */
  apply(value: Value, pointer?: string): Value;
  /** The indices of the patterns that match a value of a document. */
  patternsIn(value: Value): ReadonlySet<number>;
  /** Visits each redacted part of a value that has no parts of its own. */
  visit(value: Value, found: (part: Value, pointer: string) => void): void;
  /** False if no pattern ever covers anything. */
  readonly active: boolean;
}

export function createRedactor(redaction: Redaction): Redactor {
  return redactorOf(redaction, true);
}

/** @param findsSecrets whether secrets are redacted that no pattern covers */
function redactorOf(redaction: Redaction, findsSecrets: boolean): Redactor {
  const { redact: patterns, secretsShown } = redaction;
  const start = withoutOptionalSteps(patterns.map(patternOf));
  const shown = findsSecrets ? withoutOptionalSteps(secretsShown.map(patternOf)) : everywhere;
  const at = (pointer: string): State => ({
    rests: afterPointer(start, pointer),
    shown: findsSecrets ? afterPointer(shown, pointer) : everywhere,
    key: keyOfPointer(pointer),
  });
  return {
    // Not the settings, of which it can be a part: it is sent to other threads.
    redaction: { redact: patterns, secretsShown },
    active: patterns.length > 0,
    covers: (pointer) => isCovered(afterPointer(start, pointer)),
    apply: (value, pointer = '') => redacted(value, at(pointer)),
    patternsIn: (value) => {
      const found = new Set<number>();
      collectPatterns(value, start, found);
      return found;
    },
    visit: (value, found) => visitRedacted({ value, pointer: '' }, at(''), found),
  };
}

/** Patterns alone: no value is searched. */
export function patternsOnly(patterns: readonly string[]): Redactor {
  return redactorOf({ redact: patterns, secretsShown: [] }, false);
}

/** The key that a string belongs to: its own, or that of the list that it is in. */
export function keyOfPointer(pointer: string): string {
  return stepsOf(pointer).findLast((step) => !isIndex(step)) ?? '';
}

function isIndex(step: string): boolean {
  return /^[0-9]+$/.test(step);
}

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

/** What is left of a pattern that covers all values. */
const everywhere: ReadonlySet<Rest> = new Set([matchedRest(0)]);

/** Shows everything, secrets, too. */
export const redactNothing: Redactor = redactorOf({ redact: [], secretsShown: [] }, false);

/** What is left of the patterns where a value is. */
interface State {
  readonly rests: ReadonlySet<Rest>;
  /** Of those where secrets may be shown. */
  readonly shown: ReadonlySet<Rest>;
  readonly key: string;
}

function below({ rests, shown, key }: State, step: string): State {
  return {
    rests: rests.size === 0 ? rests : afterStep(rests, step),
    shown: shown === everywhere || shown.size === 0 ? shown : afterStep(shown, step),
    key: isIndex(step) ? key : step,
  };
}

/** Nothing at the value or below it is redacted. */
function showsAll({ rests, shown }: State): boolean {
  return rests.size === 0 && isCovered(shown);
}

function isHidden(value: Value, rests: ReadonlySet<Rest>, { shown, key }: State): boolean {
  return isCovered(rests) || (typeof value === 'string' && !isCovered(shown) && hasSecret(value, key));
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

/** The value itself where nothing in it is redacted. */
function redacted(value: Value, at: State): Value {
  if (showsAll(at)) return value;
  const rests = restsAt(value, at.rests);
  if (isHidden(value, rests, at)) return redactionMark;
  const here = { ...at, rests };
  if (isList(value)) {
    const items = value.map((item, index) => redacted(item, below(here, String(index))));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isMap(value)) return value;
  let isSame = true;
  const members = entriesOf(value).map(([key, member]) => {
    const shown = redacted(member, below(here, key));
    isSame &&= shown === member;
    return [key, shown] as const;
  });
  return isSame ? value : mapOf(members);
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

function visitRedacted(
  { value, pointer }: { readonly value: Value; readonly pointer: string },
  at: State,
  found: (part: Value, pointer: string) => void,
): void {
  if (showsAll(at)) return;
  const rests = restsAt(value, at.rests);
  const parts = isList(value)
    ? value.map((item, index) => [String(index), item] as const)
    : isMap(value)
      ? entriesOf(value)
      : [];
  if (parts.length === 0 && isHidden(value, rests, at)) found(value, pointer);
  const here = { ...at, rests };
  for (const [step, part] of parts)
    visitRedacted({ value: part, pointer: pointerTo(pointer, step) }, below(here, step), found);
}
