// A note always fits, and nothing in it has a meaning but what appcfg writes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noteText } from '../../../src/report/note/note.ts';
import { foundIn, page, rendered, wellFormed } from '../../support/note-html.ts';
import { reportOf } from '../../support/notes.ts';
import { holds } from '../../support/properties.ts';

const spell = (command: object) => ['appcfg', ...('args' in command ? (command.args as string[]) : [])];
const options = { spell, htmlUrl: page };

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
