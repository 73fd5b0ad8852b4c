import { expect, test } from 'vitest';
import { interruptibly } from '../../../src/engine/import/interruptibly.ts';

test('work that would not end is interrupted at the next break', async () => {
  const interrupt = new AbortController();
  let steps = 0;
  const work = (function* () {
    for (;;) {
      steps += 1;
      if (steps === 100) setTimeout(() => interrupt.abort(new Error('interrupted')), 0);
      yield;
    }
  })();
  await expect(interruptibly(work, interrupt.signal)).rejects.toThrow('interrupted');
  const before = steps;
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(steps).toBe(before);
});
