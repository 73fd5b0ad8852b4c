// A note always fits, and nothing in it has a meaning but what appcfg writes.
import fc from 'fast-check';
import { marked } from 'marked';
import { describe, expect, test } from 'vitest';
import { longestNote, noteText } from '../../../src/report/note/note.ts';
import { reportOf } from '../../support/notes.ts';
import { holds } from '../../support/properties.ts';

const page = 'https://gitlab.example.com/acme/config/-/jobs/1/artifacts/file/diff.html';
const spell = (command: object) => ['appcfg', ...('args' in command ? (command.args as string[]) : [])];
const options = { spell, htmlUrl: page };

/** What a Markdown renderer makes of it that lets HTML pass. */
const rendered = (text: string) => marked.parse(text, { async: false, gfm: true });

const hostile = [
  ...[
    '`',
    '```',
    '|',
    '\\|',
    '\\',
    '<b>',
    '</details>',
    '<!-- ',
    '-->',
    '<img src=x onerror=alert(1)>',
    '&lt;script&gt;',
  ],
  ...[
    '@all',
    '@group/sub',
    '#1',
    '!123',
    '~label',
    '~"a label"',
    '%"milestone"',
    '$12',
    '&3',
    '^alert#12',
    ':emoji:',
    ':+1:',
  ],
  ...[
    '[x](javascript:alert(1))',
    '![x](https://x.example/y.png)',
    '[[wiki]]',
    '[^1]',
    'https://x.example/',
    'www.x.example',
  ],
  ...[
    'a@x.example',
    'ABC-12',
    'deadbeefdeadbeef',
    '/close',
    '\n/close\n',
    '\n# h',
    '\n- [ ] a',
    '\n\n---\n',
    '> q',
    '1. a',
    '- a',
  ],
  ...[
    '\u001b[31m',
    '\u202e',
    '\u2028',
    '\u0000',
    '\ud800',
    '**b**',
    '__b__',
    '~~s~~',
    '$`x`$',
    '{+ a +}',
    '"',
    "'",
    ' ',
    '  ',
    'a',
  ],
  ...[
    '\n```\n',
    '````',
    '\n===\n',
    '<summary>',
    '</code>',
    '</pre>',
    '(',
    ')',
    ']',
    '](https://x.example)',
    '%',
    'é',
    '\u05d0',
  ],
];
const texts = fc.array(fc.constantFrom(...hostile), { maxLength: 4 }).map((parts) => parts.join(''));

const ownTags = new Set('h3 h4 p strong code pre table thead tbody tr th td ul li details summary a br'.split(' '));

/** Everything that is not as appcfg writes it. */
function foundIn(html: string): readonly string[] {
  const found: string[] = [];
  for (const [tag, , name = '', attributes = ''] of html.matchAll(/<(\/?)([a-zA-Z!?][\w-]*)([^>]*)>/g)) {
    const isOwn =
      attributes === '' ||
      (name === 'code' && attributes === ' class="language-diff"') ||
      (name === 'a' && new RegExp(`^ href="${page}(?:#[tg]=[\\w.%~&;-]*)?"$`).test(attributes));
    if (!ownTags.has(name) || !isOwn) found.push(tag);
  }
  // What GitLab makes of plain text: mentions, references, labels, emoji, links, formulas. None of it in code.
  const plain = html.replace(/<code[^>]*>[^<]*<\/code>/g, 'x').replace(/<[^>]*>/g, ' ');
  for (const [text] of plain.matchAll(/[@#!~$^&\\[\]{}*_|<>=/]\S*|:\w+:|\w+\.\w+|\b[0-9a-f]{7,}\b|\b[A-Z]+-\d/g)) {
    if (!/^&(?:quot|amp|lt|gt|#39);/.test(text)) found.push(text);
  }
  return found;
}

function wellFormed(text: string, html: string): void {
  expect(text.length).toBeLessThanOrEqual(longestNote);
  expect(text).not.toMatch(/^\s*\/|[\u0000-\u0009\u000b-\u001f\u202e\u2028]/m);
  for (const name of ['details', 'summary', 'table', 'pre']) {
    const open = html.match(new RegExp(`<${name}>`, 'g'))?.length ?? 0;
    expect(html.match(new RegExp(`</${name}>`, 'g'))?.length ?? 0, name).toBe(open);
  }
}

test('whatever texts are in names, keys, values, messages and files, the note has only what appcfg writes', async () => {
  await holds(
    fc.property(fc.array(texts, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 8 }), (all, each) => {
      let next = 0;
      const text = () => all[next++ % all.length] as string;
      const name = (_what: string, index: number) => all[index % all.length] as string;
      const note = noteText(reportOf({ tenants: each, groups: Math.ceil(each / 2), each }, { text, name }), options);
      const html = rendered(note);
      wellFormed(note, html);
      expect(foundIn(html), note).toEqual([]);
    }),
    150,
  );
});

describe('a change of 5,000 addresses', () => {
  const plain = {
    text: (what: string) => (what === 'verdict' ? '4,800 of 5,000 tenants get /rps 100 → 200.' : `/${what}`),
    name: (what: string, index: number) => `${what}-${index}`,
  };

  test.each([
    ['in one group', { tenants: 5_000, groups: 1, each: 2 }],
    ['in 2,500 groups', { tenants: 5_000, groups: 2_500, each: 2 }],
    ['with 3,000 of everything', { tenants: 5_000, groups: 5_000, each: 3_000 }],
  ])('%s renders as tables, lists and folded parts', (_name, size) => {
    const note = noteText(reportOf(size, plain), options);
    const html = rendered(note);
    wellFormed(note, html);
    expect(foundIn(html)).toEqual([]);
    expect(note).toContain('4,800 of 5,000 tenants');
    expect(html).toContain('<th>addresses that change</th>');
    expect(html).toMatch(/settings? (?:is|are) loosened<\/h4>\n<table>/);
    expect(html).not.toMatch(/<p>\||\|---/);
    // What is folded is Markdown, too.
    for (const [, body = ''] of html.matchAll(/<\/summary>([\s\S]*?)<\/details>/g))
      expect(body).toMatch(/<(?:ul|pre|table)>/);
  });
});

test.each([
  ['names', '', 'x'],
  ['back-ticks', '`', '`'],
  ['bars', '|', '|'],
  ['characters that become longer', '\u202e', '\u202e'],
])('texts of 8 MB fit: %s', (_name, long, short) => {
  const huge = (long || 'v').repeat(8_000_000);
  const text = () => huge;
  const name = (what: string, index: number) => `${what}${short.repeat(50)}${index}`;
  const note = noteText(reportOf({ tenants: 3, groups: 2, each: 2 }, { text, name }), options);
  wellFormed(note, rendered(note));
});
