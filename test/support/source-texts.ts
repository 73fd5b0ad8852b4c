// The texts of a TypeScript source, by a small tokenizer: TypeScript 7 has no JavaScript API.

export interface SourceText {
  readonly text: string;
  readonly line: number;
}

export interface SourceTexts {
  /** String and template literals with escapes resolved. In a template, `X` stands for each value. */
  readonly literals: readonly SourceText[];
  /** The literals that name a test or a group of tests. */
  readonly testNames: readonly SourceText[];
  /** Each line of a comment. */
  readonly comments: readonly SourceText[];
  /** Each identifier and keyword once. */
  readonly identifiers: readonly string[];
}

interface Found {
  readonly literals: SourceText[];
  readonly testNames: SourceText[];
  readonly comments: SourceText[];
  readonly identifiers: Set<string>;
}

const wordBefore = /([\w$]+|\S)\s*$/;
/** A slash after one of these begins a regular expression; after anything else it divides. */
const beforeRegExp = new Set([...'(,=:[!&|?{};+-*%~^<>', 'return', 'typeof', 'case', 'in', 'of', 'await', 'yield']);
/** A string after one of these names a module. */
const beforeModule = new Set(['from', 'import']);
/** `test(`, `test.skipIf(…)(`, and the name after the table of `test.each`. */
const beforeTestName = /\b(?:test|describe|it)(?:\.\w+)*\(\s*$|\)\(\s*$/;
const word = /[\p{L}_$][\p{L}\p{N}_$]*/uy;

export function textsOf(source: string): SourceTexts {
  const found: Found = { literals: [], testNames: [], comments: [], identifiers: new Set() };
  scanCode(source, 0, found);
  return {
    literals: found.literals.sort((a, b) => a.line - b.line),
    testNames: found.testNames,
    comments: found.comments,
    identifiers: [...found.identifiers],
  };
}

/** Reads code up to the end or to an unmatched `}`. @returns the index after it */
function scanCode(source: string, start: number, found: Found): number {
  let index = start;
  let depth = 0;
  while (index < source.length) {
    const char = source[index];
    if (source.startsWith('//', index)) index = scanComment(source, { start: index, end: '\n' }, found);
    else if (source.startsWith('/*', index)) index = scanComment(source, { start: index, end: '*/' }, found);
    else if (char === "'" || char === '"') index = scanString(source, index, found);
    else if (char === '`') index = scanTemplate(source, index, found);
    else if (char === '/' && isRegExpAt(source, index)) index = endOfRegExp(source, index);
    else if (isWordAt(source, index)) index = scanWord(source, index, found);
    else {
      if (char === '{') depth += 1;
      if (char === '}') depth -= 1;
      index += 1;
      if (depth < 0) return index;
    }
  }
  return index;
}

function scanComment(source: string, comment: { readonly start: number; readonly end: string }, found: Found): number {
  const end = endOf(source, comment.end, comment.start + 2);
  const first = lineAt(source, comment.start);
  const lines = source.slice(comment.start, end).trim().split('\n');
  for (const [index, line] of lines.entries()) found.comments.push({ text: line.trim(), line: first + index });
  return end;
}

function scanString(source: string, start: number, found: Found): number {
  const quote = source[start] ?? '';
  let index = start + 1;
  while (index < source.length && source[index] !== quote) index += source[index] === '\\' ? 2 : 1;
  const before = source.slice(Math.max(0, start - 20), start).replace(/\($/, '');
  if (!beforeModule.has(wordBefore.exec(before)?.[1] ?? '')) {
    addLiteral(source, { start, text: source.slice(start + 1, index) }, found);
  }
  return index + 1;
}

function scanTemplate(source: string, start: number, found: Found): number {
  let index = start + 1;
  let text = '';
  while (index < source.length && source[index] !== '`') {
    if (source.startsWith('${', index)) {
      index = scanCode(source, index + 2, found);
      text += 'X';
      continue;
    }
    const length = source[index] === '\\' ? 2 : 1;
    text += source.slice(index, index + length);
    index += length;
  }
  addLiteral(source, { start, text }, found);
  return index + 1;
}

function addLiteral(source: string, literal: { readonly start: number; readonly text: string }, found: Found): void {
  const text = { text: unescaped(literal.text), line: lineAt(source, literal.start) };
  found.literals.push(text);
  if (beforeTestName.test(source.slice(Math.max(0, literal.start - 40), literal.start))) found.testNames.push(text);
}

function isWordAt(source: string, index: number): boolean {
  word.lastIndex = index;
  return word.test(source);
}

function scanWord(source: string, index: number, found: Found): number {
  word.lastIndex = index;
  const text = word.exec(source)?.[0] ?? '';
  found.identifiers.add(text);
  return index + text.length;
}

function isRegExpAt(source: string, index: number): boolean {
  const [, before = '('] = wordBefore.exec(source.slice(Math.max(0, index - 40), index)) ?? [];
  return beforeRegExp.has(before);
}

function endOfRegExp(source: string, start: number): number {
  let index = start + 1;
  let inClass = false;
  while (index < source.length && (inClass || source[index] !== '/')) {
    if (source[index] === '[') inClass = true;
    if (source[index] === ']') inClass = false;
    index += source[index] === '\\' ? 2 : 1;
  }
  return index + 1;
}

function endOf(source: string, text: string, from: number): number {
  const index = source.indexOf(text, from);
  return index < 0 ? source.length : index + text.length;
}

function lineAt(source: string, index: number): number {
  return source.slice(0, index).split('\n').length;
}

function unescaped(text: string): string {
  return text.replace(/\\([\s\S])/g, (_, char: string) => (char === 'n' || char === 't' ? ' ' : char));
}
