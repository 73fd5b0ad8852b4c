// The language of rules in variants of a feature flag: S-expressions of Amazon Ion.
// Source: AppConfig User Guide, "Defining rules for multi-variant feature flags".

/** Of expressions in expressions. */
const deepest = 100;

type Operator =
  | { readonly least: number; readonly most: number }
  /** Operands that are written as `name::value`. */
  | { readonly required: readonly string[]; readonly optional?: readonly string[] };

const two: Operator = { least: 2, most: 2 };
const many: Operator = { least: 2, most: Number.POSITIVE_INFINITY };

const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['eq', two],
  ['gt', two],
  ['gte', two],
  ['lt', two],
  ['lte', two],
  ['begins_with', two],
  ['ends_with', two],
  ['contains', two],
  ['in', two],
  ['and', many],
  ['or', many],
  ['not', { least: 1, most: 1 }],
  ['exists', { required: ['key'] }],
  ['matches', { required: ['in', 'pattern'] }],
  ['split', { required: ['pct', 'by'], optional: ['seed'] }],
]);

/** A comment is read to its end: what is in it is no operand. */
const space = String.raw`(?:\s|//[^\n]*(?:\n|$)|/\*(?:[^*]|\*(?!/))*\*/)*`;
const text = String.raw`"(?:[^"\\\n]|\\.)*"`;
const name = String.raw`\$?[A-Za-z_][A-Za-z_0-9.-]*`;
/** The first is also an integer; a month alone needs the `T` that makes it a timestamp. */
const timestamp = String.raw`\d{4}(?:T|-\d\dT|-\d\d-\d\d(?:T(?:\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?)?)`;
const number = String.raw`[+-]?\d+(?:\.\d*)?(?:[eEdD][+-]?\d+)?`;
const token = new RegExp(`${space}(?:(${text})|(${timestamp})|(${number})|(${name})|(::|[()[\\],]))`, 'y');

interface Token {
  readonly kind: 'text' | 'timestamp' | 'number' | 'name' | 'mark';
  readonly text: string;
}

/** What a rule breaks. */
class RuleError extends Error {}

/** What is wrong with a rule; undefined where nothing is. */
export function ruleProblem(rule: string): string | undefined {
  try {
    const reader = new RuleReader(tokensOf(rule));
    reader.expression(0);
    reader.end();
    return undefined;
  } catch (error) {
    if (error instanceof RuleError) return error.message;
    throw error;
  }
}

function tokensOf(rule: string): readonly Token[] {
  const tokens: Token[] = [];
  const kinds = ['text', 'timestamp', 'number', 'name', 'mark'] as const;
  let at = 0;
  while (at < rule.length) {
    token.lastIndex = at;
    const found = token.exec(rule);
    if (found === null) break;
    const index = kinds.findIndex((_, each) => found[each + 1] !== undefined);
    tokens.push({ kind: kinds[index] ?? 'mark', text: found[index + 1] ?? '' });
    at = token.lastIndex;
  }
  const rest = rule.slice(at).replace(new RegExp(`^${space}`), '');
  if (rest !== '') throw new RuleError(`invalid operand: ${rest.slice(0, 20)}`);
  return tokens;
}

class RuleReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** `(operator operand…)`. */
  expression(depth: number): void {
    if (!this.#skip('(')) throw new RuleError('it must be an expression in parentheses, such as (eq $tier "premium")');
    if (depth > deepest) throw new RuleError(`expressions are nested more than ${deepest} levels deep`);
    const word = this.#next()?.text ?? '';
    const operator = operators.get(word);
    if (operator === undefined) {
      throw new RuleError(`unknown operator "${word}"; available: ${[...operators.keys()].join(', ')}`);
    }
    const names: string[] = [];
    let count = 0;
    while (!this.#skip(')')) {
      const named = 'required' in operator ? this.#operandName() : undefined;
      if (named !== undefined) names.push(named);
      this.#operand(word, { depth, named });
      count += 1;
    }
    this.#checkOperands(word, operator, { count, names });
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw new RuleError('nothing must follow the last parenthesis');
  }

  #checkOperands(
    word: string,
    operator: Operator,
    { count, names }: { readonly count: number; readonly names: readonly string[] },
  ): void {
    if (!('required' in operator)) {
      const { least, most } = operator;
      const wanted = most === least ? `${least}` : `at least ${least}`;
      if (count < least || count > most)
        throw new RuleError(`wrong number of operands of ${word}: ${count}; expected ${wanted}`);
      return;
    }
    const { required, optional = [] } = operator;
    const isKnown = new Set(names).size === count && names.every((name) => [...required, ...optional].includes(name));
    if (isKnown && required.every((name) => names.includes(name))) return;
    const form = [...required.map((name) => `${name}::…`), ...optional.map((name) => `[${name}::…]`)].join(' ');
    throw new RuleError(`wrong operands; expected (${word} ${form})`);
  }

  #operandName(): string | undefined {
    const [first, second] = [this.#tokens[this.#at], this.#tokens[this.#at + 1]];
    if (first?.kind !== 'name' || second?.text !== '::') return undefined;
    this.#at += 2;
    return first.text;
  }

  #operand(of: string, { depth, named }: { readonly depth: number; readonly named: string | undefined }): void {
    const next = this.#tokens[this.#at];
    if (next === undefined) throw new RuleError('a closing parenthesis is missing');
    if (next.kind === 'mark' && next.text === '(') this.expression(depth + 1);
    else if (next.kind === 'mark' && next.text === '[') this.#list(of);
    else this.#constant(of, named);
  }

  #constant(of: string, named: string | undefined): void {
    const next = this.#next();
    if (next === undefined) return;
    if (next.kind === 'name' && !/^(?:\$.+|true|false)$/.test(next.text)) {
      throw new RuleError(
        `unknown word "${next.text}" in ${of}: write strings in double quotes, and context keys with a leading $`,
      );
    }
    if (next.kind === 'mark') throw new RuleError(`invalid operand of ${of}: ${next.text}`);
    if (named === 'pct' && !(next.kind === 'number' && Number(next.text) >= 0 && Number(next.text) <= 100)) {
      throw new RuleError(`pct::${next.text} must be a percentage, from 0 to 100`);
    }
  }

  /** `["a", "b"]`. */
  #list(of: string): void {
    this.#next();
    while (!this.#skip(']')) {
      const item = this.#next();
      if (item === undefined) throw new RuleError('a closing bracket is missing');
      const isConstant = item.kind !== 'mark' && (item.kind !== 'name' || /^(?:true|false)$/.test(item.text));
      if (!isConstant) throw new RuleError(`"${item.text}" in a list of ${of}: items must be constants`);
      if (!this.#skip(',') && this.#tokens[this.#at]?.text !== ']')
        throw new RuleError(`a comma is missing in a list of ${of}`);
    }
  }

  #next(): Token | undefined {
    const next = this.#tokens[this.#at];
    this.#at += 1;
    return next;
  }

  #skip(mark: string): boolean {
    const next = this.#tokens[this.#at];
    if (next?.kind !== 'mark' || next.text !== mark) return false;
    this.#at += 1;
    return true;
  }
}
