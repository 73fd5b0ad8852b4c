// Rules of variants, as the service reads them: S-expressions of Amazon Ion. The reasons were recorded from AWS, except those
// in `unrecorded`.

/** A broken rule: where in it, from the rule's own location on, and the reason. */
export interface RuleProblem {
  readonly path: string;
  readonly reason: string;
}

const unrecorded = {
  tooMany: 'TooManyOperands',
  percentage: 'InvalidPercentage',
  named: 'InvalidNamedOperand',
  list: 'InvalidList',
};

/** Numbers of operands; for named ones the names, in parentheses where they may be missing. */
const operators: Readonly<Record<string, readonly [least: number, most: number] | string>> = {
  eq: [2, 2],
  gt: [2, 2],
  gte: [2, 2],
  lt: [2, 2],
  lte: [2, 2],
  begins_with: [2, 2],
  ends_with: [2, 2],
  contains: [2, 2],
  in: [2, 2],
  and: [2, Infinity],
  or: [2, Infinity],
  not: [1, 1],
  exists: 'key',
  matches: 'in pattern',
  split: 'pct by (seed)',
};

type Node = string | { readonly open: '(' | '['; readonly items: readonly Node[] };

/** Undefined where the rule is valid. */
export function findRuleProblem(rule: string): RuleProblem | undefined {
  const tree = parse(rule);
  if (tree === undefined || typeof tree === 'string' || tree.open !== '(')
    return { path: '', reason: 'NotAnExpression' };
  return expressionProblem(tree.items, '');
}

function parse(rule: string): Node | undefined {
  const lexical =
    /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|::|[()[\],]|(?:(?!\/[/*])[^\s()[\],":])+(?::\d[^\s()[\],":]*)*|[\s\S]/g;
  // A slash alone begins a comment without an end.
  const tokens = (rule.match(lexical) ?? []).filter((token) => !/^(?:\s|\/\/|\/\*)/.test(token));
  const stack: { open: '(' | '['; items: Node[] }[] = [];
  let root: Node | undefined;
  for (const token of tokens) {
    if (root !== undefined) return undefined;
    const top = stack.at(-1);
    if (token === '(' || token === '[') {
      if (stack.length > 101) return undefined;
      stack.push({ open: token, items: [] });
    } else if (token === ')' || token === ']') {
      const closed = stack.pop();
      if (closed === undefined || (closed.open === '(') !== (token === ')')) return undefined;
      const parent = stack.at(-1);
      if (parent === undefined) root = closed;
      else parent.items.push(closed);
    } else if (top === undefined) root = token;
    else top.items.push(token);
  }
  return stack.length === 0 ? root : undefined;
}

function expressionProblem([word, ...items]: readonly Node[], path: string): RuleProblem | undefined {
  const operator = typeof word === 'string' && Object.hasOwn(operators, word) ? operators[word] : undefined;
  if (operator === undefined) return { path, reason: 'UnknownSymbol' };
  const at = `${path}.${String(word)}`;
  return typeof operator === 'string' ? namedProblem(items, operator, at) : plainProblem(items, operator, at);
}

function plainProblem(
  items: readonly Node[],
  [least, most]: readonly [number, number],
  at: string,
): RuleProblem | undefined {
  // A timestamp that Ion does not know counts as no operand.
  const operands = items.filter((item) => !(typeof item === 'string' && /^\d/.test(item) && !isConstant(item)));
  if (operands.length < least) return { path: at, reason: 'TooFewOperands' };
  if (operands.length > most || operands.length < items.length) return { path: at, reason: unrecorded.tooMany };
  for (const [index, operand] of operands.entries()) {
    const problem = operandProblem(operand, `${at}.${index + 1}`, at);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function namedProblem(items: readonly Node[], names: string, at: string): RuleProblem | undefined {
  const given = new Map<string, Node>();
  for (let index = 0; index < items.length; index += 3) {
    const [name, mark, operand] = items.slice(index, index + 3);
    if (typeof name !== 'string' || mark !== '::' || operand === undefined || given.has(name)) {
      return { path: at, reason: unrecorded.named };
    }
    given.set(name, operand);
  }
  const all = names.split(' ');
  const known = all.map((name) => name.replace(/[()]/g, ''));
  if ([...given.keys()].some((name) => !known.includes(name))) return { path: at, reason: unrecorded.named };
  if (all.some((name) => !name.startsWith('(') && !given.has(name))) return { path: at, reason: 'TooFewOperands' };
  for (const [name, operand] of given) {
    const problem = operandProblem(operand, `${at}.${name}`, at);
    if (problem !== undefined) return problem;
    const isPercentage =
      typeof operand === 'string' && isNumber(operand) && Number(operand) >= 0 && Number(operand) <= 100;
    if (name === 'pct' && !isPercentage) return { path: `${at}.pct`, reason: unrecorded.percentage };
  }
  return undefined;
}

function operandProblem(operand: Node, path: string, parent: string): RuleProblem | undefined {
  if (typeof operand === 'string') {
    return isConstant(operand) || /^\$[A-Za-z_][\w.-]*$/.test(operand) ? undefined : { path, reason: 'UnknownSymbol' };
  }
  if (operand.open === '(') return expressionProblem(operand.items, parent);
  const isList = operand.items.every((item, index) => (index % 2 === 0 ? isConstant(item) : item === ','));
  return isList ? undefined : { path, reason: unrecorded.list };
}

function isConstant(item: Node): boolean {
  if (typeof item !== 'string') return false;
  return item.startsWith('"')
    ? item.length > 1
    : item === 'true' || item === 'false' || isNumber(item) || isTimestamp(item);
}

function isNumber(text: string): boolean {
  return /^[+-]?\d+(?:\.\d*)?(?:[eEdD][+-]?\d+)?$/.test(text);
}

function isTimestamp(text: string): boolean {
  return /^\d{4}(?:T|-\d\dT|-\d\d-\d\d(?:T.*)?)$/.test(text);
}
