// Checks values at run time that TypeScript cannot check: from the library's JavaScript callers, and from HTTP.
import { inspect } from 'node:util';
import type { Alarm } from '../model/alarms.ts';
import { type Fault, faultKinds, maxDelayMs } from '../model/faults.ts';
import { isObject } from '../wire/is-object.ts';

/** What a member must be. */
export interface Expected {
  /** In words, after "must be". */
  readonly what: string;
  /** Its `typeof`; any if omitted. */
  readonly type?: string;
  /** Called only for values of that type. */
  readonly fits?: (value: unknown) => boolean;
  readonly required?: true;
}

/** What each member of a type must be. */
export type Shape<T> = { readonly [Name in keyof T]-?: Expected };

/** A value of a wrong type, or with a member that does not exist. */
export class InputTypeError extends TypeError {}

/** Any string. */
export const text: Expected = { what: 'a string', type: 'string' };
/** A string that may not be omitted. */
export const requiredText: Expected = { ...text, required: true };
/** A delay of a response. */
export const delay: Expected = numberWithin(0, maxDelayMs, `a number of milliseconds from 0 to ${maxDelayMs}`);

/** The members that name an account and a Region. */
export const accountRegionShape: Shape<{ account: string; region: string }> = {
  account: { what: 'a string of twelve digits', type: 'string', fits: (id) => /^\d{12}$/.test(String(id)) },
  region: { what: 'a Region such as eu-west-1', type: 'string', fits: (name) => /^[a-z\d-]+$/.test(String(name)) },
};

/** A fault to inject. */
export const faultShape: Shape<Fault> = {
  operation: requiredText,
  kind: { ...oneOf(...faultKinds), required: true },
  about: text,
  times: { ...integerFrom(1), fits: (n) => n === Infinity || (Number.isSafeInteger(n) && Number(n) >= 1) },
  after: integerFrom(0),
  every: integerFrom(1),
  delayMs: delay,
};

/** Alarms to set. */
export const alarmShape: Shape<Alarm> = {
  ...accountRegionShape,
  application: requiredText,
  environment: requiredText,
  state: { ...oneOf('OK', 'ALARM', 'INSUFFICIENT_DATA'), required: true },
};

/** Where a value came from, for messages. */
export interface InputContext {
  /** The function that was called. */
  readonly caller?: string;
  /** The path to the value, before the names of its members. */
  readonly path?: string;
  /** Whether members that the shape does not have are an error, as a misspelled option would have no effect. */
  readonly unknownMembers?: 'refused' | 'ignored';
}

/**
 * Checks that a value has a shape. Reports all problems at once.
 * @throws InputTypeError for a wrong type, or a member that does not exist
 * @throws RangeError for values out of bounds
 */
export function checkInput<T>(given: unknown, shape: Shape<T>, context: InputContext = {}): asserts given is T {
  const problems = problemsOf(given, shape, context);
  if (problems.length === 0) return;
  const caller = context.caller === undefined ? '' : `${context.caller}: `;
  const message = `${caller}${problems.map((problem) => problem.message).join('; ')}`;
  throw problems.some(({ isType }) => isType) ? new InputTypeError(message) : new RangeError(message);
}

interface InputProblem {
  readonly isType: boolean;
  readonly message: string;
}

function problemsOf<T>(given: unknown, shape: Shape<T>, context: InputContext): InputProblem[] {
  const { path = '', unknownMembers = 'refused' } = context;
  if (!isObject(given)) {
    const what = path === '' ? 'an object is required' : `"${path}" must be an object`;
    return [{ isType: true, message: `${what}, not ${shown(given)}` }];
  }
  const prefix = path === '' ? '' : `${path}.`;
  const problems = Object.entries<Expected>(shape).flatMap(([name, { what, type, fits, required }]): InputProblem[] => {
    const value = given[name];
    if (value === undefined) return required ? [{ isType: true, message: `"${prefix}${name}" is missing` }] : [];
    const hasType = type === undefined || typeof value === type;
    if (hasType && fits?.(value) !== false) return [];
    const message = `"${prefix}${name}" must be ${what}, not ${shown(value)}`;
    return [{ isType: !hasType || type === undefined || type === 'object', message }];
  });
  const others = Object.keys(given).filter((name) => unknownMembers === 'refused' && !Object.hasOwn(shape, name));
  const available = `available: ${Object.keys(shape).join(', ')}`;
  return [
    ...problems,
    ...others.map((name) => ({ isType: true, message: `unknown member "${prefix}${name}", ${available}` })),
  ];
}

/** One of some strings. */
export function oneOf(...values: readonly string[]): Expected {
  return { what: `one of ${values.join(', ')}`, type: 'string', fits: (value) => values.includes(String(value)) };
}

/** A number within bounds. @param what the bounds in words */
export function numberWithin(min: number, max: number, what: string): Expected {
  return { what, type: 'number', fits: (value) => Number(value) >= min && Number(value) <= max };
}

function integerFrom(min: number): Expected {
  return {
    what: `an integer of at least ${min}`,
    type: 'number',
    fits: (value) => Number.isSafeInteger(value) && Number(value) >= min,
  };
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : inspect(value, { depth: 0, breakLength: Infinity });
}
