// The text of a file with another value: what need not change keeps its comments and its form.
import {
  isAlias,
  isMap as isMapNode,
  isScalar,
  type Node,
  type Pair,
  parseDocument as parseNodes,
  type YAMLMap,
} from 'yaml';
import { contentOf } from '../document/content-of.ts';
import { equalByValue } from '../document/equality.ts';
import { parseDocument } from '../document/parse-yaml.ts';
import { lineText } from '../document/write-json.ts';
import { entriesOf, isMap, mapOf, memberOf, portableNumberText, type Value, type ValueMap } from '../model/value.ts';

/**
 * @param text undefined: there is no file yet
 * @param value undefined: the file overrides nothing; its comments are kept
 */
export function editDocument(
  text: string | undefined,
  value: Value | undefined,
  { path }: { readonly path: string },
): string {
  if (path.endsWith('.json')) return value === undefined ? '' : contentOf(value, 'json').text;
  const before = text === undefined ? undefined : parseDocument(text, { path }).value;
  if (text !== undefined && isMap(before) && isMap(value)) {
    const edited = editText(text, before, value);
    if (edited !== undefined && hasValue(edited, value, path)) return edited;
  }
  const comments = leadingComments(text ?? '');
  return comments + (value === undefined ? '' : contentOf(value, 'yaml').text);
}

function hasValue(text: string, value: Value, path: string): boolean {
  const { value: found, problems } = parseDocument(text, { path });
  return found !== undefined && problems.every(({ severity }) => severity !== 'error') && equalByValue(found, value);
}

/** The comments above the first value. */
function leadingComments(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const end = lines.findIndex((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  const comments = (end < 0 ? lines : lines.slice(0, end)).join('\n').trimEnd();
  return comments === '' ? '' : `${comments}\n`;
}

/** A part of the text that is replaced. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Thrown where only a part of the text cannot be changed: merge keys, aliases, several keys in one line. */
class NotEditable extends Error {}

function editText(text: string, before: ValueMap, after: ValueMap): string | undefined {
  const { contents, errors } = parseNodes(text, { uniqueKeys: false, logLevel: 'silent' });
  if (errors.length > 0 || !isMapNode(contents)) return undefined;
  try {
    const edits = mapEdits(contents, { before, after, text });
    const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
    return edits
      .toSorted((a, b) => b.start - a.start || b.end - a.end)
      .reduce(
        (all, edit) => all.slice(0, edit.start) + edit.text.replaceAll('\n', lineEnd) + all.slice(edit.end),
        text,
      );
  } catch (error) {
    if (error instanceof NotEditable) return undefined;
    throw error;
  }
}

interface MapChange {
  readonly before: ValueMap;
  readonly after: ValueMap;
  readonly text: string;
}

function mapEdits(map: YAMLMap, change: MapChange): readonly Edit[] {
  const { before, after, text } = change;
  if (map.anchor !== undefined) throw new NotEditable();
  const kept = map.items.map((pair) => ({ pair, key: keyOf(pair) }));
  const edits = kept.flatMap(({ pair, key }): readonly Edit[] => {
    const [from, to] = [memberOf(before, key), memberOf(after, key)];
    if (from === undefined) throw new NotEditable();
    if (to === undefined) return [deletion(pair, map, text)];
    if (equalByValue(from, to)) return [];
    const { value } = pair;
    if (isMapNode(value) && isMap(from) && isMap(to) && entriesOf(to).length > 0) {
      const mayEdit = !value.flow || haveSameKeys(from, to);
      if (mayEdit && value.anchor === undefined) return mapEdits(value, { before: from, after: to, text });
    }
    return [replacement(pair, { map, value: to, text })];
  });
  const known = new Set(kept.map(({ key }) => key));
  const added = entriesOf(after).filter(([key]) => !known.has(key));
  const last = kept.at(-1)?.pair;
  if (added.length === 0) return edits;
  if (map.flow || last === undefined) throw new NotEditable();
  const at = endOfPair(last, text);
  const block = indented(blockText(mapOf(added)), indentOf(last, text));
  return [...edits, { start: at, end: at, text: text[at - 1] === '\n' ? block : `\n${block}` }];
}

function haveSameKeys(a: ValueMap, b: ValueMap): boolean {
  const keys = entriesOf(a).map(([key]) => key);
  return keys.length === entriesOf(b).length && keys.every((key) => memberOf(b, key) !== undefined);
}

function keyOf({ key }: Pair): string {
  if (!isScalar(key) || key.anchor !== undefined || key.source === '<<') throw new NotEditable();
  return key.source ?? String(key.value);
}

/** The whole lines of a member. */
function deletion(pair: Pair, map: YAMLMap, text: string): Edit {
  if (map.flow) throw new NotEditable();
  const start = lineStart(pair, text);
  return { start, end: endOfPair(pair, text), text: '' };
}

function replacement(
  pair: Pair,
  { map, value, text }: { readonly map: YAMLMap; readonly value: Value; readonly text: string },
): Edit {
  const node = pair.value as Node | null;
  if (isAlias(node) || (node !== null && 'anchor' in node && node.anchor !== undefined)) throw new NotEditable();
  const colon = text.indexOf(':', rangeOf(pair.key as Node)[1]);
  const range = node?.range ?? [colon + 1, colon + 1];
  const [start, end] = range;
  if (map.flow) return { start, end, text: lineText(value, portableNumberText) };
  // A member of a block is written as the whole file would be, without its key.
  const written = blockText(mapOf([['k', value]])).slice('k:'.length, -1);
  const isInline = !written.startsWith('\n');
  const isOneLine = start < end && !text.slice(colon + 1, end).includes('\n');
  if (isInline && isOneLine) return { start, end, text: written.trimStart() };
  const tail = text[end - 1] === '\n' && end > colon + 1 ? '\n' : '';
  return { start: colon + 1, end, text: indented(written, indentOf(pair, text)) + tail };
}

function blockText(value: Value): string {
  return contentOf(value, 'yaml').text;
}

/** Every line but an empty first one, which continues the line of a key. */
function indented(text: string, indent: string): string {
  const [first = '', ...others] = text.split('\n');
  const isContinued = first === '' || first.startsWith(' ');
  return [isContinued ? first : indent + first, ...others.map((line) => (line === '' ? '' : indent + line))].join('\n');
}

function indentOf(pair: Pair, text: string): string {
  return text.slice(lineStart(pair, text), rangeOf(pair.key as Node)[0]);
}

/** Where the line of a key begins. In front of the key is nothing but its indentation. */
function lineStart(pair: Pair, text: string): number {
  const [start] = rangeOf(pair.key as Node);
  const lineBegin = text.lastIndexOf('\n', start - 1) + 1;
  if (/[^ ]/.test(text.slice(lineBegin, start))) throw new NotEditable();
  return lineBegin;
}

/** Behind the last line of a member, with the comment in it. */
function endOfPair(pair: Pair, text: string): number {
  const colon = text.indexOf(':', rangeOf(pair.key as Node)[1]) + 1;
  const end = Math.max(colon, pair.value === null ? colon : lastEnd(pair.value as Node));
  if (text[end - 1] === '\n') return end;
  const lineEnd = text.indexOf('\n', end);
  return lineEnd < 0 ? text.length : lineEnd + 1;
}

/** Where a value ends. The range of a block can include the comments that follow it. */
function lastEnd(node: Node): number {
  if (isMapNode(node) && !node.flow) {
    const last = node.items.at(-1);
    if (last !== undefined) {
      return last.value === null ? rangeOf(last.key as Node)[1] + 1 : lastEnd(last.value as Node);
    }
  }
  return rangeOf(node)[1];
}

function rangeOf(node: Node): readonly [number, number, number] {
  if (node.range === undefined || node.range === null) throw new NotEditable();
  return node.range;
}
