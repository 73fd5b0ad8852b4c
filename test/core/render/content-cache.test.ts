import { expect, test } from 'vitest';
import { contentOf } from '../../../src/core/document/content-of.ts';
import { mapOf } from '../../../src/core/model/value.ts';
import { SharedContents } from '../../../src/core/render/content-cache.ts';

const content = (text: string) => contentOf(mapOf([['a', text]]), 'json');
const large = (index: number) => content(`${index}`.repeat(500_000));

function shareTwice(contents: SharedContents, text: string) {
  contents.share(content(text));
  return contents.share(content(text));
}

test('equal contents are one object, from the second on', () => {
  const contents = new SharedContents();
  const second = shareTwice(contents, 'x');
  expect(contents.share(content('x'))).toBe(second);
  expect(contents.share(content('y'))).not.toBe(second);
});

test('what was not used for long is forgotten', () => {
  const contents = new SharedContents();
  const used = shareTwice(contents, 'x');
  const unused = shareTwice(contents, 'y');
  for (let index = 0; index < 40; index += 1) {
    contents.share(large(index));
    contents.share(large(index));
    expect(contents.share(content('x'))).toBe(used);
  }
  expect(contents.share(content('y'))).not.toBe(unused);
});

test('what comes once is not held, and nothing is forgotten for it', () => {
  const contents = new SharedContents();
  const second = shareTwice(contents, 'x');
  for (let index = 0; index < 40; index += 1) contents.share(large(index));
  expect(contents.share(content('x'))).toBe(second);
});

test('equal meaning is not equal text', () => {
  const contents = new SharedContents();
  const ordered = (keys: readonly string[]) => contentOf(mapOf(keys.map((key) => [key, 1])), 'json');
  for (const keys of [
    ['a', 'b'],
    ['b', 'a'],
    ['a', 'b'],
    ['b', 'a'],
  ]) {
    expect(contents.share(ordered(keys))).toEqual(ordered(keys));
  }
});
