// Where a text is not JSON, in words of our own: Node's message quotes the text, which may hold what no output shows.
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';

/** What is wrong first, and its offset where that is known; undefined for JSON. */
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
      message: messages.get(first && printParseErrorCode(first.error)) ?? 'something else stands here',
      offset: first?.offset,
    };
  }
}

const messages = new Map<string | undefined, string>([
  ['InvalidSymbol', 'text stands here without quotes'],
  ['InvalidNumberFormat', 'a number is not written as JSON has it'],
  ['PropertyNameExpected', 'a key in double quotes is missing here'],
  ['ValueExpected', 'a value is missing here'],
  ['ColonExpected', 'a colon is missing here'],
  ['CommaExpected', 'a comma is missing here'],
  ['CloseBraceExpected', 'a } is missing here'],
  ['CloseBracketExpected', 'a ] is missing here'],
  ['EndOfFileExpected', 'the document has ended before this'],
  ['InvalidCommentToken', 'JSON has no comments'],
  ['UnexpectedEndOfComment', 'JSON has no comments'],
  ['UnexpectedEndOfString', 'a text does not end on its line'],
  ['UnexpectedEndOfNumber', 'a number is not written as JSON has it'],
  ['InvalidUnicode', 'an escape \\u has no four hexadecimal digits'],
  ['InvalidEscapeCharacter', 'JSON has no such escape'],
  ['InvalidCharacter', 'a control character is not escaped'],
]);
