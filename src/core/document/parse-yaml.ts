// Text to value: YAML 1.2 core schema and JSON, on js-yaml's parser events.
import { type Event, parseEvents, YAMLException } from 'js-yaml';
import { type LineAndColumn, lineStarts, positionAt } from '../model/source-position.ts';
import type { Value } from '../model/value.ts';
import type { Problem } from '../problem/problem.ts';
import { buildValue } from './build-value.ts';
import { DocumentProblems, type ParseOptions } from './document-problems.ts';
import { maxDepth } from './expansion-limits.ts';
import { jsonSyntaxProblem } from './json-syntax.ts';
import { redactionMark } from './redact.ts';

export interface ParsedDocument {
  /** Undefined: the document is empty, or has a syntax error. */
  readonly value: Value | undefined;
  readonly problems: readonly Problem[];
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
  const { value, problems } = parseDocument(text, { path: '' });
  return problems.some((problem) => problem.severity === 'error') ? undefined : value;
}

function parse(text: string, options: ParseOptions, offsets: Map<string, number> | undefined): ParsedDocument {
  const conflict = conflictMarker(text);
  if (conflict !== undefined) return { value: undefined, problems: [conflictProblem(conflict, options.path)] };
  let events: Event[];
  try {
    events = parseEvents(text, { maxDepth });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { value: undefined, problems: [yamlSyntaxProblem(error, text, options)] };
  }
  const problems = new DocumentProblems(text, options);
  const value = buildValue(text, events, { problems, offsets });
  const { all } = problems;
  if (options.format !== 'json' || all.some((problem) => problem.severity === 'error') || text.trim() === '') {
    return { value, problems: all };
  }
  const mistake = jsonSyntaxProblem(text);
  if (mistake === undefined) return { value, problems: all };
  return { value: undefined, problems: [...all, strictJsonProblem(text, mistake, options.path)] };
}

/** The line of the first conflict marker of Git, where a conflict begins and ends in the text. */
function conflictMarker(text: string): number | undefined {
  if (!text.includes('<<<<<<<') || !/^>{7}(?:[ \r]|$)/m.test(text)) return undefined;
  const found = /^<{7}(?:[ \r]|$)/m.exec(text);
  return found === null ? undefined : text.slice(0, found.index).split('\n').length;
}

function conflictProblem(line: number, file: string): Problem {
  return {
    code: 'syntax-invalid',
    severity: 'error',
    message: 'the file has conflict markers of an unresolved merge',
    hint: { text: 'resolve the conflict: keep one side or combine both, and delete the markers' },
    source: { file, line },
  };
}

/** The position of an offset. What is missing at the end of the text is reported at the end of its last line. */
function positionWithin(text: string, offset: number): LineAndColumn {
  return positionAt(Math.min(offset, text.trimEnd().length), lineStarts(text));
}

function yamlSyntaxProblem(error: YAMLException, text: string, options: ParseOptions): Problem {
  const position = error.mark && positionWithin(text, error.mark.position);
  const source = { file: options.path, ...position };
  // js-yaml has no codes: only the reason distinguishes errors.
  if (/maxDepth/.test(error.reason)) {
    const message = `nesting exceeds ${maxDepth} levels`;
    return {
      code: 'nesting-too-deep',
      severity: 'error',
      message,
      hint: { text: 'flatten the configuration' },
      source,
    };
  }
  // The parser quotes tags. A tag can be a value that begins with "!", and its pointer is unknown here.
  const reason = options.redact?.active ? error.reason.replace(/: .*|"[^"]*"/, ` ${redactionMark}`) : error.reason;
  const hint = /\btabs?\b/.test(error.reason)
    ? 'indent with spaces, not tabs'
    : 'fix the syntax here; the rest of the file is checked once this is fixed';
  return {
    code: 'syntax-invalid',
    severity: 'error',
    message: `invalid YAML: ${reason}`,
    hint: { text: hint },
    source,
  };
}

function strictJsonProblem(
  text: string,
  { message, offset }: { readonly message: string; readonly offset: number | undefined },
  path: string,
): Problem {
  return {
    code: 'syntax-invalid',
    severity: 'error',
    message: `invalid JSON: ${message}`,
    hint: { text: 'fix the syntax here; if the file is YAML, rename it to .yml' },
    source: { file: path, ...(offset === undefined ? {} : positionWithin(text, offset)) },
  };
}
