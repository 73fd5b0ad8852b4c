// A note of any size fits.
import { describe, expect, test } from 'vitest';
import { noteText } from '../../../src/report/note/note.ts';
import { foundIn, page, rendered, wellFormed } from '../../support/note-html.ts';
import { reportOf } from '../../support/notes.ts';

const spell = (command: object) => ['appcfg', ...('args' in command ? (command.args as string[]) : [])];
const options = { spell, htmlUrl: page };

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
