// What is wrong with a text that is not valid YAML or JSON, holds conflict markers of Git, or stands for another file.
import type { YAMLException } from 'js-yaml';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { type LineAndColumn, lineStarts, positionAt } from '../model/source-position.ts';
import { describeHidden } from '../problem/hidden-characters.ts';
import type { Problem } from '../problem/problem.ts';
import type { ParseOptions } from './document-problems.ts';
import { maxDepth } from './expansion-limits.ts';
import { redactionMark } from './redact.ts';

/**
 * The problem of a text with conflict markers of Git, also if only one is left. Where a value or key may stand at the start of a
 * line, it does not begin like these.
 */
export function conflictProblem(text: string, file: string): Problem | undefined {
  const isPossible = text.includes('<<<<<<<') || text.includes('>>>>>>>') || text.includes('|||||||');
  return isPossible ? markerProblem(text, file, /^[<|>]{7}(?: |\r?$)/m) : undefined;
}

/** The same for the line of equals signs between the two sides, which may also be a string. */
export function separatorProblem(text: string, file: string): Problem | undefined {
  return markerProblem(text, file, /^={7}\r?$/m);
}

function markerProblem(text: string, file: string, marker: RegExp): Problem | undefined {
  const found = marker.exec(text);
  if (found === null) return undefined;
  return {
    code: 'syntax-invalid',
    severity: 'error',
    message: 'the file has conflict markers of an unresolved merge',
    hint: { text: 'resolve the conflict: keep one side or combine both, and delete the markers' },
    source: { file, line: text.slice(0, found.index).split('\n').length },
  };
}

/** Longer files are no pointers. */
const longestPointer = 1024;

/**
 * The problem of a pointer of Git LFS, which is in a clone where the file has not been fetched. As YAML it is a string.
 * Source: git-lfs, docs/spec.md; a pointer's first versions named hawser.
 */
export function lfsPointerProblem(text: string, file: string): Problem | undefined {
  if (!text.startsWith('version http', text.startsWith('\ufeff') ? 1 : 0) || text.length > longestPointer)
    return undefined;
  const isPointer =
    /^\ufeff?version https?:\/\/(?:git-lfs|hawser)\.github\.com\/spec\/\S+\r?\n(?:.*\r?\n)*?oid \S/.test(text);
  if (!isPointer) return undefined;
  return {
    code: 'lfs-pointer',
    severity: 'error',
    message: 'the file is a pointer of Git LFS: its content was not fetched',
    hint: {
      text: 'fetch it: git lfs pull; in GitLab CI do not set GIT_LFS_SKIP_SMUDGE',
    },
    source: { file, line: 1, column: 1 },
  };
}

export function yamlSyntaxProblem(error: YAMLException, text: string, options: ParseOptions): Problem {
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
  const isAtEnd =
    /^deficient indentation$|^unexpected end of the stream within/.test(error.reason) &&
    (error.mark?.position ?? 0) >= text.trimEnd().length;
  if (isAtEnd) {
    return {
      code: 'syntax-invalid',
      severity: 'error',
      message: 'invalid YAML: the file ends inside a list, map or string that is not closed',
      hint: { text: 'close the last bracket, brace or quote that is open' },
      source,
    };
  }
  const reason = options.redact?.active ? error.reason.replace(/: .*|"[^"]*"/, ` ${redactionMark}`) : error.reason;
  return {
    code: 'syntax-invalid',
    severity: 'error',
    message: `invalid YAML: ${reason}`,
    hint: { text: syntaxHint(error, text) },
    source,
  };
}

const closingBrackets: ReadonlyMap<string | undefined, string> = new Map([
  [']', 'bracket'],
  ['}', 'brace'],
]);

function syntaxHint({ reason, mark }: YAMLException, text: string): string {
  const at = mark?.position ?? 0;
  const isTab = reason === 'deficient indentation' && text[at - 1] === '\t';
  if (/\btabs?\b/.test(reason) || isTab) return 'indent with spaces, not tabs';
  if (reason !== 'deficient indentation') {
    return 'fix the syntax here; the rest of the file is checked once this is fixed';
  }
  const closing = closingBrackets.get(text[at]);
  if (closing !== undefined && isInQuotes(text, at)) {
    return 'close the string, write it in one line, or indent its other lines';
  }
  if (closing !== undefined) return `indent the closing ${closing} by at least one space more than its key`;
  // A key is rarely a part of what is open before it.
  return /^[^\s,[\]{}"']+:(?:\s|$)/.test(text.slice(at, at + 200))
    ? 'close the bracket, brace or quote that is open before this line'
    : 'indent this line by at least one space more than its key';
}

/** Whether a string in quotes is open at the end of the line before. */
function isInQuotes(text: string, at: number): boolean {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const [before = ''] = /[^\n]*$/.exec(text.slice(0, lineStart).trimEnd()) ?? [];
  const withoutStrings = before.replace(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:^|\s)#.*/g, '');
  return /(?:^|[\s,[{])["']/.test(withoutStrings);
}

/**
 * The first syntax error of a JSON text; undefined for valid JSON. Node's own message cannot be used: it quotes the text, which
 * may have to be redacted.
 */
export function jsonSyntaxProblem(text: string, path: string): Problem | undefined {
  if (isJson(text)) return undefined;
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true });
  const [first] = errors;
  const code = first && printParseErrorCode(first.error);
  const isAfterEnd = isJson(text.slice(0, first?.offset ?? 0));
  const mistake =
    notOfJson(text, first?.offset ?? 0) ??
    jsonMistakes.get(isAfterEnd ? 'EndOfFileExpected' : code) ??
    'unexpected text';
  return {
    code: 'syntax-invalid',
    severity: 'error',
    message: `invalid JSON: ${mistake}`,
    hint: { text: 'fix the syntax here; if the file is YAML, rename it to .yml' },
    source: { file: path, ...(first === undefined ? {} : positionWithin(text, first.offset)) },
  };
}

/** What YAML, JavaScript or JSON5 has there, and JSON does not. */
function notOfJson(text: string, offset: number): string | undefined {
  const rest = text.slice(offset, offset + 12);
  if (/^[\]}]/.test(rest) && text.slice(0, offset).trimEnd().endsWith(',')) return 'a comma before the closing bracket';
  if (/^[-+]?(?:NaN|Infinity)\b/i.test(rest)) return 'JSON has no such number';
  const [hidden] = /^[^\x00-\x7f]/.exec(rest) ?? [];
  if (hidden !== undefined && /[\p{Z}\p{Cf}]/u.test(hidden))
    return `${describeHidden(hidden).name} outside of a string`;
  return rest.startsWith("'") ? 'JSON has double quotes only' : undefined;
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const jsonMistakes: ReadonlyMap<string | undefined, string> = new Map([
  ['InvalidSymbol', 'text without quotes'],
  ['InvalidNumberFormat', 'invalid number'],
  ['PropertyNameExpected', 'expected a key in double quotes'],
  ['ValueExpected', 'expected a value'],
  ['ColonExpected', 'expected a colon'],
  ['CommaExpected', 'expected a comma'],
  ['CloseBraceExpected', 'expected }'],
  ['CloseBracketExpected', 'expected ]'],
  ['EndOfFileExpected', 'unexpected text after the end of the value'],
  ['InvalidCommentToken', 'JSON has no comments'],
  ['UnexpectedEndOfComment', 'JSON has no comments'],
  ['UnexpectedEndOfString', 'the string has no closing quote'],
  ['UnexpectedEndOfNumber', 'invalid number'],
  ['InvalidUnicode', 'the escape \\u needs four hexadecimal digits'],
  ['InvalidEscapeCharacter', 'invalid escape sequence'],
  ['InvalidCharacter', 'unescaped control character'],
]);

/** The position of an offset. What is missing at the end of the text is reported at the end of its last line. */
function positionWithin(text: string, offset: number): LineAndColumn {
  return positionAt(Math.min(offset, text.trimEnd().length), lineStarts(text));
}
