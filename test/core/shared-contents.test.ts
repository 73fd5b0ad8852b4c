import { expect, test } from 'vitest';
import { contentOf } from '../../src/core/content.ts';
import { SharedContents } from '../../src/core/shared-contents.ts';
import { mapOf } from '../../src/core/value.ts';

const content = (text: string) => contentOf(mapOf([['a', text]]), 'json');

test('equal contents are one object', () => {
  const contents = new SharedContents();
  const first = contents.share(content('x'));
  expect(contents.share(content('x'))).toBe(first);
  expect(contents.share(content('y'))).not.toBe(first);
});

test('what was not used for long is forgotten', () => {
  const contents = new SharedContents();
  const first = contents.share(content('x'));
  const other = contents.share(content('y'));
  for (let index = 0; index < 40; index += 1) {
    contents.share(content(`${index}`.repeat(500_000)));
    expect(contents.share(content('x'))).toBe(first);
  }
  expect(contents.share(content('y'))).not.toBe(other);
});
