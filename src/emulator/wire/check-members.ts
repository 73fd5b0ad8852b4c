// Checks of request members. Messages follow the service's own wording.
import { isObject } from './is-object.ts';
import { badRequest, invalid } from './service-error.ts';

interface Size {
  readonly min: number;
  readonly max: number;
}

/** A required string. `null` means missing, as for a query parameter. @throws ServiceError */
export function requiredText(
  value: unknown,
  member: string,
  size: { readonly min?: number; readonly max: number },
): string {
  if (value === undefined || value === null) throw invalid(member, undefined, 'Member must not be null');
  if (typeof value !== 'string') throw badRequest(`Member '${member}' must be a string`);
  const { min = 1, max } = size;
  if (value.length < min) throw invalid(member, value, `Member must have length greater than or equal to ${min}`);
  if (value.length > max) throw invalid(member, value, `Member must have length less than or equal to ${max}`);
  return value;
}

/** An optional string. @throws ServiceError */
export function optionalText(
  value: unknown,
  member: string,
  size: { readonly min?: number; readonly max: number },
): string | undefined {
  return value === undefined ? undefined : requiredText(value, member, { min: 0, ...size });
}

/** A description. `""` is kept because it clears an older one. @throws ServiceError */
export function descriptionText(value: unknown): string | undefined {
  return optionalText(value, 'description', { max: 1024 });
}

/** A string that response headers will carry: printable ASCII only. @throws ServiceError */
export function headerText(value: string, member: string): string {
  if (/^[ -~]*$/.test(value)) return value;
  throw invalid(member, value, 'Member must satisfy regular expression pattern: [ -~]*');
}

/** The id, alias or ARN of a KMS key. `""` is kept because it clears an older one. @throws ServiceError */
export function kmsKeyText(value: unknown): string | undefined {
  const key = optionalText(value, 'kmsKeyIdentifier', { max: 2048 });
  if (key === undefined || /^[a-zA-Z0-9/_.:-]*$/.test(key)) return key;
  throw invalid('kmsKeyIdentifier', key, 'Member must satisfy regular expression pattern: [a-zA-Z0-9/_.:-]*');
}

/** A required number within a range; an integer unless `whole` is false. @throws ServiceError */
export function numberInRange(
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

/** A required member of an enum. @throws ServiceError */
export function oneOf<T extends string>(value: unknown, member: string, values: readonly T[]): T {
  const found = values.find((each) => each === value);
  if (found === undefined) {
    throw invalid(member, value, `Member must satisfy enum value set: [${values.join(', ')}]`);
  }
  return found;
}

/** An optional list of objects. @throws ServiceError */
export function objectList(value: unknown, member: string, max: number): Record<string, unknown>[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw badRequest(`Member '${member}' must be a list`);
  if (value.length > max) throw invalid(member, value, `Member must have length less than or equal to ${max}`);
  return value.map((entry: unknown) => {
    if (!isObject(entry)) throw badRequest(`Member '${member}' must be a list of objects`);
    return entry;
  });
}

/** An optional map of strings. @throws ServiceError */
export function stringMap(
  value: unknown,
  member: string,
  sizes: { readonly key: Size; readonly value: Size },
): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value)) throw badRequest(`Member '${member}' must be a map of strings`);
  const entries = Object.entries(value).map(([key, content]): [string, string] => {
    if (typeof content !== 'string') {
      throw badRequest(`Member '${member}' must be a map of strings, but the value of '${key}' is not a string`);
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

/** Optional tags by key. @throws ServiceError */
export function tagsOf(value: unknown): Record<string, string> {
  const tags = stringMap(value, 'tags', { key: { min: 1, max: 128 }, value: { min: 0, max: 256 } });
  const keys = Object.keys(tags);
  const reserved = keys.find((key) => /^aws:/i.test(key));
  if (reserved !== undefined) throw badRequest(`Tag keys starting with 'aws:' are reserved: ${reserved}`);
  if (keys.length > 50) throw tooManyTags();
  return tags;
}

/** An optional boolean. @throws ServiceError */
export function optionalBoolean(value: unknown, member: string): boolean | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'boolean') throw badRequest(`Member '${member}' must be true or false`);
  return value;
}

/** The members of an optional structure. @throws ServiceError */
export function optionalMembers(value: unknown, member: string): Record<string, unknown> {
  if (value === undefined) return {};
  if (!isObject(value)) throw badRequest(`Member '${member}' must be an object`);
  return value;
}

/** The error for more than 50 tags on one resource. */
export function tooManyTags(): Error {
  return badRequest('A resource cannot have more than 50 tags.');
}

/** An optional integer from a header, a query or a body. @throws ServiceError */
export function optionalInteger(value: unknown, member: string): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const digits = typeof value === 'number' ? String(value) : value;
  if (typeof digits !== 'string' || !/^\d{1,9}$/.test(digits)) {
    throw badRequest(`Member '${member}' must be an integer`);
  }
  return Number(digits);
}
