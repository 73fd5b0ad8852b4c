// Variables in the strings of a configuration: what they are replaced by, and where that comes from.
import { pointerTo } from '../document/json-pointer.ts';
import type { SourcePosition } from '../model/source-position.ts';
import { isList, isMap, keyOfProperty, type Value } from '../model/value.ts';
import type { Problem } from '../problem/problem.ts';
import { available, suggest } from '../problem/suggest.ts';
import { effectiveAccountRegion } from '../settings/account-regions.ts';
import { labelsOf, type Target } from '../settings/effective-settings.ts';
import type { Settings, TenantEntry } from '../settings/settings.ts';

/** What a variable is replaced by at one address; undefined for one that it does not have. */
export type VariableValues = (name: string) => string | undefined;

/** A variable that cannot be replaced. */
export interface UnknownVariable {
  /** JSON Pointer of the string. */
  readonly pointer: string;
  /** Undefined: a `${` without its `}`. */
  readonly name: string | undefined;
}

export interface VariableHandlers {
  readonly unknown?: (unknown: UnknownVariable) => void;
  /** Called with each string that had variables. */
  readonly joined?: (text: string) => void;
  /** Whether a map or list is known to have none. */
  readonly isPlain?: IsPlain;
}

type IsPlain = (part: object) => boolean;

const labelPrefix = 'label.';

/** The values come from the tree and the settings alone: the same tree has the same contents wherever it is rendered. */
export function variableValues(settings: Settings, target: Target): VariableValues {
  return (name) => {
    if (name === 'tenant' || name === 'environment') return target[name];
    if (name === 'account') return effectiveAccountRegion(settings, target).account;
    if (name === 'region') return effectiveAccountRegion(settings, target).region ?? settings.aws.region;
    if (name.startsWith(labelPrefix)) return labelsOf(settings, target.tenant).get(name.slice(labelPrefix.length));
    return undefined;
  };
}

/** Where the value of a known variable comes from. */
export function variableSource(settings: Settings, target: Target, name: string): SourcePosition {
  const { tenant, environment } = target;
  if (name === 'tenant') return { file: `tenants/${tenant}` };
  if (name === 'environment') return { file: `tenants/${tenant}/${environment}` };
  if (name.startsWith(labelPrefix)) {
    const label = name.slice(labelPrefix.length);
    return ofTenant(['labels', label], ({ labels }) => labels.has(label)) ?? settings.sourceOf('tenants');
  }
  // The account may come from a role's ARN.
  for (const key of name === 'account' ? (['account', 'roleArn'] as const) : (['region'] as const)) {
    if (settings.environments?.get(environment)?.[key] !== undefined) {
      return settings.sourceOf('environments', environment, key);
    }
    const found = ofTenant([key], (entry) => entry[key] !== undefined);
    if (found !== undefined) return found;
  }
  return settings.sourceOf('aws', name);

  function ofTenant(keys: readonly string[], has: (entry: TenantEntry) => boolean): SourcePosition | undefined {
    const index = settings.tenants.of(tenant).entries.findLast((each) => {
      const entry = settings.tenants[each];
      return entry !== undefined && has(entry);
    });
    return index === undefined ? undefined : settings.sourceOf('tenants', String(index), ...keys);
  }
}

const notation = /\$\$\{|\$\{([^}]*)(\}?)/g;

/** The names of the variables in a value, each once; undefined where it has no `${` at all, and so stays as it is. */
export function variablesIn(value: Value, isPlain: IsPlain = () => false): readonly string[] | undefined {
  const names = new Set<string>();
  return collectNames(value, names, isPlain) ? [...names] : undefined;
}

function collectNames(value: Value, names: Set<string>, isPlain: IsPlain): boolean {
  if (typeof value === 'string') {
    if (!value.includes('${')) return false;
    for (const [, name] of value.matchAll(notation)) if (name !== undefined) names.add(name);
    return true;
  }
  if (!isList(value) && !isMap(value)) return false;
  let found = false;
  if (isPlain(value)) return found;
  for (const member of isList(value) ? value : Object.values(value)) {
    found = collectNames(member, names, isPlain) || found;
  }
  return found;
}

/**
 * Replaces the variables in all strings, and `$${` by `${`; not in keys, and not in what is inserted. Parts without variables
 * stay the same objects.
 * @param path of the value, unescaped: pointers are built only for what is unknown
 */
export function replaceVariables(
  value: Value,
  textOf: VariableValues,
  on: VariableHandlers = {},
  path: (string | number)[] = [],
): Value {
  if (typeof value === 'string') {
    if (!value.includes('${')) return value;
    const joined = value.replace(notation, (written, name?: string, end?: string) => {
      if (name === undefined) return '${';
      const text = end === '' ? undefined : textOf(name);
      if (text === undefined) {
        on.unknown?.({ pointer: path.reduce<string>(pointerTo, ''), name: end === '' ? undefined : name });
      }
      return text ?? written;
    });
    on.joined?.(joined);
    return joined;
  }
  if (!isList(value) && !isMap(value)) return value;
  if (on.isPlain?.(value)) return value;
  const replaced = (key: string | number, member: Value): Value => {
    path.push(key);
    const result = replaceVariables(member, textOf, on, path);
    path.pop();
    return result;
  };
  if (isList(value)) {
    const list = value.map((member, index) => replaced(index, member));
    return list.every((member, index) => member === value[index]) ? value : list;
  }
  let map: Record<string, Value> | undefined;
  for (const property of Object.keys(value)) {
    const member = value[property] as Value;
    const result = replaced(keyOfProperty(property), member);
    if (result === member) continue;
    map ??= { ...value };
    map[property] = result;
  }
  return map ?? value;
}

/** @param at what the problem is reported at; `quotes`: whether the text of the string may be shown */
export function unknownVariableProblem(
  { name, pointer }: UnknownVariable,
  {
    settings,
    target,
    ...at
  }: {
    readonly settings: Settings;
    readonly target: Target;
    readonly source: SourcePosition;
    readonly quotes: boolean;
  },
): Problem {
  const [message, hint] = describe(name, pointer, { settings, target, quotes: at.quotes });
  return { code: 'variable-unknown', severity: 'error', message, hint: { text: hint }, source: at.source };
}

function describe(
  name: string | undefined,
  pointer: string,
  { settings, target, quotes }: { readonly settings: Settings; readonly target: Target; readonly quotes: boolean },
): readonly [message: string, hint: string] {
  const where = pointer === '' ? 'the content' : pointer;
  const literal = 'write $${ for a literal ${';
  if (name === undefined) return [`${where} has "\${" without "}"`, `add the }, or ${literal}`];
  if (name === labelPrefix) {
    const names = [...labelsOf(settings, target.tenant).keys()];
    return [`${where} has "\${label.}": the name of the label is missing`, `${available(names)}; or ${literal}`];
  }
  if (!quotes) return [`${where} has an unknown variable`, `fix its name, or ${literal}`];
  const { tenant, environment } = target;
  const text = `"\${${name}}"`;
  if (name === 'account' || name === 'region') {
    const missing = `${where} has ${text}, but appcfg.yml gives ${tenant}/${environment} no ${name === 'account' ? 'account' : 'Region'}`;
    return [missing, `set ${name} under environments or tenants in appcfg.yml, or ${literal}`];
  }
  const labels = [...labelsOf(settings, tenant).keys()].map((label) => labelPrefix + label);
  const known = ['tenant', 'environment', 'account', 'region', ...labels];
  const message = name.startsWith(labelPrefix)
    ? `${where} has ${text}, but tenant "${tenant}" has no label "${name.slice(labelPrefix.length)}"`
    : `${where} has the unknown variable ${text}`;
  return [message, `${suggest(name, known).text}; or ${literal}`];
}
