// Text to value: YAML 1.2 core schema and JSON, on js-yaml's parser events.
import { type Event, parseEvents, YAMLException } from 'js-yaml';
import { type LineAndColumn, lineStarts, positionAt } from '../model/source-position.ts';
import type { Value } from '../model/value.ts';
import type { HiddenCharacter } from '../problem/hidden-characters.ts';
import type { Problem } from '../problem/problem.ts';
import { buildValue } from './build-value.ts';
import { type DocumentNotes, NoteTaker } from './document-notes.ts';
import { DocumentProblems, type ParseOptions } from './document-problems.ts';
import { maxDepth } from './expansion-limits.ts';
import {
  conflictProblem,
  isJson,
  jsonSyntaxProblem,
  lfsPointerProblem,
  separatorProblem,
  yamlSyntaxProblem,
} from './syntax-problems.ts';

export interface ParsedDocument {
  /** Undefined: the document is empty, or has a syntax error. */
  readonly value: Value | undefined;
  readonly problems: readonly Problem[];
  /** Undefined: none. */
  readonly notes?: DocumentNotes | undefined;
}

/** Reads one document and reports all of its problems. If one of them is an error, the value must not be used. */
export function parseDocument(text: string, options: ParseOptions): ParsedDocument {
  return parse(text, options, undefined);
}

/** The position of each value by JSON Pointer: for the member of a map that of its key. Empty for a syntax error. */
export function locateValues(text: string): ReadonlyMap<string, LineAndColumn> {
  const offsets = new Map<string, number>();
  parse(text, { path: '' }, offsets);
  const lines = lineStarts(text);
  return new Map([...offsets].map(([pointer, offset]) => [pointer, positionAt(offset, lines)]));
}

/** Content from AppConfig, whatever its content type; undefined if it is neither valid YAML nor valid JSON. */
export function parseLiveContent(bytes: Uint8Array): Value | undefined {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
  const { value, problems } = parseDocument(text, { path: '', isLive: true });
  return problems.some((problem) => problem.severity === 'error') ? undefined : value;
}

/** A live content with its problems, and the pointers of what YAML 1.1 reads differently; of JSON none. */
export function parseLiveDocument(text: string): ParsedDocument & { readonly ambiguous: readonly string[] } {
  const ambiguous = new Set<string>();
  const onAmbiguous = (pointer: string) => void ambiguous.add(pointer);
  const parsed = parse(
    text.replace(/^\ufeff/, ''),
    { path: '', isLive: true, deployedAs: 'yaml', onAmbiguous },
    new Map(),
  );
  return { ...parsed, ambiguous: ambiguous.size === 0 || isJson(text) ? [] : [...ambiguous] };
}

function parse(text: string, options: ParseOptions, offsets: Map<string, number> | undefined): ParsedDocument {
  const mistaken =
    conflictProblem(text, options.path) ?? (options.isLive ? undefined : lfsPointerProblem(text, options.path));
  if (mistaken !== undefined) return { value: undefined, problems: [mistaken] };
  const isJson = options.format === 'json' && text.trim() !== '';
  let events: Event[];
  try {
    events = eventsOf(text);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const problem =
      separatorProblem(text, options.path) ??
      (isJson ? jsonSyntaxProblem(text, options.path) : undefined) ??
      yamlSyntaxProblem(error, text, options);
    return { value: undefined, problems: [problem] };
  }
  const problems = new DocumentProblems(text, options);
  const findsHidden = options.isLive !== true && notAscii.test(text);
  if (findsHidden) for (const mark of byteOrderMarks(text)) problems.hiddenCharacter(mark, 'inside the file');
  const taker = new NoteTaker();
  const value = buildValue(text, events, { problems, offsets, findsHidden, notes: taker });
  const notes = taker.notes();
  const noted = notes === undefined ? {} : { notes };
  const { all } = problems;
  const errors = all.filter(({ severity }) => severity === 'error');
  // What JSON does not allow is a syntax error of JSON first.
  if (!isJson || errors.some(({ code }) => code !== 'document-multiple' && code !== 'character-invisible')) {
    return { value, problems: all, ...noted };
  }
  const mistake = jsonSyntaxProblem(text, options.path);
  return mistake === undefined ? { value, problems: all, ...noted } : { value: undefined, problems: [mistake] };
}

/** Only then can a character be invisible, or another space than U+0020. */
const notAscii = /[^\x00-\x7f]/;

/** The mark that a file may begin with is no part of the text: a second one is inside. */
function byteOrderMarks(text: string): readonly HiddenCharacter[] {
  return [...text.matchAll(/\ufeff/g)].map(({ 0: character, index }) => ({ character, offset: index }));
}

/** Characters that are read again because of tabs, at most. */
const mostReadAgain = 20_000_000;

/**
 * The events of a text. YAML allows tabs between the items of a flow collection; js-yaml refuses a line that has one after
 * a comma, and is given spaces there. Offsets stay the same.
 * @throws YAMLException
 */
function eventsOf(text: string): Event[] {
  let tried = text;
  for (let readAgain = 0; ; readAgain += text.length) {
    try {
      return parseEvents(tried, { maxDepth });
    } catch (error) {
      if (!(error instanceof YAMLException) || readAgain > mostReadAgain) throw error;
      const spaced = withSpacesBefore(tried, error);
      if (spaced === undefined) throw error;
      tried = spaced;
    }
  }
}

/** The text with spaces for the tabs between a comma or bracket and the position of the error; undefined where none are there. */
function withSpacesBefore(text: string, { reason, mark }: YAMLException): string | undefined {
  if (mark === undefined || reason !== 'deficient indentation') return undefined;
  const lineStart = text.lastIndexOf('\n', mark.position - 1) + 1;
  const before = text.slice(lineStart, mark.position);
  if (!/[,[{:][ \t]*\t[ \t]*$/.test(before)) return undefined;
  const lineEnd = text.indexOf('\n', mark.position);
  const end = lineEnd === -1 ? text.length : lineEnd;
  const line = text.slice(lineStart, end);
  // In a line without quotes every tab after a comma separates items: all of them are replaced at once.
  if (!/["'#]/.test(line)) {
    const spaced = line.replace(/(?<=[,[{:][ \t]*)\t/g, ' ');
    return text.slice(0, lineStart) + spaced + text.slice(end);
  }
  const spaced = before.replace(/[ \t]+$/, (blanks) => ' '.repeat(blanks.length));
  return text.slice(0, lineStart) + spaced + text.slice(mark.position);
}
