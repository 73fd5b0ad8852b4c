import { expect, test } from 'vitest';
import {
  copiesOf,
  type Discussion,
  hasScope,
  judgeDiscussions,
  type WantedNote,
} from '../../../src/core/discussion/judge-discussions.ts';
import { markerLine } from '../../../src/core/discussion/note-marker.ts';

const self = 1;
const other = 2;
const wanted: WantedNote = { scope: 'a', pipeline: 5, text: 'text\n', meaning: 'aa', isOpen: false };

interface Noted {
  readonly id?: number;
  readonly author?: number;
  readonly scope?: string;
  readonly pipeline?: number;
  readonly text?: string;
  readonly meaning?: string;
  readonly hasReplies?: boolean;
  /** Undefined: it is no thread. */
  readonly isResolved?: boolean | undefined;
}

function noted(of: Noted = {}): Discussion {
  const { id = 10, author = self, scope = 'a', pipeline = 4, text = 'text', meaning = 'aa' } = of;
  return {
    id: `discussion-${id}`,
    note: { id, author, body: markerLine({ scope, pipeline, meaning }) + text },
    hasReplies: of.hasReplies ?? false,
    isResolved: 'isResolved' in of ? of.isResolved : false,
  };
}

const changed = { text: 'other', meaning: 'bb' };
const onlyMeaning = { meaning: 'bb' };
const relinked = { text: 'text with another link' };

test.each<[string, Noted, Partial<WantedNote>, boolean, boolean | undefined]>([
  ['the same text with another meaning, open, nothing to answer', onlyMeaning, {}, true, true],
  ['another text, resolved, nothing to answer: stays resolved', { ...changed, isResolved: true }, {}, true, undefined],
  ['another text, open, nothing to answer: is resolved', changed, {}, true, true],
  [
    'another text, resolved, something to answer: is opened',
    { ...changed, isResolved: true },
    { isOpen: true },
    true,
    false,
  ],
  ['another text, open, something to answer: stays open', changed, { isOpen: true }, true, undefined],
  ['another text of what is no thread', { ...changed, isResolved: undefined }, { isOpen: true }, true, undefined],
  [
    'another link, resolved by a person, something to answer',
    { ...relinked, isResolved: true },
    { isOpen: true },
    true,
    undefined,
  ],
  ['another link, opened by a person, nothing to answer', relinked, {}, true, undefined],
])('%s', (_what, found, want, writesBody, resolves) => {
  const discussion = noted(found);
  expect(judgeDiscussions([discussion], { ...wanted, ...want }, self)).toEqual({
    does: 'update',
    discussion,
    writesBody,
    resolves,
  });
});

test.each<[string, Noted, Partial<WantedNote>]>([
  ['resolved, nothing to answer', { isResolved: true }, {}],
  ['resolved by a person, something to answer', { isResolved: true }, { isOpen: true }],
  ['opened by a person, nothing to answer', {}, {}],
  ['open, something to answer', {}, { isOpen: true }],
  ['without the white space at its end', { text: 'text\r\n \n' }, {}],
  ['of the same pipeline', { pipeline: 5 }, {}],
])('the same text is left alone: %s', (_what, found, want) => {
  expect(judgeDiscussions([noted(found)], { ...wanted, ...want }, self)).toMatchObject({
    does: 'leave',
    because: 'equal',
  });
});

test('the note of a newer pipeline is left alone, whatever it has, also where an older copy is kept', () => {
  for (const found of [{}, changed, { ...changed, isResolved: true }]) {
    const newer = noted({ ...found, pipeline: 6 });
    expect(judgeDiscussions([newer], wanted, self)).toMatchObject({ does: 'leave', because: 'newer' });
    expect(judgeDiscussions([noted({ id: 9, ...changed }), newer], wanted, self)).toMatchObject({ because: 'newer' });
  }
});

test('a note that another user wrote is none, whatever its marker has', () => {
  const copy = noted({ author: other, pipeline: 99 });
  expect(judgeDiscussions([copy], wanted, self)).toEqual({ does: 'create' });
  const own = noted({ id: 11, ...changed });
  expect(judgeDiscussions([copy, own], wanted, self)).toMatchObject({ does: 'update', discussion: own });
});

test('of several own notes the oldest is kept, and the others are copies, except for those with replies', () => {
  const [first, second, answered, copied] = [
    noted({ id: 10, ...changed }),
    noted({ id: 11 }),
    noted({ id: 12, hasReplies: true }),
    noted({ id: 13, author: other }),
  ];
  const all = [copied, answered, second, first];
  expect(judgeDiscussions(all, wanted, self)).toMatchObject({ does: 'update', discussion: first });
  expect(copiesOf(all, self)).toEqual([second]);
});

test.each<[string, Discussion, boolean]>([
  ['a note of the scope', noted(), true],
  ['that of another user', noted({ author: other }), true],
  ['a note of another scope', noted({ scope: 'b' }), false],
  ['a note of a scope in other letters', noted({ scope: 'A' }), false],
  ['a text without a marker', { ...noted(), note: { id: 9, author: self, body: 'a comment' } }, false],
  ['what is longer than any note', noted({ text: 'x'.repeat(100_000) }), false],
])('%s: %#', (_what, discussion, expected) => {
  expect(hasScope(discussion, 'a')).toBe(expected);
});

test('without a note one is created', () => {
  expect(judgeDiscussions([], wanted, self)).toEqual({ does: 'create' });
});
