// What a note looks like once it is rendered, and what in it is not as appcfg writes it.
import { marked } from 'marked';
import { expect } from 'vitest';
import { longestNote } from '../../src/report/note/note.ts';

export const page = 'https://gitlab.example.com/acme/config/-/jobs/1/artifacts/file/diff.html';

/** What a Markdown renderer makes of it that lets HTML pass. */
export const rendered = (text: string) => marked.parse(text, { async: false, gfm: true });

const ownTags = new Set('h3 h4 p strong code pre table thead tbody tr th td ul li details summary a br'.split(' '));

/** Everything that is not as appcfg writes it. */
export function foundIn(html: string): readonly string[] {
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

export function wellFormed(text: string, html: string): void {
  expect(text.length).toBeLessThanOrEqual(longestNote);
  expect(text).not.toMatch(/^\s*\/|[\u0000-\u0009\u000b-\u001f\u202e\u2028]/m);
  for (const name of ['details', 'summary', 'table', 'pre']) {
    const open = html.match(new RegExp(`<${name}>`, 'g'))?.length ?? 0;
    expect(html.match(new RegExp(`</${name}>`, 'g'))?.length ?? 0, name).toBe(open);
  }
}
