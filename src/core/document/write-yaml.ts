// A value as YAML that parsers of YAML 1.1 and 1.2 read as the same value.
import { entriesOf, isList, isMap, isNumber, portableNumberText, type Value, type ValueMap } from '../model/value.ts';
import { hiddenCharacter } from '../problem/names.ts';
import { jsonString, scalarText, TextPieces, type TextSink } from './write-json.ts';

/** Block style, keys in authored order, with a final newline. */
export function writeYamlText(value: Value, pieces: TextSink): void {
  writeValue(value, { pieces, hasBlocks: false });
}

/** The same for people: strings of several lines are written as such. */
export function yamlFileText(value: Value): string {
  const pieces = new TextPieces();
  writeValue(value, { pieces, hasBlocks: true });
  return pieces.text();
}

interface Writing {
  readonly pieces: TextSink;
  /** Whether a string of several lines is a literal block. */
  readonly hasBlocks: boolean;
}

function writeValue(value: Value, writing: Writing): void {
  if (hasMembers(value)) writeMembers(value, writing, { first: '', rest: '' });
  else writing.pieces.add(`${yamlScalar(value)}\n`);
}

/** @param indent what the first line begins with, and the others. */
function writeMembers(
  value: ValueMap | readonly Value[],
  writing: Writing,
  indent: { readonly first: string; readonly rest: string },
): void {
  const { rest } = indent;
  const { pieces } = writing;
  let start = indent.first;
  const inner = `${rest}  `;
  if (isList(value)) {
    for (const item of value) {
      if (hasMembers(item)) writeMembers(item, writing, { first: `${start}- `, rest: inner });
      else pieces.add(`${start}- ${memberScalar(item, inner, writing)}\n`);
      start = rest;
    }
    return;
  }
  for (const [key, member] of entriesOf(value)) {
    const name = `${start}${yamlString(key)}:`;
    if (hasMembers(member)) {
      pieces.add(`${name}\n`);
      writeMembers(member, writing, { first: inner, rest: inner });
    } else pieces.add(`${name} ${memberScalar(member, inner, writing)}\n`);
    start = rest;
  }
}

function hasMembers(value: Value): value is ValueMap | readonly Value[] {
  return isList(value) ? value.length > 0 : isMap(value) && Object.keys(value).length > 0;
}

function memberScalar(value: Value, indent: string, { hasBlocks }: Writing): string {
  if (!hasBlocks || typeof value !== 'string' || !isBlock(value)) return yamlScalar(value);
  const isEnded = value.endsWith('\n');
  const lines = (isEnded ? value.slice(0, -1) : value).split('\n');
  return [isEnded ? '|' : '|-', ...lines.map((line) => (line === '' ? '' : indent + line))].join('\n');
}

/** Whether a literal block has nothing that a reader or an editor may take for layout. */
function isBlock(text: string): boolean {
  const isShaped = /^\S.*\n[\s\S]*\S\n?$/.test(text) && !/[ \t]$/m.test(text);
  return isShaped && !text.split('\n').some((line) => hiddenCharacter.test(line));
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
