// The rules of feature-flag documents: what AppConfig refuses, found before it does. Source: AppConfig User Guide, type
// reference of feature flags; where AWS was recorded to do otherwise, the recordings: docs/feature-flags.md.
import { equalByValue } from '../document/equality.ts';
import { pointerTo } from '../document/json-pointer.ts';
import {
  entriesOf,
  isList,
  isMap,
  isNumber,
  memberOf,
  numberText,
  toNumber,
  type Value,
  type ValueMap,
} from '../model/value.ts';
import { ruleProblem } from './check-flag-rule.ts';
import { flagTimes, knownMembers, truthValueOf } from './normalize-flags.ts';

/** A broken rule. */
export interface FlagFinding {
  /** JSON Pointer to the value. */
  readonly pointer: string;
  /** What is wrong, without the value: it may be redacted. */
  readonly message: string;
  /** The value, where the message should show it. */
  readonly value?: Value;
}

/** A string that must match a pattern of the document. Matching may take long, so the caller does it. */
export interface PatternCheck {
  readonly pointer: string;
  readonly pattern: string;
  readonly text: string;
}

export interface FlagFindings {
  /** What AppConfig refuses. */
  readonly errors: readonly FlagFinding[];
  /** What AppConfig silently drops or changes. */
  readonly rewritten: readonly FlagFinding[];
  readonly patterns: readonly PatternCheck[];
}

const keyPattern = /^[a-z][a-zA-Z\d_-]{0,63}$/;
const types = ['string', 'number', 'boolean', 'array'];
const most = { name: 64, description: 1024, text: 1024, rule: 16_384 } as const;

/** @param document before it is normalized */
export function checkFlags(document: Value): FlagFindings {
  return new FlagChecker().check(document);
}

/** The attributes of a flag, by name. */
type Attributes = ReadonlyMap<string, ValueMap>;

class FlagChecker {
  readonly #errors: FlagFinding[] = [];
  readonly #rewritten: FlagFinding[] = [];
  readonly #patterns: PatternCheck[] = [];

  check(document: Value): FlagFindings {
    this.#document(document);
    return { errors: this.#errors, rewritten: this.#rewritten, patterns: this.#patterns };
  }

  #document(document: Value): void {
    if (!isMap(document)) {
      this.#error('', 'a feature-flag document must be a map: { version: "1", flags: {…}, values: {…} }');
      return;
    }
    const version = memberOf(document, 'version');
    if (version === undefined) this.#error('', 'a feature-flag document needs version: "1"');
    else if (version !== '1') this.#error('/version', '`version` must be the string "1"', version);
    this.#dropped(document, '', knownMembers.document);
    const attributesOf = new Map<string, Attributes>();
    for (const [key, flag] of this.#entries(document, { member: 'flags', at: '' })) {
      attributesOf.set(key, this.#flag(flag, pointerTo('/flags', key)));
    }
    for (const [key, value] of this.#entries(document, { member: 'values', at: '' })) {
      this.#value(value, pointerTo('/values', key), attributesOf.get(key) ?? new Map());
    }
  }

  #flag(flag: ValueMap, at: string): Attributes {
    this.#dropped(flag, at, [...knownMembers.flag, ...flagTimes]);
    this.#times(flag, at);
    this.#text(flag, { member: 'name', at, most: most.name });
    this.#text(flag, { member: 'description', at, most: most.description });
    const deprecation = memberOf(flag, '_deprecation');
    if (deprecation !== undefined && !(isMap(deprecation) && memberOf(deprecation, 'status') === 'planned')) {
      this.#error(`${at}/_deprecation`, '`_deprecation` must be { status: planned, date: … }');
    }
    const attributes = new Map<string, ValueMap>();
    for (const [name, attribute] of this.#entries(flag, { member: 'attributes', at })) {
      const path = pointerTo(`${at}/attributes`, name);
      this.#dropped(attribute, path, knownMembers.attribute);
      this.#text(attribute, { member: 'description', at: path, most: most.description });
      const constraints = memberOf(attribute, 'constraints');
      if (isMap(constraints)) this.#constraints(constraints, `${path}/constraints`);
      else if (constraints !== undefined) this.#error(`${path}/constraints`, '`constraints` must be a map');
      attributes.set(name, isMap(constraints) ? constraints : {});
    }
    return attributes;
  }

  #constraints(constraints: ValueMap, at: string): void {
    this.#dropped(constraints, at, knownMembers.constraints);
    const { type, pattern, elements } = membersOf(constraints);
    if (type === undefined) this.#error(at, `constraints must have a \`type\`: one of ${types.join(', ')}`);
    else if (!isOneOf(type, types)) this.#error(`${at}/type`, `\`type\` must be one of ${types.join(', ')}`, type);
    if (pattern !== undefined && (typeof pattern !== 'string' || expressionOf(pattern) === undefined)) {
      this.#error(`${at}/pattern`, '`pattern` must be a regular expression', pattern);
    }
    const list = memberOf(constraints, 'enum');
    if (list !== undefined && !(isList(list) && list.every((each) => typeof each === 'string'))) {
      this.#error(`${at}/enum`, '`enum` must be a list of strings');
    }
    if (list !== undefined && pattern !== undefined)
      this.#error(at, 'constraints must not have both `pattern` and `enum`');
    for (const bound of ['minimum', 'maximum']) {
      const limit = memberOf(constraints, bound);
      if (limit === undefined) continue;
      if (!isNumber(limit) || !Number.isInteger(toNumber(limit)))
        this.#error(`${at}/${bound}`, `\`${bound}\` must be an integer`, limit);
    }
    if (isMap(elements)) this.#constraints(elements, `${at}/elements`);
    else if (elements !== undefined) this.#error(`${at}/elements`, '`elements` must be a map of constraints');
  }

  #value(value: ValueMap, at: string, attributes: Attributes): void {
    this.#times(value, at);
    const own = entriesOf(value).filter(([key]) => !flagTimes.has(key));
    const variants = memberOf(value, '_variants');
    if (variants !== undefined) {
      if (own.length > 1)
        this.#error(at, 'a value must have either `enabled` and attributes, or `_variants`, not both');
      this.#variants(variants, `${at}/_variants`, attributes);
      return;
    }
    this.#enabled(value, at);
    const given = own.filter(([key]) => key !== 'enabled');
    this.#attributes(given, { at, attributes, owner: at });
  }

  #variants(variants: Value, at: string, attributes: Attributes): void {
    if (!isList(variants)) {
      this.#error(at, '`_variants` must be a list');
      return;
    }
    const names = new Set<string>();
    variants.forEach((variant, index) => {
      const path = `${at}/${index}`;
      if (isMap(variant)) this.#variant(variant, path, attributes);
      else this.#error(path, 'a variant must be a map');
      if (!isMap(variant)) return;
      const { name, rule } = membersOf(variant);
      if (typeof name === 'string' && names.has(name)) this.#error(`${path}/name`, 'two variants have this name', name);
      if (typeof name === 'string') names.add(name);
      const isLast = index === variants.length - 1;
      const hasRule = rule !== undefined && rule !== '';
      if (isLast && hasRule)
        this.#error(`${path}/rule`, 'the last variant is the default variant: it must not have a rule');
      if (!isLast && !hasRule)
        this.#error(rule === '' ? `${path}/rule` : path, 'each variant but the last must have a rule');
    });
  }

  #variant(variant: ValueMap, at: string, attributes: Attributes): void {
    this.#dropped(variant, at, knownMembers.variant);
    const { name, enabled, rule, attributeValues } = membersOf(variant);
    if (name === undefined) this.#error(at, 'a variant must have a `name`');
    if (enabled === undefined) this.#error(at, 'a variant must have `enabled`');
    this.#text(variant, { member: 'name', at, most: most.name });
    this.#enabled(variant, at);
    this.#text(variant, { member: 'rule', at, most: most.rule });
    if (typeof rule === 'string' && rule !== '') {
      const problem = ruleProblem(rule);
      if (problem !== undefined) this.#error(`${at}/rule`, `invalid rule: ${problem}`);
    }
    if (attributeValues === undefined) return;
    if (!isMap(attributeValues)) this.#error(`${at}/attributeValues`, '`attributeValues` must be a map');
    else this.#attributes(entriesOf(attributeValues), { at: `${at}/attributeValues`, attributes, owner: at });
  }

  #attributes(
    given: readonly [string, Value][],
    { at, attributes, owner }: { readonly at: string; readonly attributes: Attributes; readonly owner: string },
  ): void {
    for (const [name, value] of given) {
      const constraints = attributes.get(name);
      const path = pointerTo(at, name);
      if (constraints !== undefined) this.#attribute(value, path, constraints);
      else {
        const known = attributes.size === 0 ? 'it defines none' : `it defines ${[...attributes.keys()].join(', ')}`;
        this.#error(path, `the flag does not define the attribute "${name}": ${known}`);
      }
    }
    const names = new Set(given.map(([name]) => name));
    for (const [name, constraints] of attributes) {
      if (memberOf(constraints, 'required') !== true || names.has(name)) continue;
      this.#error(owner, `the attribute "${name}" is required even if the flag is disabled`);
    }
  }

  #attribute(value: Value, at: string, constraints: ValueMap): void {
    const type = memberOf(constraints, 'type');
    if (isNumber(value) && !Number.isFinite(toNumber(value))) {
      this.#error(at, 'the number is too large for AppConfig', value);
      return;
    }
    if (typeof type === 'string' && types.includes(type) && typeOf(value) !== type) {
      this.#error(at, `the value must be ${type === 'array' ? 'an' : 'a'} ${type}`, value);
      return;
    }
    if (!isList(value)) {
      this.#bounds(value, at, constraints);
      return;
    }
    const elements = memberOf(constraints, 'elements');
    const ofElements = isMap(elements) ? elements : {};
    const first = value[0];
    const expected = memberOf(ofElements, 'type') ?? (first === undefined ? undefined : typeOf(first));
    value.forEach((element, index) => {
      if (typeOf(element) === expected) this.#bounds(element, `${at}/${index}`, ofElements);
      else this.#error(`${at}/${index}`, `the element must have the type ${expected}`, element);
    });
  }

  #bounds(value: Value, at: string, constraints: ValueMap): void {
    const { minimum, maximum, pattern } = membersOf(constraints);
    const list = memberOf(constraints, 'enum');
    if (isNumber(value)) {
      const number = toNumber(value);
      if (isNumber(minimum) && number < toNumber(minimum))
        this.#error(at, `the number is below the minimum ${numberText(minimum)}`, value);
      if (isNumber(maximum) && number > toNumber(maximum))
        this.#error(at, `the number is above the maximum ${numberText(maximum)}`, value);
      if (!equalByValue(value, number)) {
        this.#rewritten.push({ pointer: at, message: `AppConfig keeps the number as ${number}`, value });
      }
    }
    if (typeof value !== 'string') return;
    if (value.length > most.text) this.#error(at, `the string has more than ${most.text} characters`);
    if (isList(list) && !list.includes(value))
      this.#error(at, `the value must be one of ${list.map(String).join(', ')}`, value);
    if (typeof pattern === 'string' && expressionOf(pattern) !== undefined)
      this.#patterns.push({ pointer: at, pattern, text: value });
  }

  #enabled(map: ValueMap, at: string): void {
    const enabled = memberOf(map, 'enabled');
    if (truthValueOf(enabled) === undefined) this.#error(`${at}/enabled`, '`enabled` must be true or false', enabled);
  }

  /** A wrong time makes AppConfig fail without a message. The right ones are AppConfig's own. */
  #times(entry: ValueMap, at: string): void {
    for (const member of flagTimes) {
      const time = memberOf(entry, member);
      if (time === undefined) continue;
      if (typeof time !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(time)) {
        this.#error(`${at}/${member}`, `\`${member}\` is not a full timestamp, such as 2026-03-01T12:00:00Z`, time);
      } else
        this.#rewritten.push({
          pointer: `${at}/${member}`,
          message: `AppConfig sets \`${member}\` itself: it is not sent`,
        });
    }
  }

  #text(
    map: ValueMap,
    { member, at, most }: { readonly member: string; readonly at: string; readonly most: number },
  ): void {
    const text = memberOf(map, member);
    if (text === undefined) return;
    const path = `${at}/${member}`;
    if (typeof text !== 'string') this.#error(path, `\`${member}\` must be a string`, text);
    else if (text.length > most) this.#error(path, `\`${member}\` has more than ${most} characters`);
  }

  #dropped(map: ValueMap, at: string, known: readonly string[]): void {
    for (const [key] of entriesOf(map)) {
      if (known.includes(key)) continue;
      this.#rewritten.push({
        pointer: pointerTo(at, key),
        message: `AppConfig silently drops the key "${key}"`,
      });
    }
  }

  /** The entries that are maps and have valid keys. Reports the others. */
  #entries(map: ValueMap, { member, at }: { readonly member: string; readonly at: string }): [string, ValueMap][] {
    const entries = memberOf(map, member);
    const path = `${at}/${member}`;
    if (entries === undefined) return [];
    if (!isMap(entries)) {
      this.#error(path, `\`${member}\` must be a map`);
      return [];
    }
    return entriesOf(entries).flatMap(([key, entry]): [string, ValueMap][] => {
      const entryPath = pointerTo(path, key);
      if (!keyPattern.test(key)) {
        this.#error(
          entryPath,
          `the key "${key}" must begin with a lower-case letter, and have at most 64 letters, digits, "_" and "-"`,
        );
      }
      if (!isMap(entry)) this.#error(entryPath, 'the entry must be a map');
      return isMap(entry) ? [[key, entry]] : [];
    });
  }

  #error(pointer: string, message: string, value?: Value): void {
    this.#errors.push({ pointer, message, ...(value === undefined ? {} : { value }) });
  }
}

/** The pattern as JavaScript has it; undefined where it is none. AppConfig's own may begin with flags: `(?i)`. */
export function expressionOf(pattern: string): RegExp | undefined {
  const [whole = '', flags = ''] = /^\(\?([ims]+)\)/.exec(pattern) ?? [];
  try {
    return new RegExp(pattern.slice(whole.length), flags);
  } catch {
    return undefined;
  }
}

function membersOf(map: ValueMap): Readonly<Record<string, Value | undefined>> {
  return Object.fromEntries(entriesOf(map));
}

function isOneOf(value: Value, list: readonly string[]): boolean {
  return typeof value === 'string' && list.includes(value);
}

function typeOf(value: Value): string {
  if (isList(value)) return 'array';
  return isNumber(value) ? 'number' : typeof value;
}
