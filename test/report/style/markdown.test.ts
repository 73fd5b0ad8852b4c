import { expect, test } from 'vitest';
import { code, fenced, inert, linked, table } from '../../../src/report/style/markdown.ts';

test.each([
  ['a', '`a`'],
  ['a`b', '``a`b``'],
  ['`', '`` ` ``'],
  [' a', '`  a `'],
  ['', '` `'],
  ['a\nb\u202e', '`a\\u{a}b\\u{202e}`'],
  ['abcdef', '`abc…`', 4],
])('%j as code', (text, expected, most = 100) => {
  expect(code(text, most)).toBe(expected);
});

test.each([
  [
    '482 of 500 tenants get /limits/rps 100 → 200; 15 keep.',
    '482 of 500 tenants get `/limits/rps` 100 → 200; 15 keep.',
  ],
  ['ask @all, then', 'ask `@all`, then'],
  ['(see #1 !2 ~x) and', '(see `#1 !2 ~x`) and'],
  ['/close', '`/close`'],
  ['wave "a b @c" is', 'wave `"a b @c"` is'],
  ['set `maxFailures`: now', 'set `maxFailures`: now'],
  ['1. first', '`1`. first'],
  ['www.example.com', '`www.example.com`'],
  ['commit deadbeef, or 1234567.', 'commit `deadbeef`, or `1234567`.'],
  ['ABC-123 is a ticket', '`ABC-123` is a ticket'],
  ['(triggered by A_B)', '(triggered by `A_B`)'],
  ['[x](javascript:y)', '`[x](javascript:y)`'],
])('%j in a sentence', (text, expected) => {
  expect(inert(text, 1_000)).toBe(expected);
});

test('a fence is longer than the back-ticks inside', () => {
  expect(fenced(['- ````'], 'diff')).toBe('`````diff\n- ````\n`````');
});

test('a bar in a cell does not end it', () => {
  expect(table([['a'], [code('b|c\\|d', 100)]])).toBe('| a |\n|---|\n| `b\\u{7c}c\\\\u{7c}d` |');
});

test('a URL cannot end its link', () => {
  expect(linked('`a`', 'https://x.example/a)b|c"d')).toBe('[`a`](https://x.example/a%29b%7Cc%22d)');
});

test.each([
  [
    'two things are two',
    'allow appconfig:StartDeployment; node_modules/a/iam.md lists them',
    'allow `appconfig:StartDeployment`; `node_modules/a/iam.md` lists them',
  ],
  [
    'a command is one',
    'fetch the whole history: git fetch --unshallow; in a GitLab job set GIT_DEPTH: 0',
    'fetch the whole history: `git fetch --unshallow`; in a GitLab job set `GIT_DEPTH: 0`',
  ],
  [
    'also with a commit',
    'undo its commit with git revert 854fd8802127; to deploy it again',
    'undo its commit with `git revert 854fd8802127`; to deploy it again',
  ],
  ['also at the end', 'fetch it first: git fetch origin --tags', 'fetch it first: `git fetch origin --tags`'],
  ['a list is of several', 'wrong: a_b, c_d and e_f', 'wrong: `a_b`, `c_d` and `e_f`'],
])('marks of code: %s', (_, sentence, marked) => {
  expect(inert(sentence, 1000)).toBe(marked);
});

test('a name is code as a whole, whatever characters it has', () => {
  const names = ["ünï 'q$(id)/dev/Limits", "ünï 'q$(id)/dev", 'a (b)/dev/`x`'];
  expect(inert(`in 2 addresses (${names[0]}, ${names[2]})`, 1000, names)).toBe(
    "in 2 addresses (`ünï 'q$(id)/dev/Limits`, `` a (b)/dev/`x` ``)",
  );
  expect(inert(`at ${names[0]}, where it was rolled back`, 1000, names)).toBe(
    "at `ünï 'q$(id)/dev/Limits`, where it was rolled back",
  );
  // A part of another word is no name.
  expect(inert('one tenant', 1000, ['on', 'ten'])).toBe('one tenant');
  expect(inert('x', 1000, ['', '.*'])).toBe('x');
});
