// JSON whose numbers keep their digits. JSON.parse makes doubles of them.

/** What a number becomes that a double does not write the same. No document of appcfg has this character in a string. */
const mark = '\u0000number:';

const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const marked = /"\\u0000number:(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)"/g;

/** A value as JSON.parse gives it, but for such numbers. @throws SyntaxError */
export function parseExactly(text: string): unknown {
  return JSON.parse(text.replace(token, (found) => (isKept(found) ? found : JSON.stringify(mark + found))));
}

/** What is no number of JSON is left to the parser, which refuses it. */
function isKept(found: string): boolean {
  return found.startsWith('"') || !number.test(found) || String(Number(found)) === found;
}

/** The value as JSON on one line. @param value of `parseExactly` */
export function exactText(value: unknown): string {
  return JSON.stringify(value).replace(marked, '$1');
}
