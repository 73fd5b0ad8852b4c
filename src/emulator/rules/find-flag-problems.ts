// The rules of feature-flag documents, and the problems the service reports. Names of constraints were recorded from AWS,
// except those in `unrecorded`.
import { isObject, ownMember } from '../wire/is-object.ts';
import { findRuleProblem } from './check-flag-rule.ts';

/** A broken rule, spelled as on the wire. */
export interface FlagProblem {
  readonly Constraint: string;
  readonly Location: string;
  readonly Reason?: string;
  readonly Type: 'NotSatisfied' | 'Invalid';
  readonly Value: string;
}

type Members = Readonly<Record<string, unknown>>;

/** Where a value of a flag is, and the attributes that the flag defines. */
interface FlagValue {
  readonly location: string;
  readonly attributes: Members;
}

/** Where an attribute's value is, and the attribute's constraints. */
interface AttributeValue {
  readonly location: string;
  readonly constraints: Members;
}

/** Names that no recorded response of AWS shows. */
const unrecorded = {
  object: 'Object',
  list: 'List',
  strings: 'List(string)',
  length: (max: number) => `Length(${max})`,
  either: 'PatternOrEnum',
  expression: 'Regexp',
};

const keyPattern = '^[a-z][a-zA-Z\\d_-]{0,63}$';
const times = ['_createdAt', '_updatedAt'];
const types = ['string', 'number', 'boolean', 'array'];

/** All problems of a document. */
export function findFlagProblems(document: Members): FlagProblem[] {
  const problems: FlagProblem[] = [];
  if (document.version === undefined) problems.push(problem('Required', 'version', ''));
  else if (document.version !== '1') problems.push(problem('OneOf(1)', 'version', document.version));
  const flags = entriesOf(problems, document.flags, 'flags');
  for (const [key, flag] of flags) checkFlag(problems, flag, `flags.${key}`);
  const byKey = new Map(flags);
  for (const [key, value] of entriesOf(problems, document.values, 'values')) {
    const attributes = byKey.get(key)?.attributes;
    checkValue(problems, value, { location: `values.${key}`, attributes: isObject(attributes) ? attributes : {} });
  }
  return problems;
}

/** `enabled` as the service reads it. Undefined if it is not a boolean. */
export function readBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) return true;
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value) ? false : undefined;
}

function checkFlag(problems: FlagProblem[], flag: Members, location: string): void {
  checkText(problems, flag.name, { location: `${location}.name`, max: 64 });
  checkText(problems, flag.description, { location: `${location}.description`, max: 1024 });
  const deprecation = flag._deprecation;
  if (deprecation !== undefined && (!isObject(deprecation) || deprecation.status !== 'planned')) {
    const status = isObject(deprecation) ? deprecation.status : deprecation;
    problems.push(problem('OneOf(planned)', `${location}._deprecation.status`, status));
  }
  const attributes = entriesOf(problems, flag.attributes, `${location}.attributes`);
  for (const [key, attribute] of attributes) {
    const itemLocation = `${location}.attributes.${key}`;
    checkText(problems, attribute.description, { location: `${itemLocation}.description`, max: 1024 });
    checkConstraints(problems, attribute.constraints, `${itemLocation}.constraints`);
  }
}

function checkConstraints(problems: FlagProblem[], constraints: unknown, location: string): void {
  if (constraints === undefined) return;
  if (!isObject(constraints)) {
    problems.push(problem(unrecorded.object, location, constraints));
    return;
  }
  const { type, pattern, minimum, maximum, elements } = constraints;
  if (typeof type !== 'string' || !types.includes(type)) {
    problems.push(problem(`OneOf(${types.join(', ')})`, `${location}.type`, type));
  }
  const allowed = constraints.enum;
  if (allowed !== undefined && !(Array.isArray(allowed) && allowed.every((each) => typeof each === 'string'))) {
    problems.push(problem(unrecorded.strings, `${location}.enum`, allowed));
  }
  if (pattern !== undefined && allowed !== undefined) {
    problems.push(problem(unrecorded.either, location, constraints));
  }
  if (pattern !== undefined && expressionOf(pattern) === undefined) {
    problems.push(problem(unrecorded.expression, `${location}.pattern`, pattern));
  }
  for (const [name, bound] of Object.entries({ minimum, maximum })) {
    if (bound !== undefined && !Number.isInteger(bound)) {
      problems.push(problem('AttributeType(number)', `${location}.${name}`, bound));
    }
  }
  if (elements !== undefined) checkConstraints(problems, elements, `${location}.elements`);
}

function checkValue(problems: FlagProblem[], value: Members, { location, attributes }: FlagValue): void {
  if (value._variants !== undefined) {
    const others = Object.keys(value).filter((name) => name !== '_variants' && !times.includes(name));
    if (others.length > 0) problems.push(problem('StrictVariants', location, value));
    checkVariants(problems, value._variants, { location: `${location}._variants`, attributes });
    return;
  }
  checkEnabled(problems, value.enabled, `${location}.enabled`);
  const own = ['enabled', ...times];
  const given = Object.fromEntries(Object.entries(value).filter(([name]) => !own.includes(name)));
  checkAttributes(problems, given, { location, attributes });
}

function checkVariants(problems: FlagProblem[], variants: unknown, { location, attributes }: FlagValue): void {
  if (!Array.isArray(variants)) {
    problems.push(problem(unrecorded.list, location, variants));
    return;
  }
  for (const [index, each] of variants.entries()) {
    if (!isObject(each)) problems.push(problem(unrecorded.object, `${location}.${index}`, each));
  }
  const list = variants.filter(isObject);
  list.forEach((variant, index) => {
    const itemLocation = `${location}.${index}`;
    for (const member of ['name', 'enabled']) {
      if (variant[member] === undefined) problems.push(problem('Required', `${itemLocation}.${member}`, ''));
    }
    checkText(problems, variant.name, { location: `${itemLocation}.name`, max: 64 });
    checkEnabled(problems, variant.enabled, `${itemLocation}.enabled`);
    checkRule(problems, variant.rule, `${itemLocation}.rule`);
    if (variant.attributeValues !== undefined && !isObject(variant.attributeValues)) {
      problems.push(problem(unrecorded.object, `${itemLocation}.attributeValues`, variant.attributeValues));
    }
    if (isObject(variant.attributeValues)) {
      checkAttributes(problems, variant.attributeValues, { location: `${itemLocation}.attributeValues`, attributes });
    }
  });
  for (const variant of list.slice(0, -1)) {
    const isEmpty = variant.rule === undefined || variant.rule === '';
    if (isEmpty) problems.push(problem('NonEmpty', `${location}.variants.${variant.name}.rule`, ''));
  }
  const last = list.at(-1);
  if (typeof last?.rule === 'string' && last.rule !== '' && findRuleProblem(last.rule) === undefined) {
    problems.push(problem('Empty', `${location}.variants.${last.name}.rule`, last.rule));
  }
  const names = list.map(({ name }) => name).filter((name) => name !== undefined);
  if (new Set(names).size < names.length) {
    const shown = list.map(({ enabled, name, attributeValues = null, rule = '' }) => ({
      Enabled: enabled,
      Name: name,
      AttributeValues: attributeValues,
      Rule: rule,
      Attributes: definitions(attributes),
    }));
    problems.push(problem('UniqueVariantNames', `${location}.variants.variants`, shown));
  }
}

function checkAttributes(problems: FlagProblem[], given: Members, { location, attributes }: FlagValue): void {
  for (const [name, value] of Object.entries(given)) {
    const itemLocation = `${location}.${name}`;
    const constraints = constraintsOf(attributes, name);
    if (constraints !== undefined) checkAttribute(problems, value, { location: itemLocation, constraints });
    // AWS prints the flag's attributes in the name of this constraint.
    else {
      const constraint = `Satisfies(map[${Object.keys(attributes).join(' ')}])`;
      problems.push(problem(constraint, itemLocation, { Key: name, Value: value }));
    }
  }
  const missing = Object.keys(attributes).filter(
    (name) => constraintsOf(attributes, name)?.required === true && ownMember(given, name) === undefined,
  );
  if (missing.length === 0) return;
  const all = definitions(attributes);
  problems.push(problem('Not(IsZero([]))', `${location}.attributes`, all));
  for (const name of missing) {
    problems.push(problem('Entries', `${location}.attributes.${name}`, { Key: name, Value: all[name] }));
  }
}

function checkAttribute(problems: FlagProblem[], value: unknown, { location, constraints }: AttributeValue): void {
  const { type } = constraints;
  // A number outside the range of a double would be stored as null.
  if (value === Infinity || value === -Infinity || (typeof type === 'string' && typeOf(value) !== type)) {
    problems.push(problem(`AttributeType(${type})`, location, value));
    return;
  }
  if (!Array.isArray(value)) {
    checkBounds(problems, value, { location, constraints });
    return;
  }
  const elements = isObject(constraints.elements) ? constraints.elements : {};
  const expected = elements.type ?? typeOf(value[0]);
  value.forEach((element: unknown, index) => {
    const itemLocation = `${location}.${index}`;
    if (typeOf(element) !== expected) problems.push(problem(`ElementType(${expected})`, itemLocation, element));
    else checkBounds(problems, element, { location: itemLocation, constraints: elements });
  });
}

function checkBounds(problems: FlagProblem[], value: unknown, { location, constraints }: AttributeValue): void {
  const { minimum, maximum, pattern } = constraints;
  if (typeof value === 'number') {
    if (typeof minimum === 'number' && value < minimum) {
      problems.push(problem(`FloatGTE(${minimum})`, location, value));
    }
    if (typeof maximum === 'number' && value > maximum) {
      problems.push(problem(`FloatLTE(${maximum})`, location, value));
    }
  }
  if (typeof value !== 'string') return;
  checkText(problems, value, { location, max: 1024 });
  if (Array.isArray(constraints.enum) && !constraints.enum.includes(value)) {
    problems.push(problem(`OneOf(${constraints.enum.join(', ')})`, location, value));
  }
  if (expressionOf(pattern)?.test(value) === false) problems.push(problem(`Regexp(${pattern})`, location, value));
}

function checkEnabled(problems: FlagProblem[], enabled: unknown, location: string): void {
  if (enabled === undefined || enabled === null || readBoolean(enabled) !== undefined) return;
  problems.push({ ...problem('AttributeType(boolean)', location, enabled), Type: 'Invalid' });
}

function checkRule(problems: FlagProblem[], rule: unknown, location: string): void {
  if (rule === undefined) return;
  checkText(problems, rule, { location, max: 16_384 });
  if (typeof rule !== 'string' || rule === '') return;
  const found = findRuleProblem(rule);
  if (found === undefined) return;
  const shown = rule.length > 100 ? `${rule.slice(0, 97)}...` : rule;
  problems.push(problem('Empty', location, rule));
  problems.push({ ...problem('RuleIsValid', `${location}${found.path}`, shown), Reason: found.reason });
}

function checkText(
  problems: FlagProblem[],
  value: unknown,
  { location, max }: { readonly location: string; readonly max: number },
): void {
  if (value === undefined) return;
  if (typeof value !== 'string') problems.push(problem('AttributeType(string)', location, value));
  else if (value.length > max) problems.push(problem(unrecorded.length(max), location, value));
}

/** The entries that are objects and have valid keys. Reports the others. */
function entriesOf(problems: FlagProblem[], value: unknown, location: string): [string, Members][] {
  if (value === undefined) return [];
  if (!isObject(value)) {
    problems.push(problem(unrecorded.object, location, value));
    return [];
  }
  return Object.entries(value).flatMap(([key, entry]): [string, Members][] => {
    if (!new RegExp(keyPattern).test(key)) problems.push(problem(`Regexp(${keyPattern})`, `${location}.${key}`, key));
    else if (isObject(entry)) return [[key, entry]];
    else problems.push(problem(unrecorded.object, `${location}.${key}`, entry));
    return [];
  });
}

function constraintsOf(attributes: Members, name: string): Members | undefined {
  const attribute = ownMember(attributes, name);
  if (!isObject(attribute)) return undefined;
  return isObject(attribute.constraints) ? attribute.constraints : {};
}

/** A flag's attributes as the service prints them in its details. */
function definitions(attributes: Members): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => {
      const { description = '', constraints } = isObject(attribute) ? attribute : {};
      return [name, { Constraints: printed(isObject(constraints) ? constraints : {}), Description: description }];
    }),
  );
}

function printed(constraints: Members): Record<string, unknown> {
  const { type = '', required, minimum, maximum = null, elements, pattern } = constraints;
  return {
    Type: type,
    Required: required === true ? true : undefined,
    Minimum: minimum,
    Maximum: maximum,
    Elements: isObject(elements) ? printed(elements) : undefined,
    Pattern: pattern,
    Enum: constraints.enum,
  };
}

function expressionOf(pattern: unknown): RegExp | undefined {
  if (typeof pattern !== 'string') return undefined;
  // Go, whose expressions these are, writes flags in front: `(?i)`.
  const [whole = '', flags = ''] = /^\(\?([ims]+)\)/.exec(pattern) ?? [];
  try {
    return new RegExp(pattern.slice(whole.length), flags);
  } catch {
    return undefined;
  }
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

function problem(constraint: string, location: string, value: unknown): FlagProblem {
  const shown = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return { Constraint: constraint, Location: location, Type: 'NotSatisfied', Value: shown };
}
