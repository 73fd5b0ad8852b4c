// A wanted content as files have it: the same content can be written in several ways, with variables or in a form that AppConfig
// rewrites.
import { canonicalText } from '../document/write-json.ts';
import { entriesOf, hasKey, isList, isMap, mapOf, memberOf, type Value, type ValueMap } from '../model/value.ts';

/** A value as files have it, and as it is deployed. */
export interface Written {
  readonly written: Value;
  readonly seen: Value;
}

export interface WrittenForms {
  /** The inherited value first: what it has need not be written again. */
  readonly known: readonly Written[];
  readonly isSame: (a: Value, b: Value) => boolean;
  /** How files write a text that nothing known has. */
  readonly literal: (text: string) => string;
}

/** The wanted value, with every part that is known as it is written. */
export function keepWritten(wanted: Value, forms: WrittenForms): Value {
  const { known, isSame, literal } = forms;
  const found = known.find(({ seen }) => isSame(seen, wanted));
  if (found !== undefined) return found.written;
  if (typeof wanted === 'string') return literal(wanted);
  if (isList(wanted)) return keepItems(wanted, forms);
  return isMap(wanted) ? keepMembers(wanted, forms) : wanted;
}

function keepMembers(wanted: ValueMap, forms: WrittenForms): Value {
  const maps = forms.known.flatMap(({ written, seen }) => (isMap(written) && isMap(seen) ? [{ written, seen }] : []));
  const [first] = maps;
  const members = entriesOf(wanted).flatMap(([key, value]): readonly [string, Value][] => {
    const seen = first && memberOf(first.seen, key);
    // AppConfig adds it.
    const isAdded = seen !== undefined && first !== undefined && !hasKey(first.written, key);
    if (isAdded && forms.isSame(seen, value)) return [];
    return [[key, keepWritten(value, { ...forms, known: membersOf(maps, key) })]];
  });
  // AppConfig drops it.
  const isDropped = (key: string) => !hasKey(wanted, key) && maps.every(({ seen }) => !hasKey(seen, key));
  const dropped = maps.flatMap(({ written }) => entriesOf(written).filter(([key]) => isDropped(key)));
  return mapOf([...members, ...dropped.filter(([key], at) => dropped.findIndex((each) => each[0] === key) === at)]);
}

function membersOf(maps: readonly { readonly written: ValueMap; readonly seen: ValueMap }[], key: string) {
  return maps.flatMap((map): readonly Written[] => {
    const [written, seen] = [memberOf(map.written, key), memberOf(map.seen, key)];
    return written === undefined || seen === undefined ? [] : [{ written, seen }];
  });
}

/** Items that were moved are known by their text. */
function keepItems(wanted: readonly Value[], forms: WrittenForms): Value {
  const lists = forms.known.flatMap(({ written, seen }) =>
    isList(written) && isList(seen) && written.length === seen.length ? [{ written, seen }] : [],
  );
  const byText = new Map<string, Value>();
  for (const { written, seen } of lists.toReversed()) {
    for (const [index, item] of seen.entries()) byText.set(canonicalText(item), written[index] as Value);
  }
  return wanted.map((item, index) => {
    const moved = byText.get(canonicalText(item));
    if (moved !== undefined) return moved;
    const known = lists.flatMap((list): readonly Written[] => {
      const [written, seen] = [list.written[index], list.seen[index]];
      return written === undefined || seen === undefined ? [] : [{ written, seen }];
    });
    return keepWritten(item, { ...forms, known });
  });
}
