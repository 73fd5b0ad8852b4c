// What of a change looks like a mistake, by the two values alone: a map or list that becomes empty, a value of another kind, a
// number with a zero too many. Redacted values are not looked at: whether they are reported would confirm a guess.
import { isSameContent } from '../document/equality.ts';
import { pointerTo } from '../document/json-pointer.ts';
import { type Redactor, redactionMark } from '../document/redact.ts';
import { canonicalText } from '../document/write-json.ts';
import { groupsBy } from '../model/groups-by.ts';
import {
  type ExactNumber,
  entriesOf,
  isList,
  isMap,
  isNumber,
  memberOf,
  portableNumberText,
  toNumber,
  type Value,
  type ValueMap,
} from '../model/value.ts';
import type { ChangeFinding } from '../plan/plan.ts';
import type { ChangeChecks, ProfileSettings } from '../settings/settings.ts';

export interface ChangedValues {
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

interface Checking {
  readonly checks: ChangeChecks;
  /** Items of lists that are merged by a key are compared by it. */
  readonly lists: ProfileSettings['lists'];
  readonly redact: Redactor;
}

/** Where both values are. */
interface Pointers {
  readonly pointer: string;
  /** The same with `*` for the indices of items, which are others at other addresses. */
  readonly shape: string;
}

/** Content that comes or goes as a whole has no findings. */
export function changeFindings({ before, after }: ChangedValues, checking: Checking): readonly ChangeFinding[] {
  const { emptied, kind, factor } = checking.checks;
  if (emptied === 'off' && kind === 'off' && factor === 'off') return [];
  if (before === undefined || after === undefined) return [];
  const found = findingsAt(before, after, { pointers: { pointer: '', shape: '' }, ...checking });
  const level = { 'change-emptied': emptied, 'change-kind': kind, 'change-factor': factor };
  return found.filter(({ code }) => level[code as keyof typeof level] !== 'off');
}

type At = Checking & { readonly pointers: Pointers };

function findingsAt(before: Value, after: Value, at: At): readonly ChangeFinding[] {
  if (before === after || isHidden(before, at) || isHidden(after, at)) return [];
  const [old, wanted] = [kindOf(before), kindOf(after)];
  if (old !== wanted) return [finding('change-kind', at.pointers, `${article(old)} becomes ${article(wanted)}`)];
  if (isMap(before) && isMap(after)) return mapFindings(before, after, at);
  if (isList(before) && isList(after)) return listFindings(before, after, at);
  return isNumber(before) && isNumber(after) ? numberFindings(before, after, at) : [];
}

/** Whether outputs show the value at all. */
function isHidden(value: Value, { redact, pointers: { pointer } }: At): boolean {
  if (!redact.active) return false;
  return isMap(value) ? redact.covers(pointer) : redact.apply(value, pointer) === redactionMark;
}

function mapFindings(before: ValueMap, after: ValueMap, at: At): readonly ChangeFinding[] {
  const entries = entriesOf(before);
  if (entries.length > 0 && entriesOf(after).length === 0) {
    return [finding('change-emptied', at.pointers, 'the map becomes empty')];
  }
  return entries.flatMap(([key, member]) => {
    const pointers = pointersOfMember(at.pointers, key);
    const other = memberOf(after, key);
    if (other !== undefined) return findingsAt(member, other, { ...at, pointers });
    if (sizeOf(member) === 0 || isHidden(member, { ...at, pointers })) return [];
    const deleted = finding('change-emptied', pointers, `null deletes the ${kindOf(member)}, which has entries`);
    return [{ ...deleted, ifNulled: true as const }];
  });
}

function listFindings(before: readonly Value[], after: readonly Value[], at: At): readonly ChangeFinding[] {
  if (before.length > 0 && after.length === 0) {
    return [finding('change-emptied', at.pointers, 'the list becomes empty')];
  }
  const own: ChangeFinding[] = [];
  const below: ChangeFinding[] = [];
  const strategy = at.lists.get(at.pointers.pointer);
  for (const [index, old] of counterparts(before, after, typeof strategy === 'object' ? strategy.by : undefined)) {
    const item = after[index] as Value;
    const { pointer, shape } = at.pointers;
    const pointers = { pointer: pointerTo(pointer, index), shape: pointerTo(shape, '*') };
    for (const each of findingsAt(old, item, { ...at, pointers }))
      (each.path === pointers.pointer ? own : below).push(each);
  }
  return [...ofItems(own), ...below];
}

/** Items of one list that change in the same way are one finding. */
function ofItems(findings: readonly ChangeFinding[]): readonly ChangeFinding[] {
  return groupsBy(findings, ({ code }) => code).flatMap(([first, ...others]) => {
    if (others.length === 0) return first;
    const more = `, and ${others.length} more ${others.length === 1 ? 'item' : 'items'} of the list`;
    return [{ ...first, message: first.message + more }];
  });
}

/** Members that often name an item of a list. */
const names = ['id', 'key', 'name'];

/** For items of a list the ones that they were: by their key, else those that changed where they are. */
function counterparts(
  before: readonly Value[],
  after: readonly Value[],
  by: string | undefined,
): ReadonlyMap<number, Value> {
  for (const key of by === undefined ? names : [by, ...names]) {
    const [old, wanted] = [byMember(before, key), byMember(after, key)];
    if (old === undefined || wanted === undefined) continue;
    return new Map(
      [...wanted].flatMap(([name, index]) => {
        const was = old.get(name);
        return was === undefined ? [] : [[index, before[was] as Value]];
      }),
    );
  }
  return before.length === after.length ? inPlace(before, after) : new Map();
}

/** The indices of items by what they have at a key; undefined where several have the same. */
function byMember(items: readonly Value[], key: string): ReadonlyMap<string, number> | undefined {
  const found = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const name = isMap(item) ? memberOf(item, key) : undefined;
    if (name === undefined || isMap(name) || isList(name)) return undefined;
    found.set(canonicalText(name), index);
  }
  return found.size === items.length ? found : undefined;
}

/** Of lists of the same length. Items that moved are not changed. */
function inPlace(before: readonly Value[], after: readonly Value[]): ReadonlyMap<number, Value> {
  const changed = [...after.keys()].filter((index) => !isSameContent(before[index], after[index]));
  const textsOf = (items: readonly Value[]) => changed.map((index) => canonicalText(items[index] as Value));
  const [old, wanted] = [textsOf(before), textsOf(after)];
  const [gone, come] = [new Set(old), new Set(wanted)];
  return new Map(
    changed.flatMap((index, at) => {
      const hasMoved = gone.has(wanted[at] as string) || come.has(old[at] as string);
      return hasMoved ? [] : [[index, before[index] as Value]];
    }),
  );
}

function numberFindings(before: number | ExactNumber, after: number | ExactNumber, at: At): readonly ChangeFinding[] {
  const { pointers, checks } = at;
  const [old, wanted] = [toNumber(before), toNumber(after)];
  const [from, to] = [portableNumberText(before), portableNumberText(after)];
  if (old === 0 || old === wanted) return [];
  const of = (how: string, common: string) => [finding('change-factor', pointers, `${from} → ${to}${how}`, common)];
  // A small number that becomes 0 is switched off.
  if (wanted === 0) return Math.abs(old) >= checks.maxFactor ? of('', 'the number becomes 0') : [];
  if (old < 0 !== wanted < 0) return of(' changes the sign', `the number becomes ${to}: its sign changes`);
  const factor = Math.max(old / wanted, wanted / old);
  if (factor < checks.maxFactor * (1 - roundingError)) return [];
  const limit = `a factor of ${checks.maxFactor} or more`;
  return of(
    ` changes by a factor of ${Number(factor.toPrecision(4))}; the limit is ${checks.maxFactor} (guards.changes.maxFactor)`,
    `the number becomes ${to}, by ${limit}`,
  );
}

/** 0.3 → 3 is a factor of 10, though floats come to less. */
const roundingError = 1e-9;

function finding(
  code: ChangeFinding['code'],
  { pointer, shape }: Pointers,
  message: string,
  common = message,
): ChangeFinding {
  const [own, shared] = [`${pointer || '/'}: ${message}`, `${shape || '/'}: ${common}`];
  return { code, path: pointer, message: own, ...(own === shared ? {} : { common: shared }) };
}

function pointersOfMember({ pointer, shape }: Pointers, key: string): Pointers {
  return { pointer: pointerTo(pointer, key), shape: pointerTo(shape, key) };
}

type Kind = 'map' | 'list' | 'string' | 'number' | 'boolean' | 'null';

function kindOf(value: Value): Kind {
  if (value === null) return 'null';
  if (isNumber(value)) return 'number';
  if (isList(value)) return 'list';
  return isMap(value) ? 'map' : (typeof value as 'string' | 'boolean');
}

function article(kind: Kind): string {
  return kind === 'null' ? kind : `a ${kind}`;
}

function sizeOf(value: Value): number {
  return isList(value) ? value.length : isMap(value) ? entriesOf(value).length : 0;
}
