// The text of a tidied file. A text that would lose more than what was taken from its value is not made.
import { ancestors, valueAt } from '../document/json-pointer.ts';
import { locateValues, parseDocument } from '../document/parse-yaml.ts';
import { editDocument, editInPlace } from '../edit/edit-document.ts';
import { entriesOf, isMap, type Value } from '../model/value.ts';
import { isSameText } from './layer-values.ts';

export interface TidiedText {
  /** Undefined: the file is deleted. */
  readonly text: string | undefined;
}

interface Change {
  readonly path: string;
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

/**
 * @param text undefined: there is no file yet
 * @returns undefined where the text cannot be changed so that the file has exactly this value and its other comments
 */
export function tidiedText(text: string | undefined, change: Change): TidiedText | undefined {
  if (!text?.startsWith(byteOrderMark)) return tidied(text, change);
  const found = tidied(text.slice(1), change);
  return found?.text === undefined ? found : { text: byteOrderMark + found.text };
}

const byteOrderMark = '\uFEFF';

function tidied(text: string | undefined, { path, before, after }: Change): TidiedText | undefined {
  if (text !== undefined && !isSameText(parsedValue(text, path), before)) return undefined;
  if (after === undefined) {
    const left = editDocument(text, undefined, { path });
    return { text: left.trim() === '' ? undefined : left };
  }
  const isNew = text === undefined || before === undefined;
  const edited = isNew ? editDocument(text, after, { path }) : editInPlace(text, after, { path });
  if (edited === undefined || !isSameText(parsedValue(edited, path), after)) return undefined;
  return text === undefined || keepsComments(text, edited, { before, after }) ? { text: edited } : undefined;
}

/** Undefined also for a text with errors. */
function parsedValue(text: string, path: string): Value | undefined {
  const { value, problems } = parseDocument(text, { path });
  return problems.some(({ severity }) => severity === 'error') ? undefined : value;
}

/** Whether every comment is still there, but for those in the lines of what was removed. */
function keepsComments(text: string, edited: string, { before, after }: Omit<Change, 'path'>): boolean {
  const comments = commentsIn(text);
  if (comments.length === 0) return true;
  const positions = [...locateValues(text)].sort(([, a], [, b]) => a.line - b.line || a.column - b.column);
  const isGone = (pointer: string) =>
    valueAt(before, pointer) !== undefined && ancestors(pointer).some((at) => valueAt(after, at) === undefined);
  const staying = comments.filter(([line]) => {
    const at = positions.findLast(([, position]) => position.line <= line);
    if (at === undefined) return true;
    const [pointer, position] = at;
    // Below the line of a map that is left without members are comments on these.
    return !isGone(pointer) && !(line > position.line && isEmptyMap(valueAt(after, pointer)));
  });
  const left = commentsIn(edited).map(([, comment]) => comment);
  return staying.every(([, comment]) => {
    const index = left.indexOf(comment);
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
}

function isEmptyMap(value: Value | undefined): boolean {
  return isMap(value) && entriesOf(value).length === 0;
}

/** What follows a number sign, with its line. A part of a string may be among them. */
function commentsIn(text: string): readonly (readonly [line: number, comment: string])[] {
  return text.split('\n').flatMap((line, index) => {
    const comment = /(?:^|\s)#.*/.exec(line)?.[0].trim();
    return comment === undefined ? [] : [[index + 1, comment] as const];
  });
}
