// Feature flags as clients receive them, which differs from how they are stored.
import { isObject } from '../wire/is-object.ts';

type Flag = Record<string, unknown>;

/**
 * Every flag that has a value, with its attributes only if it is enabled. Of a flag's variants it takes the one without a
 * rule.
 */
export function flattenFlags(stored: Uint8Array): Record<string, Flag> {
  const document: unknown = JSON.parse(Buffer.from(stored).toString('utf8'));
  const values = isObject(document) && isObject(document.values) ? document.values : {};
  const flags = Object.entries(values).flatMap(([key, value]): [string, Flag][] => {
    const flag = isObject(value) ? flatten(value) : undefined;
    return flag === undefined ? [] : [[key, flag]];
  });
  return Object.fromEntries(flags);
}

function flatten(value: Flag): Flag | undefined {
  if (!Array.isArray(value._variants)) return withAttributes(value.enabled, value);
  const variant = value._variants.filter(isObject).find(({ rule }) => rule === undefined);
  if (variant === undefined) return undefined;
  const attributes = isObject(variant.attributeValues) ? variant.attributeValues : {};
  return { ...withAttributes(variant.enabled, attributes), _variant: variant.name };
}

function withAttributes(enabled: unknown, attributes: Flag): Flag {
  if (enabled !== true) return { enabled: false };
  const shown = Object.entries(attributes).filter(([name]) => !name.startsWith('_') && name !== 'enabled');
  return { enabled: true, ...Object.fromEntries(shown) };
}
