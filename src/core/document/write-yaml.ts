import {
  type ExactNumber,
  entriesOf,
  isList,
  isMap,
  isNumber,
  numberText,
  type Value,
  type ValueMap,
} from './value.ts';
import { jsonString, scalarText } from './write-json.ts';

/** Block style; text is quoted as soon as any reader, of YAML 1.1 or 1.2, could take it for something else. */
export function yamlText(value: Value): string {
  if ((isMap(value) && Object.keys(value).length > 0) || (isList(value) && value.length > 0)) {
    return `${yamlLines(value, '').join('\n')}\n`;
  }
  return `${yamlScalar(value)}\n`;
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
  if (isNumber(value)) return numberForAll(value);
  return typeof value === 'string' ? yamlString(value) : scalarText(value);
}

/** A number that YAML 1.1 takes for one too: it wants a point before an exponent, and the exponent's sign. */
export function numberForAll(number: number | ExactNumber): string {
  const text = numberText(number);
  if (!/[eE]/.test(text)) return text;
  return text.replace(
    /^(-?[0-9]+)(\.[0-9]+)?[eE]([-+]?)([0-9]+)$/,
    (_text, whole, fraction = '.0', sign, exponent) => `${whole}${fraction}e${sign || '+'}${exponent}`,
  );
}

/** Plain where that is safe beyond doubt; else as a JSON string, which YAML reads the same. */
function yamlString(text: string): string {
  const plain =
    /^[A-Za-z/][A-Za-z0-9_./@+ -]*$/.test(text) &&
    !/ $| #|: /.test(text) &&
    !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text);
  return plain ? text : jsonString(text);
}
