// Checks of request members, worded like the service's own.
import { badRequest, invalid } from './service-error.ts';

interface Size {
  readonly min: number;
  readonly max: number;
}

/** A member that must be a string; `null` is a parameter of the query that is not there. @throws ServiceError */
export function text(value: unknown, member: string, size: { readonly min?: number; readonly max: number }): string {
  if (value === undefined || value === null) throw invalid(member, undefined, 'Member must not be null');
  if (typeof value !== 'string') throw badRequest(`Member '${member}' must be a string`);
  const { min = 1, max } = size;
  if (value.length < min) throw invalid(member, value, `Member must have length greater than or equal to ${min}`);
  if (value.length > max) throw invalid(member, value, `Member must have length less than or equal to ${max}`);
  return value;
}

/** A member that may be left out. @throws ServiceError */
export function optionalText(
  value: unknown,
  member: string,
  size: { readonly min?: number; readonly max: number },
): string | undefined {
  return value === undefined ? undefined : text(value, member, { min: 0, ...size });
}

/** A description: `""` is kept, for it clears an older one. @throws ServiceError */
export function descriptionText(value: unknown): string | undefined {
  return optionalText(value, 'description', { max: 1024 });
}

/** Text that goes into headers of answers, where nothing but printable ASCII is safe. @throws ServiceError */
export function headerText(value: string, member: string): string {
  if (/^[ -~]*$/.test(value)) return value;
  throw invalid(member, value, 'Member must satisfy regular expression pattern: [ -~]*');
}

/** A key's id, alias or ARN; `""` is kept, for it clears an older one. @throws ServiceError */
export function kmsKeyText(value: unknown): string | undefined {
  const key = optionalText(value, 'kmsKeyIdentifier', { max: 2048 });
  if (key === undefined || /^[a-zA-Z0-9/_.:-]*$/.test(key)) return key;
  throw invalid('kmsKeyIdentifier', key, 'Member must satisfy regular expression pattern: [a-zA-Z0-9/_.:-]*');
}

/** A number between two others. @throws ServiceError */
export function numeric(
  value: unknown,
  member: string,
  range: { readonly min: number; readonly max: number; readonly whole?: boolean },
): number {
  if (value === undefined) throw invalid(member, undefined, 'Member must not be null');
  if (typeof value !== 'number' || Number.isNaN(value)) throw badRequest(`Member '${member}' must be a number`);
  if (range.whole !== false && !Number.isInteger(value)) throw badRequest(`Member '${member}' must be an integer`);
  if (value < range.min) throw invalid(member, value, `Member must have value greater than or equal to ${range.min}`);
  if (value > range.max) throw invalid(member, value, `Member must have value less than or equal to ${range.max}`);
  return value;
}

/** One of some words. @throws ServiceError */
export function oneOf<T extends string>(value: unknown, member: string, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found === undefined) {
    throw invalid(member, value, `Member must satisfy enum value set: [${words.join(', ')}]`);
  }
  return found;
}

/** A list of objects. @throws ServiceError */
export function objects(value: unknown, member: string, max: number): Record<string, unknown>[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw badRequest(`Member '${member}' must be a list`);
  if (value.length > max) throw invalid(member, value, `Member must have length less than or equal to ${max}`);
  return value.map((entry: unknown) => {
    if (!isObject(entry)) throw badRequest(`Member '${member}' must be a list of objects`);
    return entry;
  });
}

/** Strings by name. @throws ServiceError */
export function texts(
  value: unknown,
  member: string,
  sizes: { readonly key: Size; readonly value: Size },
): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value)) throw badRequest(`Member '${member}' must be a map of strings`);
  const entries = Object.entries(value).map(([key, content]): [string, string] => {
    if (typeof content !== 'string') {
      throw badRequest(`Member '${member}' must be a map of strings, and what it has for '${key}' is none`);
    }
    checkSize(member, key, { what: 'Map keys', ...sizes.key });
    checkSize(member, content, { what: 'Map value', ...sizes.value });
    return [key, content];
  });
  return Object.fromEntries(entries);
}

function checkSize(member: string, given: string, { what, min, max }: Size & { readonly what: string }): void {
  if (given.length >= min && given.length <= max) return;
  const rules = `Member must have length less than or equal to ${max}, Member must have length greater than or equal to ${min}`;
  throw invalid(member, given, `${what} must satisfy constraint: [${rules}]`);
}

/** Tags by key. @throws ServiceError */
export function tagsOf(value: unknown): Record<string, string> {
  const tags = texts(value, 'tags', { key: { min: 1, max: 128 }, value: { min: 0, max: 256 } });
  const keys = Object.keys(tags);
  const reserved = keys.find((key) => /^aws:/i.test(key));
  if (reserved !== undefined) throw badRequest(`Tag keys starting with 'aws:' are reserved: ${reserved}`);
  if (keys.length > 50) throw tooManyTags();
  return tags;
}

/** A member that is true or false, if it is there. @throws ServiceError */
export function optionalTruth(value: unknown, member: string): boolean | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'boolean') throw badRequest(`Member '${member}' must be true or false`);
  return value;
}

/** The members of a member, none if it is not there. @throws ServiceError */
export function optionalMembers(value: unknown, member: string): Record<string, unknown> {
  if (value === undefined) return {};
  if (!isObject(value)) throw badRequest(`Member '${member}' must be an object`);
  return value;
}

/** The error for more than 50 tags on one resource. */
export function tooManyTags(): Error {
  return badRequest('A resource cannot have more than 50 tags.');
}

/** A member that an object has itself: `constructor` is of none. */
export function ownMember<T>(object: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Whether it has named members. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
