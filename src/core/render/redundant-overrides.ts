import { pointerTo } from '../document/json-pointer.ts';
import { canonicalText, lineText } from '../document/write-json.ts';
import { entriesOf, isList, isMap, memberOf, type Value } from '../model/value.ts';
import type { ProfileSettings } from '../settings/settings.ts';
import { combined } from './list-strategies.ts';

/** What of an override changes nothing: pointers of the topmost dead parts. */
export function redundantOverrides(
  inherited: Value | undefined,
  override: Value,
  profile: Pick<ProfileSettings, 'lists' | 'merge' | 'null'>,
): RedundantOverride[] {
  if (inherited === undefined || profile.merge === 'replace') return [];
  const dead: RedundantOverride[] = [];
  collectDead(inherited, override, { pointer: '', dead, profile });
  return dead;
}

export interface RedundantOverride {
  readonly pointer: string;
  readonly message: string;
}

interface CollectingDead {
  readonly pointer: string;
  readonly dead: RedundantOverride[];
  readonly profile: Pick<ProfileSettings, 'lists' | 'null'>;
}

/** True when all of the override at this pointer is dead; then nothing below it is named. */
function collectDead(inherited: Value | undefined, override: Value, into: CollectingDead): boolean {
  const { pointer, dead } = into;
  const start = dead.length;
  const message = deadMessage(inherited, override, into);
  if (message === undefined) return false;
  dead.length = start;
  dead.push({ pointer, message });
  return true;
}

/** Why all of an override is dead; undefined where something of it lives, and what of it is dead is named. */
function deadMessage(inherited: Value | undefined, override: Value, into: CollectingDead): string | undefined {
  const { pointer, dead, profile } = into;
  if (override === null && profile.null === 'delete') {
    return inherited === undefined ? `null at ${pointer} deletes nothing: no weaker layer has it` : undefined;
  }
  if (isMap(override)) {
    // Onto no map the map is new; nulls in it still delete nothing.
    const below = isMap(inherited) ? inherited : undefined;
    let living = below === undefined;
    for (const [key, member] of entriesOf(override)) {
      const at = { pointer: pointerTo(pointer, key), dead, profile };
      if (!collectDead(below && memberOf(below, key), member, at)) living = true;
    }
    return living ? undefined : same(pointer);
  }
  if (inherited === undefined) return undefined;
  const strategy = profile.lists.get(pointer);
  if (strategy !== undefined && isList(override) && isList(inherited)) {
    const result = combined(inherited, override, { pointer, strategy, profile, onMismatch: () => {} });
    return result.length === inherited.length && lineText(result) === lineText(inherited)
      ? `${pointer} adds nothing to the list of the weaker layers`
      : undefined;
  }
  return isSame(inherited, override) ? same(pointer) : undefined;
}

/** Only objects can be the same without being identical: two forms of a number are one of them. */
function isSame(a: Value, b: Value): boolean {
  return a === b || ((typeof a === 'object' || typeof b === 'object') && canonicalText(a) === canonicalText(b));
}

function same(pointer: string): string {
  return pointer === ''
    ? 'the whole file says what the weaker layers say'
    : `${pointer} says what the weaker layers say`;
}
