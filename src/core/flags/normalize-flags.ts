// A feature-flag document as AppConfig stores it, without the times that AppConfig adds. Documents that AppConfig
// stores as the same become equal. Recorded from AWS, see docs/feature-flags.md.
import {
  entriesOf,
  hasKey,
  isList,
  isMap,
  isNumber,
  mapOf,
  memberOf,
  toNumber,
  type Value,
  type ValueMap,
} from '../model/value.ts';

/** Members that AppConfig sets itself. */
export const flagTimes: ReadonlySet<string> = new Set(['_createdAt', '_updatedAt']);

/** Members that AppConfig keeps; it silently drops others. */
export const knownMembers = {
  document: ['version', 'flags', 'values'],
  flag: ['name', 'description', '_deprecation', 'attributes'],
  attribute: ['description', 'constraints'],
  constraints: ['type', 'required', 'pattern', 'enum', 'minimum', 'maximum', 'elements'],
  variant: ['name', 'enabled', 'rule', 'attributeValues'],
} as const;

/** The document with the members that AppConfig keeps, in the form that it keeps. What is no flags document stays as it is. */
export function normalizeFlags(document: Value): Value {
  if (!isMap(document)) return document;
  const kept = only(document, knownMembers.document);
  return members(kept, {
    flags: (flags) => emptied(eachMember(flags, normalFlag)),
    values: (values) => emptied(eachMember(values, normalValue)),
  });
}

/** How AppConfig reads `enabled`. Undefined where it refuses it. */
export function truthValueOf(value: Value | undefined): boolean | undefined {
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) return true;
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value) ? false : undefined;
}

function normalFlag(flag: Value): Value {
  if (!isMap(flag)) return flag;
  const attributes = (each: Value) =>
    eachMember(each, (attribute) =>
      isMap(attribute)
        ? members(only(attribute, knownMembers.attribute), { constraints: normalConstraints })
        : attribute,
    );
  return members(only(flag, knownMembers.flag), { attributes });
}

function normalConstraints(constraints: Value): Value {
  if (!isMap(constraints)) return constraints;
  return members(
    only(mapOf(entriesOf(constraints).map(([key, each]) => [key, withDoubles(each)])), knownMembers.constraints),
    {
      elements: normalConstraints,
    },
  );
}

function normalValue(value: Value): Value {
  if (!isMap(value)) return value;
  const own = mapOf(entriesOf(value).filter(([key]) => !flagTimes.has(key)));
  const variants = memberOf(own, '_variants');
  if (isList(variants) && variants.length > 0)
    return members(own, { _variants: (each) => (isList(each) ? each.map(normalVariant) : each) });
  // AppConfig stores and serves a value with an empty list of variants like one that is disabled.
  const rest = isList(variants) ? entriesOf(own).filter(([key]) => key !== '_variants') : entriesOf(own);
  return withEnabled(mapOf(rest.map(([key, each]) => [key, withDoubles(each)])));
}

function normalVariant(variant: Value): Value {
  if (!isMap(variant)) return variant;
  return withEnabled(members(only(variant, knownMembers.variant), { attributeValues: withDoubles }));
}

function withEnabled(map: ValueMap): Value {
  const enabled = truthValueOf(memberOf(map, 'enabled'));
  if (enabled === undefined) return map;
  if (hasKey(map, 'enabled')) return members(map, { enabled: () => enabled });
  return mapOf([['enabled', enabled], ...entriesOf(map)]);
}

/** Numbers as doubles, which is how AppConfig keeps them. One that no double holds stays, and is refused. */
function withDoubles(value: Value): Value {
  if (isNumber(value)) {
    const number = toNumber(value);
    return Number.isFinite(number) ? number : value;
  }
  if (isList(value)) return value.map(withDoubles);
  return isMap(value) ? eachMember(value, withDoubles) : value;
}

function only(map: ValueMap, keys: readonly string[]): ValueMap {
  return mapOf(entriesOf(map).filter(([key]) => keys.includes(key)));
}

/** The map with some of its members changed; a member that becomes undefined is left out. */
function members(map: ValueMap, changes: Readonly<Record<string, (value: Value) => Value | undefined>>): ValueMap {
  return mapOf(
    entriesOf(map).flatMap(([key, value]): [string, Value][] => {
      const change = Object.hasOwn(changes, key) ? changes[key] : undefined;
      const changed = change === undefined ? value : change(value);
      return changed === undefined ? [] : [[key, changed]];
    }),
  );
}

function eachMember(value: Value, change: (value: Value) => Value): Value {
  return isMap(value) ? mapOf(entriesOf(value).map(([key, member]) => [key, change(member)])) : value;
}

function emptied(value: Value): Value | undefined {
  return isMap(value) && entriesOf(value).length === 0 ? undefined : value;
}
