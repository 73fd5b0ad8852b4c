// The string and template literals of a TypeScript source, by a small tokenizer: TypeScript 7 has no JavaScript API.

export interface StringLiteral {
  /** The text with escapes resolved. In a template, `X` stands for each value. */
  readonly text: string;
  readonly line: number;
}

const wordBefore = /([\w$]+|\S)\s*$/;
/** A slash after one of these begins a regular expression; after anything else it divides. */
const beforeRegExp = new Set([...'(,=:[!&|?{};+-*%~^<>', 'return', 'typeof', 'case', 'in', 'of', 'await', 'yield']);
/** A string after one of these names a module. */
const beforeModule = new Set(['from', 'import']);

export function stringLiteralsOf(source: string): readonly StringLiteral[] {
  const literals: StringLiteral[] = [];
  scanCode(source, 0, literals);
  return literals.sort((a, b) => a.line - b.line);
}

/** Reads code up to the end or to an unmatched `}`. @returns the index after it */
function scanCode(source: string, start: number, literals: StringLiteral[]): number {
  let index = start;
  let depth = 0;
  while (index < source.length) {
    const char = source[index];
    if (source.startsWith('//', index)) index = endOf(source, '\n', index);
    else if (source.startsWith('/*', index)) index = endOf(source, '*/', index + 2);
    else if (char === "'" || char === '"') index = scanString(source, index, literals);
    else if (char === '`') index = scanTemplate(source, index, literals);
    else if (char === '/' && isRegExpAt(source, index)) index = endOfRegExp(source, index);
    else {
      if (char === '{') depth += 1;
      if (char === '}') depth -= 1;
      index += 1;
      if (depth < 0) return index;
    }
  }
  return index;
}

function scanString(source: string, start: number, literals: StringLiteral[]): number {
  const quote = source[start] ?? '';
  let index = start + 1;
  while (index < source.length && source[index] !== quote) index += source[index] === '\\' ? 2 : 1;
  const before = source.slice(Math.max(0, start - 20), start).replace(/\($/, '');
  if (!beforeModule.has(wordBefore.exec(before)?.[1] ?? '')) {
    literals.push({ text: unescaped(source.slice(start + 1, index)), line: lineAt(source, start) });
  }
  return index + 1;
}

function scanTemplate(source: string, start: number, literals: StringLiteral[]): number {
  let index = start + 1;
  let text = '';
  while (index < source.length && source[index] !== '`') {
    if (source.startsWith('${', index)) {
      index = scanCode(source, index + 2, literals);
      text += 'X';
      continue;
    }
    const length = source[index] === '\\' ? 2 : 1;
    text += source.slice(index, index + length);
    index += length;
  }
  literals.push({ text: unescaped(text), line: lineAt(source, start) });
  return index + 1;
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
