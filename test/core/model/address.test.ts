import { expect, test } from 'vitest';
import { formatAddress, isNamed, parseAddress, parseAddressGlob } from '../../../src/core/model/address.ts';

const address = { tenant: 'one', environment: 'dev', configurationProfile: 'a/b' };

test('an address reads back as it is written, with slashes in the name of its profile', () => {
  expect(formatAddress(address)).toBe('one/dev/a/b');
  expect(parseAddress('one/dev/a/b')).toEqual(address);
});

test.each(['', 'one', 'one/dev', 'one/dev/', '/dev/A', 'one//A'])('"%s" is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test.each([
  [{ tenant: 'one' }, 'one'],
  [{ tenant: 'one', environment: 'dev' }, 'one/dev'],
  [{ tenant: 'one', configurationProfile: 'A' }, 'one/*/A'],
  [{ deploymentStrategy: 'slow' }, 'slow'],
])('the subject %j is written %s', (subject, text) => {
  expect(formatAddress(subject)).toBe(text);
});

test.each([
  ['one/dev/A', { isLiteral: true, spansParts: false }],
  ['*/dev/A', { isLiteral: false, spansParts: false }],
  ['**', { isLiteral: false, spansParts: true }],
  ['{one,two}/dev/A', { isLiteral: false, spansParts: true }],
])('the glob %s', (text, expected) => {
  expect(parseAddressGlob(text)).toMatchObject(expected);
});

test('a part without the others is no glob of addresses', () => {
  expect(parseAddressGlob('one/*')).toBeUndefined();
});

test('without globs every address is named, otherwise those that one matches', () => {
  const globs = ['two/**', 'one/*/a/b'].flatMap((text) => parseAddressGlob(text) ?? []);
  expect(isNamed(address, [])).toBe(true);
  expect(isNamed(address, globs)).toBe(true);
  expect(isNamed({ ...address, tenant: 'three' }, globs)).toBe(false);
});
