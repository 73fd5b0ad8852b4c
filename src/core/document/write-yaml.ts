// A value as YAML that parsers of YAML 1.1 and 1.2 read as the same value.
import { entriesOf, isList, isMap, isNumber, portableNumberText, type Value, type ValueMap } from '../model/value.ts';
import { jsonString, scalarText, type TextSink } from './write-json.ts';

/** Block style, keys in authored order, with a final newline. */
export function writeYamlText(value: Value, pieces: TextSink): void {
  if (hasMembers(value)) writeMembers(value, pieces, { first: '', rest: '' });
  else pieces.add(`${yamlScalar(value)}\n`);
}

/** @param indent what the first line begins with, and the others. */
function writeMembers(
  value: ValueMap | readonly Value[],
  pieces: TextSink,
  indent: { readonly first: string; readonly rest: string },
): void {
  const { rest } = indent;
  let start = indent.first;
  const inner = `${rest}  `;
  if (isList(value)) {
    for (const item of value) {
      if (hasMembers(item)) writeMembers(item, pieces, { first: `${start}- `, rest: inner });
      else pieces.add(`${start}- ${yamlScalar(item)}\n`);
      start = rest;
    }
    return;
  }
  for (const [key, member] of entriesOf(value)) {
    const name = `${start}${yamlString(key)}:`;
    if (hasMembers(member)) {
      pieces.add(`${name}\n`);
      writeMembers(member, pieces, { first: inner, rest: inner });
    } else pieces.add(`${name} ${yamlScalar(member)}\n`);
    start = rest;
  }
}

function hasMembers(value: Value): value is ValueMap | readonly Value[] {
  return isList(value) ? value.length > 0 : isMap(value) && Object.keys(value).length > 0;
}

function yamlScalar(value: Value): string {
  if (isList(value)) return '[]';
  if (isMap(value)) return '{}';
  if (isNumber(value)) return portableNumberText(value);
  return typeof value === 'string' ? yamlString(value) : scalarText(value);
}

/** Plain where no YAML parser reads it as anything but this string; otherwise quoted as in JSON. */
function yamlString(text: string): string {
  const plain =
    /^[A-Za-z/][A-Za-z0-9_./@+ -]*$/.test(text) &&
    !/ $| #|: /.test(text) &&
    !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text);
  return plain ? text : jsonString(text);
}
