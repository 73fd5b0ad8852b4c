// A value as YAML that parsers of YAML 1.1 and 1.2 read as the same value.
import { entriesOf, isList, isMap, isNumber, portableNumberText, type Value, type ValueMap } from '../model/value.ts';
import { jsonString, scalarText } from './write-json.ts';

/** Block style, keys in authored order, with a final newline. */
export function yamlText(value: Value): string {
  return hasMembers(value) ? `${yamlLines(value, '').join('\n')}\n` : `${yamlScalar(value)}\n`;
}

function yamlLines(value: ValueMap | readonly Value[], indent: string): string[] {
  if (isList(value)) {
    return value.flatMap((item) => {
      if (!hasMembers(item)) return [`${indent}- ${yamlScalar(item)}`];
      const [first = '', ...rest] = yamlLines(item, `${indent}  `);
      return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
    });
  }
  return entriesOf(value).flatMap(([key, member]) => {
    const name = `${indent}${yamlString(key)}:`;
    return hasMembers(member) ? [name, ...yamlLines(member, `${indent}  `)] : [`${name} ${yamlScalar(member)}`];
  });
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
