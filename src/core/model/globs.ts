// Globs of names: `*`, `?`, `[a-z]`, `{a,b}`, `{1..9}` and, as a whole part of an address, `**`.
//
// The matcher is own code. Globs come from settings, and glob libraries make regular expressions of them, which take exponential
// time for a hostile one. Here all ways to match advance together, one character at a time: the time is at most the length of the
// glob times that of the name.

/** Characters. */
export const longestGlob = 512;

/** In one list. */
export const mostGlobs = 1000;

/** Numbers of a range such as `{1..9}`. */
const longestRange = 1000;

const special = /[*?![\]{}()]/;

/** Whether a glob has no special characters, or only escaped ones, so that it matches one name only. */
export function isLiteralName(glob: string): boolean {
  return !special.test(glob.replace(/\\[\\*?![\]{}()]/g, ''));
}

/** The name that a literal glob matches. */
export function nameOfGlob(glob: string): string {
  return special.test(glob) ? glob.replace(/\\([\\*?![\]{}()])/g, '$1') : glob;
}

/** The glob that matches one name only: with special characters escaped. */
export function globOfName(name: string): string {
  return special.test(name) ? name.replace(/[\\*?![\]{}()]/g, '\\$&') : name;
}

/** What is wrong with a glob; undefined for a valid one. */
export function globMistake(glob: string): string | undefined {
  if (glob.length > longestGlob) return `has more than ${longestGlob} characters`;
  const [extended] = /[@?*+!]\(/.exec(glob) ?? [];
  if (extended === '!(') return 'has "!(": exclude names with a glob of their own that begins with !';
  if (extended !== undefined) return `has "${extended}": write alternatives as {a,b}, and a parenthesis as \\(`;
  const isLong = [...glob.matchAll(/\{(-?\d+)\.\.(-?\d+)\}/g)].some(
    ([, from, to]) => Math.abs(Number(to) - Number(from)) >= longestRange,
  );
  return isLong ? `has a range of more than ${longestRange} numbers` : undefined;
}

/** Whether at least one glob matches; false for an empty list. @param globs valid ones */
export function matchesAny(name: string, globs: readonly string[]): boolean {
  // A name that contains glob characters also matches itself.
  return globs.some((glob) => name === glob || (special.test(glob) && matches(programOf(glob), name)));
}

/** What comes next: a character that the test accepts, and then the following instruction; or all of the others at once. */
type Instruction = ((char: string) => boolean) | readonly number[];

type Program = readonly Instruction[];

const matchers = new Map<string, Program>();

function programOf(glob: string): Program {
  let program = matchers.get(glob);
  if (program === undefined) {
    program = new Compiler(glob).program();
    matchers.set(glob, program);
  }
  return program;
}

function matches(program: Program, name: string): boolean {
  let current = reached(program, [0]);
  for (const char of name) {
    const next: number[] = [];
    for (const at of current) {
      const instruction = program[at];
      if (typeof instruction === 'function' && instruction(char)) next.push(at + 1);
    }
    if (next.length === 0) return false;
    current = reached(program, next);
  }
  return current.has(program.length);
}

/** The instructions, and those that they lead to without a character. */
function reached(program: Program, from: readonly number[]): ReadonlySet<number> {
  const all = new Set(from);
  for (const at of all) {
    const instruction = program[at];
    if (typeof instruction === 'object') for (const target of instruction) all.add(target);
  }
  return all;
}

const isInPart = (char: string): boolean => char !== '/';
const isAny = (): boolean => true;

class Compiler {
  readonly #chars: readonly string[];
  readonly #program: Instruction[] = [];

  constructor(glob: string) {
    this.#chars = [...glob];
  }

  program(): Program {
    this.#sequence(0, this.#chars.length);
    return this.#program;
  }

  /** Adds the instructions for the characters from `start` up to `end`. */
  #sequence(start: number, end: number): void {
    for (let at = start; at < end; ) at = this.#item(at, end);
  }

  /** Adds the item that begins at a character. @returns where the next one begins */
  #item(at: number, end: number): number {
    const char = this.#chars[at] ?? '';
    if (char === '*') return this.#stars(at, end);
    if (char === '?') return this.#char(isInPart, at + 1);
    if (char === '[') return this.#class(at, end);
    if (char === '{') return this.#braces(at, end);
    if (char === '\\' && at + 1 < end) return this.#literal(this.#chars[at + 1] ?? '', at + 2);
    return this.#literal(char, at + 1);
  }

  #char(test: (char: string) => boolean, next: number): number {
    this.#program.push(test);
    return next;
  }

  #literal(wanted: string, next: number): number {
    return this.#char((char) => char === wanted, next);
  }

  /** One or more stars. Two that are a whole part of an address match several parts, also none. */
  #stars(at: number, end: number): number {
    let next = at;
    while (next < end && this.#chars[next] === '*') next += 1;
    const isWholePart = next - at === 2 && (at === 0 || this.#chars[at - 1] === '/');
    const spans = isWholePart && (next === end || this.#chars[next] === '/');
    if (spans && next < end) {
      const start = this.#hole();
      this.#loop(isAny);
      this.#literal('/', next);
      this.#program[start] = [start + 1, this.#program.length];
      return next + 1;
    }
    this.#loop(spans ? isAny : isInPart);
    return next;
  }

  /** Any number of characters, also none. */
  #loop(test: (char: string) => boolean): void {
    const start = this.#hole();
    this.#program.push(test, [start]);
    this.#program[start] = [start + 1, this.#program.length];
  }

  /** An empty instruction, to be replaced by one whose targets are not known yet. */
  #hole(): number {
    return this.#program.push([]) - 1;
  }

  #either(alternatives: readonly (readonly [start: number, end: number])[]): void {
    const start = this.#hole();
    const first: number[] = [];
    const exits: number[] = [];
    for (const [from, to] of alternatives) {
      first.push(this.#program.length);
      this.#sequence(from, to);
      exits.push(this.#hole());
    }
    this.#program[start] = first;
    for (const exit of exits) this.#program[exit] = [this.#program.length];
  }

  /** `[a-z]`, `[!a-z]`. A bracket that is not closed is an ordinary character. */
  #class(at: number, end: number): number {
    const isNegated = '!^'.includes(this.#chars[at + 1] ?? '-');
    const first = isNegated ? at + 2 : at + 1;
    // A closing bracket at the start is one of the characters.
    const close = this.#chars.indexOf(']', first + 1);
    if (close === -1 || close >= end) return this.#literal('[', at + 1);
    const members = this.#chars.slice(first, close);
    const single = new Set<string>();
    const ranges: (readonly [from: string, to: string])[] = [];
    for (let index = 0; index < members.length; index += 1) {
      const [from = '', dash, to] = members.slice(index, index + 3);
      if (dash === '-' && to !== undefined) {
        ranges.push([from, to]);
        index += 2;
      } else single.add(from);
    }
    const has = (char: string) => single.has(char) || ranges.some(([from, to]) => from <= char && char <= to);
    return this.#char((char) => isInPart(char) && has(char) !== isNegated, close + 1);
  }

  /** `{a,b}`, `{1..9}`. Other braces are ordinary characters. */
  #braces(at: number, end: number): number {
    const close = this.#close(at, end);
    if (close === undefined) return this.#literal('{', at + 1);
    const alternatives = this.#split(at + 1, close);
    if (alternatives.length > 1) {
      this.#either(alternatives);
      return close + 1;
    }
    const range = /^(-?\d+)\.\.(-?\d+)$/.exec(this.#chars.slice(at + 1, close).join(''));
    if (range === null) return this.#literal('{', at + 1);
    this.#numbers(Number(range[1]), Number(range[2]));
    return close + 1;
  }

  #numbers(a: number, b: number): void {
    const [from, to] = a < b ? [a, b] : [b, a];
    const start = this.#hole();
    const first: number[] = [];
    const exits: number[] = [];
    for (let number = from; number <= to && number < from + longestRange; number += 1) {
      first.push(this.#program.length);
      for (const digit of String(number)) this.#literal(digit, 0);
      exits.push(this.#hole());
    }
    this.#program[start] = first;
    for (const exit of exits) this.#program[exit] = [this.#program.length];
  }

  /** Where the brace at `open` is closed; undefined where it is not. */
  #close(open: number, end: number): number | undefined {
    let depth = 0;
    for (let at = open; at < end; at += 1) {
      const char = this.#chars[at] ?? '';
      if (char === '\\') at += 1;
      else if (char === '{') depth += 1;
      else if (char === '}') depth -= 1;
      if (depth === 0) return at;
    }
    return undefined;
  }

  /** The parts of what is in braces, as first character and the one after the last. */
  #split(start: number, end: number): readonly (readonly [start: number, end: number])[] {
    const parts: (readonly [number, number])[] = [];
    let depth = 0;
    let from = start;
    for (let at = start; at < end; at += 1) {
      const char = this.#chars[at] ?? '';
      if (char === '\\') at += 1;
      else if (char === '{') depth += 1;
      else if (char === '}') depth -= 1;
      else if (char === ',' && depth === 0) {
        parts.push([from, at]);
        from = at + 1;
      }
    }
    return [...parts, [from, end]];
  }
}
