// The text of a JSON file with another value.
import { applyEdits, findNodeAtLocation, type JSONPath, modify, type Node, parseTree } from 'jsonc-parser';
import { contentOf } from '../document/content-of.ts';
import { isSameContent } from '../document/equality.ts';
import { lineText } from '../document/write-json.ts';
import { entriesOf, isList, isMap, memberOf, type Value } from '../model/value.ts';

/** More changes are not made one by one: each reads the text again. */
const mostChanges = 200;

interface Change {
  readonly path: JSONPath;
  /** Undefined: the member is deleted. */
  readonly value: Value | undefined;
}

/** @returns undefined where it has to be written anew */
export function editJson(text: string, before: Value, after: Value): string | undefined {
  const changes = changesTo(after, before, []);
  if (changes.length > mostChanges || changes.some(({ path }) => path.length === 0)) return undefined;
  const style = styleOf(text);
  return changes.reduce((edited, change) => changed(edited, change, style), text);
}

function changesTo(after: Value, before: Value, path: JSONPath): readonly Change[] {
  if (isSameContent(before, after)) return [];
  if (isList(before) && isList(after) && before.length === after.length) {
    return after.flatMap((item, index) => changesTo(item, before[index] as Value, [...path, index]));
  }
  const isChanged = isMap(before) && isMap(after) && entriesOf(after).length > 0;
  if (!isChanged) return [{ path, value: after }];
  const deleted = entriesOf(before).filter(([key]) => memberOf(after, key) === undefined);
  const others = entriesOf(after).flatMap(([key, value]): readonly Change[] => {
    const from = memberOf(before, key);
    return from === undefined ? [{ path: [...path, key], value }] : changesTo(value, from, [...path, key]);
  });
  return [...deleted.map(([key]) => ({ path: [...path, key], value: undefined })), ...others];
}

interface Style {
  /** Undefined: everything is in one line. */
  readonly indent: string | undefined;
  readonly lineEnd: string;
}

function styleOf(text: string): Style {
  const isOneLine = !text.trim().includes('\n');
  const indent = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
  return { indent: isOneLine ? undefined : indent, lineEnd: text.includes('\r\n') ? '\r\n' : '\n' };
}

/** The parser would round numbers: it gets a mark, which the value then replaces. Its own formatting is that of whole lines. */
function changed(text: string, { path, value }: Change, { indent, lineEnd }: Style): string {
  const tree = parseTree(text);
  if (value === undefined) return withoutMember(text, path, tree);
  const mark = unusedIn(text);
  const quoted = JSON.stringify(mark);
  const [before = '', after = ''] = applyEdits(text, modify(text, path, mark, {})).split(quoted);
  const old = tree && findNodeAtLocation(tree, path);
  if (old !== undefined) {
    const isInLine = indent === undefined || !textOf(old, text).includes('\n');
    const written = isInLine ? lineText(value) : blockText(value, { indent, lineEnd, under: lastIndent(before) });
    return before + written + after;
  }
  const map = tree && findNodeAtLocation(tree, path.slice(0, -1));
  const first = map?.children?.[0];
  const isInLine =
    indent === undefined || map === undefined || first === undefined || !textOf(map, text).includes('\n');
  const key = `${JSON.stringify(path.at(-1))}: `;
  const above = before.slice(0, -key.length);
  if (isInLine) return `${above}${first === undefined ? '' : ' '}${key}${lineText(value)}${after}`;
  const under = lastIndent(text.slice(0, first.offset));
  return `${above}${lineEnd}${under}${key}${blockText(value, { indent, lineEnd, under })}${after}`;
}

/** The library takes the line break before the first member away with it. */
function withoutMember(text: string, path: JSONPath, tree: Node | undefined): string {
  const member = tree && findNodeAtLocation(tree, path)?.parent;
  const [first, second] = member?.parent?.children ?? [];
  if (member === undefined || member !== first || second === undefined)
    return applyEdits(text, modify(text, path, undefined, {}));
  return text.slice(0, member.offset) + text.slice(second.offset);
}

function textOf({ offset, length }: Node, text: string): string {
  return text.slice(offset, offset + length);
}

function unusedIn(text: string): string {
  let mark = 'value';
  while (text.includes(mark)) mark += '_';
  return mark;
}

/** The indentation of the last line. */
function lastIndent(text: string): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n') + 1))?.[0] ?? '';
}

function blockText(
  value: Value,
  { indent, lineEnd, under }: { readonly indent: string; readonly lineEnd: string; readonly under: string },
): string {
  const lines = contentOf(value, 'json').text.trimEnd().split('\n');
  return lines
    .map((line, index) => {
      const depth = (/^ */.exec(line)?.[0].length ?? 0) / 2;
      return index === 0 ? line : under + indent.repeat(depth) + line.trimStart();
    })
    .join(lineEnd);
}
