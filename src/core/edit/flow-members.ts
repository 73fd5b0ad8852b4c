// Members of a flow map, deleted from its text: the other members, their comments and their lines stay.
import { CST, type Pair, type YAMLMap } from 'yaml';

interface Range {
  readonly start: number;
  readonly end: number;
}

interface Member extends Range {
  readonly isGone: boolean;
  /** Of the comma behind it. */
  readonly comma: number | undefined;
}

/** A part that goes. Around it is what a reader would take with it. */
interface Part extends Range {
  readonly hasMember: boolean;
}

/** @returns what is deleted; undefined where the text of a member is not known */
export function flowDeletions(map: YAMLMap, gone: ReadonlySet<Pair>, text: string): readonly Range[] | undefined {
  const source = map.srcToken;
  const closing = source?.type === 'flow-collection' ? source.end[0]?.offset : undefined;
  if (source?.type !== 'flow-collection' || closing === undefined) return undefined;
  const commas = source.items.map(({ start }) => start.find(({ type }) => type === 'comma')?.offset);
  const members = map.items.map((pair): Member | undefined => {
    const token = pair.srcToken;
    if (token === undefined) return undefined;
    const at = source.items.indexOf(token);
    return { ...rangeOf(token), isGone: gone.has(pair), comma: commas[at + 1] };
  });
  if (!members.every((member) => member !== undefined)) return undefined;
  return joined(
    runsOf(members).flatMap((run) => partsOf(members, run, text)),
    text,
  ).map((part) => widened(part, { text, closing }));
}

/** From its first sign, such as a question mark or an anchor, to the end of its value. */
function rangeOf({ start, key, sep = [], value }: CST.CollectionItem): Range {
  const isPart = ({ type }: CST.SourceToken) => !['comma', 'space', 'newline', 'comment'].includes(type);
  const signs = [...start, ...sep].filter(isPart);
  const starts = [signs[0]?.offset, key?.offset, value?.offset].filter((offset) => offset !== undefined);
  const ends = signs.map(({ offset, source }) => offset + source.length);
  const endOf = (token: CST.Token | null | undefined) =>
    token ? token.offset + CST.stringify(token).trimEnd().length : 0;
  return { start: Math.min(...starts), end: Math.max(...ends, endOf(key), endOf(value)) };
}

/** First and last index of members in a row that go. */
function runsOf(members: readonly Member[]): readonly (readonly [first: number, last: number])[] {
  return members.flatMap(({ isGone }, first): readonly (readonly [number, number])[] => {
    if (!isGone || members[first - 1]?.isGone) return [];
    const after = members.findIndex((member, index) => index > first && !member.isGone);
    return [[first, (after < 0 ? members.length : after) - 1]];
  });
}

/** The members and as many commas: the one behind the last, or, where that is in another line or not there, the one before the first. */
function partsOf(members: readonly Member[], [first, last]: readonly [number, number], text: string): readonly Part[] {
  const before = members[first - 1]?.comma;
  const behind = members[last]?.comma;
  const isNear = behind !== undefined && !text.slice(members[last]?.end, behind).includes('\n');
  const outer = isNear || before === undefined ? behind : before;
  const inner = members.slice(first, last).map(({ comma }) => comma);
  const commas = [...inner, outer].filter((comma) => comma !== undefined);
  return [
    ...members.slice(first, last + 1).map(({ start, end }): Part => ({ start, end, hasMember: true })),
    ...commas.map((comma): Part => ({ start: comma, end: comma + 1, hasMember: false })),
  ];
}

/** Parts with nothing but blanks between them are one. */
function joined(parts: readonly Part[], text: string): readonly Part[] {
  const all: Part[] = [];
  for (const part of parts.toSorted((a, b) => a.start - b.start)) {
    const last = all.at(-1);
    if (last === undefined || /[^ \t]/.test(text.slice(last.end, part.start))) all.push(part);
    else all[all.length - 1] = { ...last, end: part.end, hasMember: last.hasMember || part.hasMember };
  }
  return all;
}

/** With its line where nothing else is in it but its comment, else with the blanks on one side. */
function widened(
  { start, end, hasMember }: Part,
  { text, closing }: { readonly text: string; readonly closing: number },
): Range {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const startsLine = /^[ \t]*$/.test(text.slice(lineStart, start));
  const blanksBehind = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  const lineEnd = /^[ \t]*(#[^\n]*)?\r?\n/.exec(text.slice(end));
  const withBlanksBefore = { start: start - (/[ \t]*$/.exec(text.slice(lineStart, start))?.[0].length ?? 0), end };
  if (lineEnd !== null) {
    const hasComment = lineEnd[1] !== undefined;
    if (startsLine && (hasMember || !hasComment)) return { start: lineStart, end: end + lineEnd[0].length };
    return withBlanksBefore;
  }
  if (end + blanksBehind !== closing)
    return startsLine && !hasMember ? { start, end } : { start, end: end + blanksBehind };
  if (!startsLine) return withBlanksBefore;
  // The bracket goes to the end of the line above, unless a comment is there.
  const above = text.lastIndexOf('\n', lineStart - 2) + 1;
  if (text.slice(above, lineStart).includes('#')) return { start, end: end + blanksBehind };
  return { start: text.slice(0, lineStart).trimEnd().length, end };
}
