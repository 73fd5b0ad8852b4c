// Which settings change, for how many addresses, and which of them loosen something.
import { isDeepStrictEqual } from 'node:util';
import { pointerTo } from '../document/json-pointer.ts';
import type { Address } from '../model/address.ts';
import { groupsBy } from '../model/groups-by.ts';
import { inBase, type SourcePosition } from '../model/source-position.ts';
import { profileAsWritten, type Settings } from '../settings/settings.ts';
import { type AddressRow, addressRows } from './address-settings.ts';
import { globalRows } from './global-settings.ts';

/** A setting that changes, and for how many addresses. */
export interface SettingsChange {
  /** JSON Pointer into appcfg.yml. */
  readonly path: string;
  /** JSON on one line; absent: it is not set. */
  readonly before?: string;
  readonly after?: string;
  readonly loosened: boolean;
  /** Why it counts as loosened. */
  readonly reason?: string;
  /** Undefined for a setting of the whole run. */
  readonly addresses?: number;
  readonly source: SourcePosition;
}

interface Compared {
  /** `redact` as the files have it. */
  readonly base: Settings;
  readonly head: Settings;
}

/**
 * @param addresses of both trees
 * @param differingSchemas profiles whose schema has another content
 * @returns what is loosened first
 */
export function compareSettings(
  settings: Compared,
  addresses: readonly Address[],
  differingSchemas: ReadonlySet<string> = new Set(),
): readonly SettingsChange[] {
  const changes = [
    ...globalChanges(settings),
    ...addressChanges(settings, addresses),
    ...schemaChanges(settings, addresses, differingSchemas),
  ];
  return [...changes.filter(({ loosened }) => loosened), ...changes.filter(({ loosened }) => !loosened)];
}

function globalChanges({ base, head }: Compared): readonly SettingsChange[] {
  return globalRows(base, head).flatMap(({ keys, of, loosens }) => {
    const [before, after] = [of(base), of(head)];
    if (isDeepStrictEqual(before, after)) return [];
    const where = { keys, source: sourceOf({ base, head }, keys, !isSet(head, keys) && isSet(base, keys)) };
    return [changeOf(where, { before, after, reason: loosens(before, after) })];
  });
}

/** Equal changes of one setting are one, for all of their addresses. */
function addressChanges(settings: Compared, addresses: readonly Address[]): readonly SettingsChange[] {
  if (isSame(settings)) return [];
  // A tree has few profiles, and few environments of a tenant.
  const byProfile = groupsBy(addresses, ({ configurationProfile }) => configurationProfile);
  const byTarget = groupsBy(addresses, ({ tenant, environment }) => `${tenant}/${environment}`);
  const changes = new Map<string, SettingsChange>();
  for (const row of addressRows) {
    for (const same of row.isOfProfile ? byProfile : byTarget) {
      const change = changeAt(row, same[0], settings);
      if (change === undefined) continue;
      const key = JSON.stringify([change.path, change.before, change.after]);
      const known = changes.get(key)?.addresses ?? 0;
      changes.set(key, { ...change, addresses: known + same.length });
    }
  }
  return [...changes.values()];
}

/** A schema under the same path that is another one. */
function schemaChanges(
  { base, head }: Compared,
  addresses: readonly Address[],
  differing: ReadonlySet<string>,
): readonly SettingsChange[] {
  return [...differing].flatMap((profile) => {
    const [before, after] = [base, head].map((settings) => profileAsWritten(settings, profile).schema);
    if (before === undefined || before !== after) return [];
    const keys = ['profiles', profile, 'schema'];
    const where = { keys, source: sourceOf({ base, head }, keys, false) };
    const concerned = addresses.filter(({ configurationProfile }) => configurationProfile === profile).length;
    return [{ ...changeOf(where, { before, after, reason: 'its content is replaced' }), addresses: concerned }];
  });
}

/** Then there is nothing to compare, address by address. */
function isSame({ base, head }: Compared): boolean {
  const values = ({ sourceOf, tenants, ...settings }: Settings) => ({ ...settings, tenants: [...tenants] });
  return isDeepStrictEqual(values(base), values(head));
}

// biome-ignore lint/suspicious/noExplicitAny: each row has a type of its own
function changeAt(row: AddressRow<any>, address: Address, { base, head }: Compared): SettingsChange | undefined {
  const [before, after] = [row.of(base, address), row.of(head, address)];
  const differs = row.differs?.(before, after) ?? !isDeepStrictEqual(before, after);
  if (!differs) return undefined;
  const keysInHead = row.keysOf(head, address, base);
  const keys = keysInHead ?? row.keysOf(base, address, head) ?? [];
  const shown = (value: unknown, other: unknown) =>
    value === undefined || row.shown === undefined ? value : row.shown(value, other);
  const where = { keys, source: sourceOf({ base, head }, keys, keysInHead === undefined || after === undefined) };
  const reason = row.loosens(before, after);
  return changeOf(where, { before: shown(before, after), after: shown(after, before), reason });
}

/** Whether the file has it: what it does not have is where the nearest parent is. */
function isSet({ sourceOf }: Settings, keys: readonly string[]): boolean {
  return !isDeepStrictEqual(sourceOf(...keys), sourceOf(...keys.slice(0, -1)));
}

/** @param isRemoved the head does not have it: its line is in the base. Columns are left out: a reviewer reads lines. */
function sourceOf({ base, head }: Compared, keys: readonly string[], isRemoved: boolean): SourcePosition {
  const { column, ...line } = (isRemoved ? base : head).sourceOf(...keys);
  return isRemoved ? inBase(line) : line;
}

function changeOf(
  { keys, source }: { readonly keys: readonly string[]; readonly source: SourcePosition },
  change: { readonly before: unknown; readonly after: unknown; readonly reason: string | undefined },
): SettingsChange {
  const { before, after, reason } = change;
  return {
    path: keys.reduce<string>(pointerTo, ''),
    ...(before === undefined ? {} : { before: textOf(before) }),
    ...(after === undefined ? {} : { after: textOf(after) }),
    loosened: reason !== undefined,
    ...(reason === undefined ? {} : { reason }),
    source,
  };
}

/** JSON on one line. Limits are as the settings write them. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== 'object' || member === null) return member;
    if ('percent' in member && Object.keys(member).length === 1) return `${member.percent}%`;
    if ('count' in member && Object.keys(member).length === 1) return member.count;
    return member;
  });
}
