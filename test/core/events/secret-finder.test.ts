import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SecretFinder } from '../../../src/core/events/secret-finder.ts';

const few = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 });

test('finds at each end the longest secret that ends there', () => {
  fc.assert(
    fc.property(
      fc.array(few, { maxLength: 6 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'c') }),
      (secrets, text) => {
        const expected = [...text].flatMap((_, index) => {
          const lengths = secrets
            .filter((secret) => text.slice(0, index + 1).endsWith(secret))
            .map(({ length }) => length);
          return lengths.length === 0 ? [] : [{ from: index + 1 - Math.max(...lengths), to: index + 1 }];
        });
        expect([...new SecretFinder(secrets).find(text)]).toEqual(expected);
      },
    ),
  );
});

test('takes a number of steps that is linear in the text, also where all secrets begin like it', () => {
  const secrets = Array.from({ length: 800 }, (_, index) => `${'a'.repeat(index + 4)}b`);
  const finder = new SecretFinder(secrets);
  const timeOf = (length: number) => {
    const text = 'a'.repeat(length);
    // The shortest of several: other programs run beside the test.
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      expect([...finder.find(text)]).toEqual([]);
      return performance.now() - start;
    });
    return Math.min(...times);
  };
  // Quadratic time would be 64 times as long.
  expect(timeOf(800_000)).toBeLessThan(40 * Math.max(1, timeOf(100_000)));
});
