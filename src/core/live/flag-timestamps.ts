// Feature-flag documents come back from AppConfig with times that AppConfig added: `_createdAt` and `_updatedAt`, in each
// flag and in each flag's values.
import { entriesOf, isList, isMap, mapOf, type Value } from '../model/value.ts';

const added: ReadonlySet<string> = new Set(['_createdAt', '_updatedAt']);

/** The document without the moments that AppConfig adds; keys keep their order. */
export function withoutTimestamps(value: Value): Value {
  if (isList(value)) return value.map(withoutTimestamps);
  if (!isMap(value)) return value;
  return mapOf(
    entriesOf(value)
      .filter(([key]) => !added.has(key))
      .map(([key, member]) => [key, withoutTimestamps(member)]),
  );
}
