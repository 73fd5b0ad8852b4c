// An IAM policy: which actions it allows on which resources. Every caller of an emulator has the same one.
import { isObject } from '../wire/is-object.ts';

/** A policy, checked. */
export interface Policy {
  /** As its author wrote it, and as it was then. */
  readonly document: object;
  readonly statements: readonly Statement[];
}

interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly action: Pattern;
  readonly resource: Pattern;
  readonly conditions: readonly Condition[];
}

/** Some patterns, or all except these. */
interface Pattern {
  readonly patterns: readonly string[];
  readonly negated: boolean;
}

interface Condition {
  readonly operator: string;
  readonly compare: Comparison;
  readonly key: string;
  readonly values: readonly string[];
}

/** One thing that a caller wants to do. */
export interface AccessRequest {
  /** `appconfig:GetEnvironment` */
  readonly action: string;
  /** ARNs by which a policy may name the resource; `*` where the action has none. */
  readonly resources: readonly string[];
  /** Values of condition keys, such as `aws:ResourceTag/team`. Keys that are missing have no value. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

export type Decision = 'allowed' | 'not allowed' | 'denied';

/** A policy that the emulator cannot evaluate. */
export class PolicyError extends Error {}

/** @throws PolicyError */
export function parsePolicy(document: unknown): Policy {
  if (!isObject(document)) throw new PolicyError('the policy is not an object');
  if (document.Statement === undefined) throw new PolicyError('the policy has no "Statement"');
  const statements = asList(document.Statement).map(parseStatement);
  return { document: structuredClone(document), statements };
}

/** As IAM decides: a statement that denies wins, and without one that allows nothing is allowed. */
export function decide({ statements }: Policy, request: AccessRequest): Decision {
  const effects = statements.filter((statement) => applies(statement, request)).map(({ effect }) => effect);
  if (effects.includes('Deny')) return 'denied';
  return effects.includes('Allow') ? 'allowed' : 'not allowed';
}

function parseStatement(statement: unknown, index: number): Statement {
  const where = `statement ${index + 1}`;
  if (!isObject(statement)) throw new PolicyError(`${where} is not an object`);
  const { Effect: effect, Condition: conditions = {} } = statement;
  if (effect !== 'Allow' && effect !== 'Deny') throw new PolicyError(`${where} has no "Effect" Allow or Deny`);
  if (!isObject(conditions)) throw new PolicyError(`the "Condition" of ${where} is not an object`);
  return {
    effect,
    action: patternOf(statement, 'Action', where),
    resource: patternOf(statement, 'Resource', where),
    conditions: Object.entries(conditions).flatMap(([operator, tests]) => {
      const compare = comparisonOf(operator);
      if (compare === undefined) throw new PolicyError(`${where} has the unsupported condition operator "${operator}"`);
      if (!isObject(tests)) throw new PolicyError(`"${operator}" of ${where} is not an object`);
      return Object.entries(tests).map(([key, values]) => {
        if (!/^aws:((Resource|Request)Tag\/.+|TagKeys|RequestedRegion)$/i.test(key)) {
          throw new PolicyError(`${where} has the unsupported condition key "${key}"`);
        }
        return { operator, compare, key: keyName(key), values: textsOf(values, `"${key}" of ${where}`) };
      });
    }),
  };
}

function patternOf(statement: Record<string, unknown>, name: 'Action' | 'Resource', where: string): Pattern {
  const negated = statement[name] === undefined;
  const patterns = statement[negated ? `Not${name}` : name];
  if (patterns === undefined) throw new PolicyError(`${where} has no "${name}"`);
  return { patterns: textsOf(patterns, `"${name}" of ${where}`), negated };
}

function textsOf(value: unknown, what: string): readonly string[] {
  return asList(value).map((each) => {
    if (typeof each === 'string' || typeof each === 'boolean') return String(each);
    throw new PolicyError(`${what} has a value that is not a string`);
  });
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function applies({ action, resource, conditions }: Statement, request: AccessRequest): boolean {
  return (
    matchesPattern(action, [request.action.toLowerCase()], (pattern) => pattern.toLowerCase()) &&
    matchesPattern(resource, request.resources, (pattern) => pattern) &&
    conditions.every((condition) => holds(condition, request.context[condition.key]))
  );
}

function matchesPattern(
  { patterns, negated }: Pattern,
  texts: readonly string[],
  spell: (pattern: string) => string,
): boolean {
  return patterns.some((pattern) => texts.some((text) => isLike(text, spell(pattern)))) !== negated;
}

/** Whether a text matches a pattern with `*` and `?`: only the last star is tried again, so that no pattern takes long. */
function isLike(text: string, pattern: string): boolean {
  let at = 0;
  let from = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (pattern[from] === '*') {
      star = from;
      from += 1;
      resume = at;
    } else if (pattern[from] === '?' || pattern[from] === text[at]) {
      from += 1;
      at += 1;
    } else if (star >= 0) {
      from = star + 1;
      resume += 1;
      at = resume;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(from));
}

interface Comparison {
  readonly fits: (value: string, expected: string) => boolean;
  readonly negated: boolean;
}

/** By operator, without its prefix and suffix. */
const comparisons: Readonly<Record<string, Comparison>> = {
  StringEquals: { fits: (value, expected) => value === expected, negated: false },
  StringNotEquals: { fits: (value, expected) => value === expected, negated: true },
  StringLike: { fits: isLike, negated: false },
  StringNotLike: { fits: isLike, negated: true },
  Null: { fits: () => false, negated: false },
};

function comparisonOf(operator: string): Comparison | undefined {
  const name = operator.replace(/^For(All|Any)Values?:/, '').replace(/IfExists$/, '');
  return Object.hasOwn(comparisons, name) ? comparisons[name] : undefined;
}

function holds({ operator, compare, values: expected }: Condition, values: readonly string[] | undefined): boolean {
  if (operator === 'Null') return expected.includes(String(values === undefined));
  const fits = (value: string) => expected.some((each) => compare.fits(value, each)) !== compare.negated;
  if (operator.startsWith('ForAllValues:')) return (values ?? []).every(fits);
  if (operator.startsWith('ForAnyValue:')) return (values ?? []).some(fits);
  if (values === undefined) return compare.negated || operator.endsWith('IfExists');
  return values.every(fits);
}

/** Keys are the same in any case, except for the name of a tag. */
function keyName(key: string): string {
  const [name = '', ...tag] = key.split('/');
  return [name.toLowerCase(), ...tag].join('/');
}

/** The context of a request. */
export function contextOf(of: {
  readonly resourceTags: Readonly<Record<string, string>> | undefined;
  readonly requestTags: Readonly<Record<string, string>>;
  readonly region: string;
}): AccessRequest['context'] {
  const tagged = (name: string, tags: Readonly<Record<string, string>>) =>
    Object.entries(tags).map(([tag, value]) => [`aws:${name}/${tag}`, [value]] as const);
  const keys = Object.keys(of.requestTags);
  return Object.fromEntries([
    ...tagged('resourcetag', of.resourceTags ?? {}),
    ...tagged('requesttag', of.requestTags),
    ...(keys.length === 0 ? [] : [['aws:tagkeys', keys] as const]),
    ['aws:requestedregion', [of.region]] as const,
  ]);
}
