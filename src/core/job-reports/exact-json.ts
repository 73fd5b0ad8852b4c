// JSON whose numbers keep their digits. JSON.parse makes doubles of them.

/** What a number becomes that a double does not write the same. No document of appcfg has this character in a string. */
const mark = '\u0000number:';

/** Between two strings of a valid text, where nothing else has a digit. */
const number = /-?\d[\d.eE+-]*/g;
const marked = /"\\u0000number:(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)"/g;

/** A value as JSON.parse gives it, but for such numbers. @throws SyntaxError */
export function parseExactly(text: string): unknown {
  // A text that is not valid would be scanned wrongly.
  JSON.parse(text);
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at);
    const end = quote === -1 ? text.length : quote;
    const between = text
      .slice(at, end)
      .replace(number, (found) => (String(Number(found)) === found ? found : JSON.stringify(mark + found)));
    at = quote === -1 ? end : endOfString(text, quote);
    parts.push(between, text.slice(end, at));
  }
  return JSON.parse(parts.join(''));
}

/** No pattern: one that skips escaped characters has no stack left in a long string. @param quote where it begins */
function endOfString(text: string, quote: number): number {
  let at = quote + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** The value as JSON on one line. @param value of `parseExactly` */
export function exactText(value: unknown): string {
  return JSON.stringify(value).replace(marked, '$1');
}
