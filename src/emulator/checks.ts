// Checks of request members, worded like the service's own.
import { badRequest, invalid } from './errors.ts';

/** A member that must be a string. @throws ServiceError */
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
  return value === undefined || value === null ? undefined : text(value, member, { min: 0, ...size });
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
  if (value === undefined || value === null) throw invalid(member, undefined, 'Member must not be null');
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
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badRequest(`Member '${member}' must be a list`);
  if (value.length > max) throw invalid(member, value, `Member must have length less than or equal to ${max}`);
  return value.map((entry: unknown) => {
    if (!isObject(entry)) throw badRequest(`Member '${member}' must be a list of structures`);
    return entry;
  });
}

/** Tags by key. @throws ServiceError */
export function tagsOf(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw badRequest(`Member 'tags' must be a map`);
  const tags = Object.entries(value).map(([key, content]): [string, string] => {
    if (key === '' || key.length > 128) throw invalid('tags', key, 'Map keys must have length between 1 and 128');
    if (/^aws:/i.test(key)) throw badRequest(`Tag keys starting with 'aws:' are reserved: ${key}`);
    return [key, text(content, 'tags', { min: 0, max: 256 })];
  });
  if (tags.length > 50) throw tooManyTags();
  return Object.fromEntries(tags);
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
