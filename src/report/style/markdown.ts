// Text of configurations, of AWS and of users inside Markdown that GitLab renders. Markdown has too many meanings to escape each:
// mentions, references, labels, emoji, quick actions, links, HTML. None has one inside code, so everything unusual becomes code.
import { visible } from './escape.ts';

/** Words, numbers and the punctuation after them: nothing in them has a meaning, wherever they stand in a line. */
const plainWord = /^\(?(?:\p{L}+(?:['’-]\p{L}+)*|(?:\d{1,6}|\d{1,3}(?:,\d{3})+)%?|→|…|%)\)?[.,;:?]?\)?$/u;
/** GitLab makes a link to a commit of it. */
const commitLike = /^\(?[0-9a-f]{7,}(?![\p{L}\d])/iu;
/** At the beginning of a line: an item of a list. */
const itemNumber = /^\d+[.)]$/;
const token = '"[^"]*"[.,;:?)]*|[^ ]+';
/** Of several words that are one thing: a command, or a variable with its value. */
const commandText = String.raw`git (?:fetch|revert) [^;,()]*[^;,()\s.?]|[A-Z][A-Z0-9]*_[A-Z0-9_]*: (?:"\d+"|\d+)`;

/** Any text on one line as a code span. @param most characters that are shown */
export function code(text: string, most: number): string {
  const shown = clipped(text, most);
  if (shown === '') return '` `';
  const fence = '`'.repeat(longestRun(shown) + 1);
  // Markdown takes one space from each end, and a back-tick at an end would belong to the fence.
  const margin = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${fence}${margin}${shown}${margin}${fence}`;
}

/**
 * A sentence that quotes other text: its words as they are, everything else as code.
 * @param most characters that are shown
 * @param names that it may have, of any characters: each is code as a whole
 */
export function inert(sentence: string, most: number, names: readonly string[] = []): string {
  const parts: { text: string; how: 'plain' | 'code' | 'done' }[] = [];
  for (const { 0: text, groups = {} } of clipped(sentence, most).matchAll(tokensWith(names))) {
    const { open = '', whole, end = '' } = groups;
    if (whole !== undefined) {
      parts.push({ text: `${open}${code(whole, Number.POSITIVE_INFINITY)}${end}`, how: 'done' });
      continue;
    }
    const isItem = parts.length === 0 && itemNumber.test(text);
    const how = plainWord.test(text) && !commitLike.test(text) && !isItem ? 'plain' : 'code';
    const last = parts.at(-1);
    // What stands after a semicolon is another thing.
    if (last?.how === how && (how === 'plain' || !/[;:,]$/.test(last.text))) last.text += ` ${text}`;
    else parts.push({ text, how });
  }
  return parts.map(({ text, how }) => (how === 'code' ? withPunctuation(text) : text)).join(' ') || '–';
}

/** The longest name first: another may begin with it. */
function tokensWith(names: readonly string[]): RegExp {
  const known = [...new Set(names.map(visible))].filter(Boolean).sort((a, b) => b.length - a.length);
  const wholes = [...known.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')), commandText].join('|');
  return new RegExp(`(?<open>\\(?)(?<whole>${wholes})(?<end>[.,;:?)]*)(?= |$)|${token}`, 'g');
}

/** Code without the punctuation of the sentence around it, and without back-ticks that the sentence has for it. */
function withPunctuation(text: string): string {
  const [, open = '', quoted = '', end = ''] = /^(\(?)(.*?)([.,;:?]*)$/.exec(text) ?? [];
  const closes = quoted.endsWith(')') && !quoted.includes('(');
  const inner = closes ? quoted.slice(0, -1) : quoted;
  if (inner === '') return code(text, Number.POSITIVE_INFINITY);
  const [, own = inner] = /^`([^`]+)`$/.exec(inner) ?? [];
  return `${open}${code(own, Number.POSITIVE_INFINITY)}${closes ? ')' : ''}${end}`;
}

/** Lines in a fence longer than any run of back-ticks inside. No line may begin with a text from elsewhere. */
export function fenced(lines: readonly string[], language = ''): string {
  const text = lines.join('\n').trimEnd();
  const fence = '`'.repeat(Math.max(2, longestRun(text)) + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** The first row is the head. Bars inside cells are only in code. */
export function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\u{7c}')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** Long parts that GitLab opens with a click. @param summary no text from elsewhere: Markdown has no meaning there */
export function folded(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** @param label Markdown of `code` or `inert`. @param url checked; undefined: the label alone */
export function linked(label: string, url: string | undefined): string {
  if (url === undefined) return label;
  const target = url.replace(/[^\w:/?&=.%#~+,;@-]/gu, percentEncoded);
  // Renderers disagree about brackets and back-ticks inside the label of a link.
  return /^`?[\w ./-]+`?$/.test(label) ? `[${label}](${target})` : `${label} ([page](${target}))`;
}

function percentEncoded(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('');
}

/** Without characters that cannot be seen, and no longer than a note has room for. */
export function clipped(text: string, most: number): string {
  const shown = visible(text.length > most ? text.slice(0, most) : text);
  const isCut = text.length > most || shown.length > most;
  return isCut ? `${shown.slice(0, most - 1).toWellFormed()}…` : shown;
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}
