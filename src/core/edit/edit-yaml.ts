// The text of a YAML file with another value, changed only where it differs.
import {
  CST,
  isAlias,
  isSeq as isListNode,
  isMap as isMapNode,
  isScalar,
  type Node,
  type Pair,
  parseDocument as parseNodes,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { contentOf } from '../document/content-of.ts';
import { isSameContent } from '../document/equality.ts';
import { parseDocument } from '../document/parse-yaml.ts';
import { lineText } from '../document/write-json.ts';
import {
  entriesOf,
  isList,
  isMap,
  mapOf,
  memberOf,
  portableNumberText,
  type Value,
  type ValueMap,
} from '../model/value.ts';
import { flowDeletions } from './flow-members.ts';

/** A part of the text that is replaced. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Thrown where only a part of the text cannot be changed, as with several keys in one line. What is around it is replaced then. */
class NotEditable extends Error {}

/** What an alias gives where the text is being edited, after the edits; undefined: its anchor is gone. */
type Anchors = Map<string, Value | undefined>;

interface Editing {
  readonly text: string;
  readonly anchors: Anchors;
  readonly blankLines: 'stay' | 'go';
}

interface Change<Of extends Value = Value> {
  readonly before: Of;
  readonly after: Of;
}

/**
 * @param options.blankLines whether those behind a deleted member go: behind a block string they would become a part of it
 * @returns undefined where it has to be written anew
 */
export function editYaml(
  text: string,
  { before, after }: Change,
  { blankLines }: { readonly blankLines: 'stay' | 'go' },
): string | undefined {
  const { contents, errors } = parseNodes(text, { uniqueKeys: false, logLevel: 'silent', keepSourceTokens: true });
  if (errors.length > 0 || contents === null) return undefined;
  const editing = { text, anchors: new Map(), blankLines };
  try {
    const edits = edited(contents as Node, { before, after }, editing) ?? wholeInLine(contents as Node, after, text);
    if (edits === undefined) return undefined;
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

/** A file that is one map or list in one line stays one. */
function wholeInLine(node: Node, after: Value, text: string): readonly Edit[] | undefined {
  if (!(isMapNode(node) || isListNode(node)) || node.flow !== true || node.anchor !== undefined) return undefined;
  const [start, end] = rangeOf(node);
  if (text.slice(start, end).includes('\n')) return undefined;
  return [{ start, end, text: lineText(after, portableNumberText) }];
}

/** The edits inside of a value; undefined where the whole of it has to be replaced. */
function edited(node: Node | null, change: Change, editing: Editing): readonly Edit[] | undefined {
  const { before, after } = change;
  const staying = node === null ? before : valueLeft(node, before, new Map(editing.anchors));
  if (staying !== undefined && isSameContent(staying, after)) {
    if (node !== null) keepAnchors(node, after, editing.anchors);
    return [];
  }
  const known = new Map(editing.anchors);
  try {
    const edits = editsInside(node, change, editing);
    if (edits !== undefined && node !== null && 'anchor' in node && node.anchor !== undefined) {
      editing.anchors.set(node.anchor, after);
    }
    return edits;
  } catch (error) {
    if (!(error instanceof NotEditable)) throw error;
    // The anchors are as if nothing inside had been changed.
    editing.anchors.clear();
    for (const [name, value] of known) editing.anchors.set(name, value);
    return undefined;
  }
}

function editsInside(node: Node | null, { before, after }: Change, editing: Editing): readonly Edit[] | undefined {
  if (isMapNode(node) && isMap(before) && isMap(after) && (entriesOf(after).length > 0 || node.flow)) {
    return mapEdits(node, { before, after }, editing);
  }
  if (isListNode(node) && isList(before) && isList(after) && after.length > 0) {
    return listEdits(node, { before, after }, editing);
  }
  return undefined;
}

function mapEdits(map: YAMLMap, { before, after }: Change<ValueMap>, editing: Editing): readonly Edit[] {
  const { text } = editing;
  const merged = mergedMembers(map, editing.anchors);
  if (merged === undefined) throw new NotEditable();
  const own = map.items.filter((pair) => !isMergeKey(pair)).map((pair) => ({ pair, key: keyOf(pair) }));
  const gone = new Set<Pair>();
  const edits = own.flatMap(({ pair, key }): readonly Edit[] => {
    const [from, to] = [memberOf(before, key), memberOf(after, key)];
    if (from === undefined) throw new NotEditable();
    if (to !== undefined) return memberEdits(pair, { map, change: { before: from, after: to } }, editing);
    if (merged.has(key)) throw new NotEditable();
    if (pair.value !== null) loseAnchors(pair.value as Node, editing);
    gone.add(pair);
    return [];
  });
  const present = new Set(own.map(({ key }) => key));
  for (const [key, value] of merged) {
    const to = memberOf(after, key);
    if (to === undefined) throw new NotEditable();
    if (isSameContent(to, value)) present.add(key);
  }
  const added = entriesOf(after).filter(([key]) => !present.has(key));
  const last = map.items.at(-1);
  edits.push(...deletions(map, gone, editing));
  if (added.length === 0) return edits;
  if (map.flow || last === undefined) throw new NotEditable();
  const at = endOfPair(last, text);
  const block = indented(blockText(mapOf(added)), indentOf(last, text));
  return [...edits, { start: at, end: at, text: text[at - 1] === '\n' ? block : `\n${block}` }];
}

function memberEdits(
  pair: Pair,
  { map, change }: { readonly map: YAMLMap; readonly change: Change },
  editing: Editing,
): readonly Edit[] {
  const node = pair.value as Node | null;
  const inside = edited(node, change, editing);
  if (inside !== undefined) return inside;
  if (node !== null) loseAnchors(node, editing);
  const emptied = isMap(change.after) && entriesOf(change.after).length === 0 ? emptiedBlock(pair, editing) : undefined;
  if (emptied !== undefined) return emptied;
  return [replacement(pair, { map, value: change.after, editing })];
}

/** Items at the start and the end stay; the others are changed one by one where their number is the same, else replaced. */
function listEdits(list: YAMLSeq, { before, after }: Change<readonly Value[]>, editing: Editing): readonly Edit[] {
  const nodes = list.items as readonly (Node | null)[];
  if (before.length === after.length) {
    return nodes.flatMap((node, index) => {
      const change = { before: before[index] as Value, after: after[index] as Value };
      return edited(node, change, editing) ?? [itemReplacement(node, { list, value: change.after, editing })];
    });
  }
  const isStaying = (index: number, at: number) => {
    const [node, from, to] = [nodes[index], before[index], after[at]];
    if (node === undefined || from === undefined || to === undefined) return false;
    const staying = node === null ? from : valueLeft(node, from, new Map(editing.anchors));
    return staying !== undefined && isSameContent(staying, to);
  };
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && isStaying(start, start)) start += 1;
  let end = 0;
  while (end < most - start && isStaying(before.length - 1 - end, after.length - 1 - end)) end += 1;
  if (list.flow) {
    const edit = flowEdit(
      list,
      { gone: [start, before.length - end], added: after.slice(start, after.length - end) },
      editing,
    );
    return [edit ?? flowReplacement(list, { value: after, editing })];
  }
  for (const [index, node] of nodes.entries()) {
    if (node === null) continue;
    if (index < start || index >= before.length - end) keepAnchors(node, before[index] as Value, editing.anchors);
    else loseAnchors(node, editing);
  }
  const { text } = editing;
  const gone = nodes.slice(start, before.length - end).map((node) => itemLines(node, text));
  const edits = gone.map((lines) => ({ ...lines, text: '' }));
  const added = after.slice(start, after.length - end);
  if (added.length === 0) return edits;
  const near = itemLines(nodes[Math.max(start - 1, 0)] ?? null, text);
  const at = start === 0 ? near.start : near.end;
  const indent = /^ */.exec(text.slice(near.start))?.[0] ?? '';
  const block = indented(blockText(added), indent);
  return [...edits, { start: at, end: at, text: at === 0 || text[at - 1] === '\n' ? block : `\n${block}` }];
}

/**
 * A value as it becomes if its text stays: its aliases may give something else. Undefined: they refer to what is gone.
 * @param anchors is changed as if the text stayed
 */
function valueLeft(node: Node, before: Value, anchors: Anchors): Value | undefined {
  if (isAlias(node)) return anchors.get(node.source);
  let refers = false;
  visit(node, {
    Alias: () => {
      refers = true;
      return visit.BREAK;
    },
  });
  const left = refers ? collectionLeft(node, before, anchors) : before;
  if (left === undefined) return undefined;
  if (refers && 'anchor' in node && node.anchor !== undefined) anchors.set(node.anchor, left);
  if (!refers) keepAnchors(node, before, anchors);
  return left;
}

function collectionLeft(node: Node, before: Value, anchors: Anchors): Value | undefined {
  if (isListNode(node) && isList(before)) {
    const items = node.items.map((item, index) => valueLeft(item as Node, before[index] as Value, anchors));
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  if (!isMapNode(node) || !isMap(before)) return undefined;
  const merged = mergedMembers(node, anchors);
  if (merged === undefined) return undefined;
  const own: [string, Value][] = [];
  for (const pair of node.items.filter((each) => !isMergeKey(each))) {
    const from = memberOf(before, keyOf(pair));
    const value = from && (pair.value === null ? from : valueLeft(pair.value as Node, from, anchors));
    if (value === undefined) return undefined;
    own.push([keyOf(pair), value]);
  }
  return mapOf([...merged, ...own]);
}

/** What merge keys give to a map; undefined where they refer to what is gone. */
function mergedMembers(map: YAMLMap, anchors: Anchors): ReadonlyMap<string, Value> | undefined {
  const merged = new Map<string, Value>();
  for (const { value } of map.items.filter(isMergeKey)) {
    const sources = isListNode(value) ? value.items : [value];
    for (const source of sources) {
      const given = isAlias(source) ? anchors.get(source.source) : flowValue(source);
      if (!isMap(given)) return undefined;
      for (const [key, member] of entriesOf(given)) if (!merged.has(key)) merged.set(key, member);
    }
  }
  return merged;
}

/** Of a flow map that refers to nothing. */
function flowValue(node: unknown): Value | undefined {
  if (!isMapNode(node) || !node.flow || node.anchor !== undefined || node.srcToken === undefined) return undefined;
  const { value, problems } = parseDocument(CST.stringify(node.srcToken), { path: '' });
  return problems.some(({ severity }) => severity === 'error') ? undefined : value;
}

function keepAnchors(node: Node, value: Value, anchors: Anchors): void {
  if ('anchor' in node && node.anchor !== undefined) anchors.set(node.anchor, value);
  if (isListNode(node) && isList(value)) {
    for (const [index, item] of node.items.entries()) {
      if (item !== null) keepAnchors(item as Node, value[index] as Value, anchors);
    }
  }
  if (!isMapNode(node) || !isMap(value)) return;
  for (const pair of node.items) {
    const member = isMergeKey(pair) ? undefined : memberOf(value, keyOf(pair));
    if (pair.value !== null && member !== undefined) keepAnchors(pair.value as Node, member, anchors);
  }
}

function loseAnchors(node: Node, { anchors }: Editing): void {
  visit(node, {
    Node: (_key, each) => {
      if ('anchor' in each && each.anchor !== undefined) anchors.set(each.anchor, undefined);
    },
  });
}

function isMergeKey({ key }: Pair): boolean {
  return isScalar(key) && key.source === '<<' && key.type === 'PLAIN';
}

function keyOf({ key }: Pair): string {
  if (!isScalar(key) || key.anchor !== undefined) throw new NotEditable();
  return key.source ?? String(key.value);
}

function deletions(map: YAMLMap, gone: ReadonlySet<Pair>, editing: Editing): readonly Edit[] {
  if (gone.size === 0) return [];
  if (map.flow) {
    const ranges = flowDeletions(map, gone, editing.text);
    if (ranges === undefined) throw new NotEditable();
    return ranges.map((range) => ({ ...range, text: '' }));
  }
  const [first] = map.items;
  if (first === undefined || !gone.has(first) || startsLine(first, editing.text)) {
    return [...gone].map((pair) => deletion(pair, editing));
  }
  const next = map.items.findIndex((pair) => !gone.has(pair));
  const others = map.items.filter((pair, index) => index > next && gone.has(pair));
  return [deletionBehindSign(map.items.slice(0, next + 1), editing), ...others.map((pair) => deletion(pair, editing))];
}

/** The last of these members comes where the first is, behind a dash or colon. */
function deletionBehindSign(pairs: readonly Pair[], { text }: Editing): Edit {
  const [first, last, before] = [pairs[0], pairs.at(-1), pairs.at(-2)];
  if (first === undefined || last === undefined || before === undefined) throw new NotEditable();
  const [start, end] = [startOf(first), startOf(last)];
  const isCommented = text.slice(endOfPair(before, text), end).includes('#');
  if (isCommented || !/^ *(?:[-:?] +)+$/.test(text.slice(text.lastIndexOf('\n', start - 1) + 1, start))) {
    throw new NotEditable();
  }
  return { start, end, text: '' };
}

/** The whole lines of a member. */
function deletion(pair: Pair, { text, blankLines }: Editing): Edit {
  const end = endOfPair(pair, text);
  const behind = blankLines === 'go' ? (/^(?:[ \t]*\r?\n)*/.exec(text.slice(end))?.[0].length ?? 0) : 0;
  return { start: lineStart(pair, text), end: end + behind, text: '' };
}

/** The lines of its members go; a comment in the line of its key stays. Undefined: it is not such a block. */
function emptiedBlock(pair: Pair, { text }: Editing): readonly Edit[] | undefined {
  const node = pair.value;
  if (!isMapNode(node) || node.flow || node.anchor !== undefined || node.tag !== undefined) return undefined;
  const colon = colonOf(pair, text);
  const start = lineEndAfter(colon, text);
  return [
    { start: colon + 1, end: colon + 1, text: ' {}' },
    { start, end: endOfPair(pair, text), text: '' },
  ];
}

function replacement(
  pair: Pair,
  { map, value, editing }: { readonly map: YAMLMap; readonly value: Value; readonly editing: Editing },
): Edit {
  const { text, anchors } = editing;
  const node = pair.value as Node | null;
  const colon = colonOf(pair, text);
  const range = node?.range ?? [colon + 1, colon + 1];
  const [start, end] = range;
  const anchor = isScalar(node) ? node.anchor : undefined;
  if (map.flow) {
    if (anchor !== undefined) anchors.set(anchor, value);
    return { start, end, text: lineText(value, portableNumberText) };
  }
  // A member of a block is written as the whole file would be, without its key.
  const written = blockText(mapOf([['k', value]])).slice('k:'.length, -1);
  const isInline = !written.startsWith('\n');
  const isOneLine = start < end && !text.slice(colon + 1, end).includes('\n');
  if (isInline && isOneLine) {
    if (anchor !== undefined) anchors.set(anchor, value);
    return { start, end, text: written.trimStart() };
  }
  const tail = text[end - 1] === '\n' && end > colon + 1 ? '\n' : '';
  return { start: colon + 1, end, text: indented(written, columnOf(pair, text)) + tail };
}

function itemReplacement(
  node: Node | null,
  { list, value, editing }: { readonly list: YAMLSeq; readonly value: Value; readonly editing: Editing },
): Edit {
  const { text } = editing;
  if (node !== null) loseAnchors(node, editing);
  if (list.flow) {
    if (node === null) throw new NotEditable();
    const [start, end] = rangeOf(node);
    return { start, end, text: lineText(value, portableNumberText) };
  }
  const lines = itemLines(node, text);
  const written = blockText([value]);
  const isOneLine = isScalar(node) && node.anchor === undefined && written.indexOf('\n') === written.length - 1;
  const [start, end] = node === null ? [0, 0] : rangeOf(node);
  if (isOneLine && !text.slice(start, end).includes('\n')) {
    return { start, end, text: written.slice('- '.length, -1) };
  }
  const indent = /^ */.exec(text.slice(lines.start))?.[0] ?? '';
  return { ...lines, text: indented(written, indent) };
}

/** Items that are added, or that go; undefined where both happen, or where a comment would be lost. */
function flowEdit(
  list: YAMLSeq,
  { gone: [from, to], added }: { readonly gone: readonly [number, number]; readonly added: readonly Value[] },
  { text, anchors }: Editing,
): Edit | undefined {
  const nodes = list.items as readonly (Node | null)[];
  const rangeAt = (index: number) => rangeOf(nodes[index] ?? list);
  if (
    anchors.size > 0 ||
    nodes.length === 0 ||
    nodes.some((node) => node === null || ('anchor' in node && node.anchor))
  )
    return undefined;
  if (from === to) {
    const written = added.map((value) => lineText(value, portableNumberText)).join(', ');
    const at = from === 0 ? rangeAt(0)[0] : rangeAt(from - 1)[1];
    return { start: at, end: at, text: from === 0 ? `${written}, ` : `, ${written}` };
  }
  if (added.length > 0) return undefined;
  const [start, end] =
    to < nodes.length ? [rangeAt(from)[0], rangeAt(to)[0]] : [rangeAt(from - 1)[1], rangeAt(to - 1)[1]];
  return to === nodes.length && text.slice(start, end).includes('#') ? undefined : { start, end, text: '' };
}

function flowReplacement(
  list: YAMLSeq,
  { value, editing }: { readonly value: readonly Value[]; readonly editing: Editing },
): Edit {
  const [start, end] = rangeOf(list);
  if (editing.text.slice(start, end).includes('\n')) throw new NotEditable();
  loseAnchors(list, editing);
  return { start, end, text: lineText(value, portableNumberText) };
}

/** The whole lines of an item of a block. */
function itemLines(node: Node | null, text: string): { readonly start: number; readonly end: number } {
  if (node === null) throw new NotEditable();
  const [at] = rangeOf(node);
  const start = text.lastIndexOf('\n', at - 1) + 1;
  if (!/^ *- +$/.test(text.slice(start, at))) throw new NotEditable();
  return { start, end: lineEndAfter(lastEnd(node), text) };
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
  return /^ */.exec(text.slice(lineStart(pair, text)))?.[0] ?? '';
}

/** The same for a key that may follow the dashes of items. */
function columnOf(pair: Pair, text: string): string {
  const [start] = rangeOf(pair.key as Node);
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  if (/[^ -]/.test(before)) throw new NotEditable();
  return ' '.repeat(before.length);
}

/** Of an explicit key without a value, its end. */
function colonOf({ key, srcToken }: Pair, text: string): number {
  const end = rangeOf(key as Node)[1];
  if (srcToken === undefined) return text.indexOf(':', end);
  return srcToken.sep?.find(({ type }) => type === 'map-value-ind')?.offset ?? end - 1;
}

/** The key, or the question mark of an explicit one. */
function startOf({ key, srcToken }: Pair): number {
  const explicit = srcToken?.start.find(({ type }) => type === 'explicit-key-ind');
  return explicit?.offset ?? rangeOf(key as Node)[0];
}

function startsLine(pair: Pair, text: string): boolean {
  const start = startOf(pair);
  return !/[^ ]/.test(text.slice(text.lastIndexOf('\n', start - 1) + 1, start));
}

/** Where the line of a key begins. In front of the key is nothing but its indentation. */
function lineStart(pair: Pair, text: string): number {
  const start = startOf(pair);
  const lineBegin = text.lastIndexOf('\n', start - 1) + 1;
  if (/[^ ]/.test(text.slice(lineBegin, start))) throw new NotEditable();
  return lineBegin;
}

/** Behind the last line of a member, with the comment in it. */
function endOfPair(pair: Pair, text: string): number {
  const colon = colonOf(pair, text) + 1;
  return lineEndAfter(Math.max(colon, pair.value === null ? colon : lastEnd(pair.value as Node)), text);
}

function lineEndAfter(end: number, text: string): number {
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
  const lastItem = isListNode(node) && !node.flow ? node.items.at(-1) : undefined;
  if (lastItem !== undefined && lastItem !== null) return lastEnd(lastItem as Node);
  return rangeOf(node)[1];
}

function rangeOf(node: Node): readonly [number, number, number] {
  if (node.range === undefined || node.range === null) throw new NotEditable();
  return node.range;
}
