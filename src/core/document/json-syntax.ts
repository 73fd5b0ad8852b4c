// The first syntax error of a JSON text. Node's own message cannot be used: it quotes the text, which may have to be redacted.
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';

/** What is wrong, and its offset in UTF-16 units where known; undefined for valid JSON. */
export function jsonSyntaxProblem(
  text: string,
): { readonly message: string; readonly offset: number | undefined } | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    const errors: ParseError[] = [];
    parse(text, errors, { disallowComments: true });
    const [first] = errors;
    return {
      message: messages.get(first && printParseErrorCode(first.error)) ?? 'unexpected text',
      offset: first?.offset,
    };
  }
}

const messages: ReadonlyMap<string | undefined, string> = new Map([
  ['InvalidSymbol', 'text without quotes'],
  ['InvalidNumberFormat', 'invalid number'],
  ['PropertyNameExpected', 'expected a key in double quotes'],
  ['ValueExpected', 'expected a value'],
  ['ColonExpected', 'expected a colon'],
  ['CommaExpected', 'expected a comma'],
  ['CloseBraceExpected', 'expected }'],
  ['CloseBracketExpected', 'expected ]'],
  ['EndOfFileExpected', 'unexpected text after the end of the document'],
  ['InvalidCommentToken', 'JSON has no comments'],
  ['UnexpectedEndOfComment', 'JSON has no comments'],
  ['UnexpectedEndOfString', 'the string has no closing quote'],
  ['UnexpectedEndOfNumber', 'invalid number'],
  ['InvalidUnicode', 'the escape \\u needs four hexadecimal digits'],
  ['InvalidEscapeCharacter', 'invalid escape sequence'],
  ['InvalidCharacter', 'unescaped control character'],
]);
