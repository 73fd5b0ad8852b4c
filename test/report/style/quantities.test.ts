import { expect, test } from 'vitest';
import { growthText, strategyTimes } from '../../../src/report/style/quantities.ts';

test.each([
  [{ durationMinutes: 0, growthFactor: 100 }, 'at once'],
  [{ durationMinutes: 1, growthFactor: 100 }, 'in one step, 1 min'],
  [{ durationMinutes: 10, growthFactor: 20 }, '20 % steps over 10 min'],
])('the growth of %j is "%s"', (numbers, text) => {
  const strategy = { ...numbers, growthType: 'LINEAR', bakeMinutes: 0 } as const;
  expect(growthText(strategy)).toBe(text);
  expect(strategyTimes({ ...strategy, bakeMinutes: 10 })).toBe(`${text}, bakes 10 min`);
});
