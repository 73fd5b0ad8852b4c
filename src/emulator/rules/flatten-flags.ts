// Feature flags as clients receive them, which is not how they are stored.
import { isObject } from '../wire/check-members.ts';

type Flag = Record<string, unknown>;

/** Every flag that has a value, with its attributes only if it is on; variants come as the one that needs no rule. */
export function retrievalForm(stored: Uint8Array): Record<string, Flag> {
  const document: unknown = JSON.parse(Buffer.from(stored).toString('utf8'));
  const values = isObject(document) && isObject(document.values) ? document.values : {};
  const flags: [string, Flag][] = [];
  for (const [key, value] of Object.entries(values)) {
    const flag = isObject(value) ? retrieved(value) : undefined;
    if (flag !== undefined) flags.push([key, flag]);
  }
  return Object.fromEntries(flags);
}

function retrieved(value: Flag): Flag | undefined {
  if (!Array.isArray(value._variants)) return flat(value.enabled, value);
  const variants = value._variants.filter(isObject);
  const byDefault = variants.find((variant) => variant.rule === undefined);
  if (byDefault === undefined) return undefined;
  const attributes = isObject(byDefault.attributeValues) ? byDefault.attributeValues : {};
  return { ...flat(byDefault.enabled, attributes), _variant: byDefault.name };
}

function flat(enabled: unknown, attributes: Flag): Flag {
  if (enabled !== true) return { enabled: false };
  const shown = Object.entries(attributes).filter(([name]) => !name.startsWith('_') && name !== 'enabled');
  return { enabled: true, ...Object.fromEntries(shown) };
}
