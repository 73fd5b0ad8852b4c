// What a terminal of 80 × 24 shows: the board fits, however much is in flight.
import { expect, test } from 'vitest';
import type { DeploymentProgressed, Event } from '../../../src/core/events/event.ts';
import { LiveProgress, type Rows, type Terminal } from '../../../src/report/progress/live.ts';
import { widthOf } from '../../../src/report/style/columns.ts';
import { noColours } from '../../../src/report/style/style.ts';
import { fleetOf, rolledBackAt } from '../../support/statuses.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

/** A terminal that keeps what is on it. */
function screenOf(columns = 80, rows = 24) {
  const terminal = { columns, rows, write: () => {} };
  const frames: string[][] = [];
  const erased: number[] = [];
  const draw = Object.assign((text: string) => void frames.push(text.split('\n')), {
    clear: () => {},
    done: () => {},
    persist: () => {},
    eraseAbove: (lines: number) => void erased.push(lines),
  }) as unknown as Rows;
  const progress = new LiveProgress(
    { style: noColours, write: () => {}, verbose: false, spell: () => ['appcfg', 'sync'], now: () => now },
    { terminal: terminal as Terminal, rows: draw },
  );
  const show = (events: readonly Event[]) => {
    for (const event of events) progress.handle(event);
    progress.above('');
    return frames.at(-1) ?? [];
  };
  return { show, terminal, erased, end: () => progress.end() };
}

const deploying: Omit<DeploymentProgressed, 'type' | 'step'> = {
  ...{ deploymentNumber: 1, state: 'DEPLOYING', percentageComplete: 20, startedAt: now, growthEndsAt: now + 60_000 },
  ...{ bakeEndsAt: now + 120_000, serviceNow: now, clockSpeed: 1 },
};

test.each([
  [80, 24],
  [60, 24],
  [80, 12],
])('a status that is followed fits on %i × %i', (columns, rows) => {
  const environments = Array.from({ length: 30 }, (_, index) => `env-${index}`);
  const addresses = [
    ...fleetOf(20, environments, 'deploying'),
    ...fleetOf(20, environments, 'out-of-sync'),
    ...fleetOf(20, environments, 'missing'),
    ...Array.from({ length: 40 }, (_, index) => rolledBackAt(`t${index}/env-3/Limits`, index)),
  ];
  const screen = screenOf(columns, rows);
  const lines = screen.show([
    { type: 'phase-started', phase: 'reading-live-state' },
    { type: 'status-read', addresses, environments, isFollowed: true },
    ...fleetOf(20, environments).map(({ address }): Event => ({ ...deploying, type: 'deployment-polled', address })),
  ]);
  screen.end();
  expect(lines.length).toBeLessThan(rows);
  for (const line of lines) expect(widthOf(line)).toBeLessThan(columns);
  expect(lines.join('\n')).toMatch(/^environment|^ {2}env-/);
  expect(lines.at(-1)).toContain('Ctrl-C ends');
  expect(lines.at(-2)).toContain('addresses are not synced');
});

test('a terminal that becomes narrower breaks the rows: what that adds is removed', () => {
  const screen = screenOf(80, 24);
  const events: readonly Event[] = [
    { type: 'phase-started', phase: 'reading-live-state' },
    {
      ...{ type: 'status-read', environments: ['dev'], isFollowed: true },
      addresses: [rolledBackAt('a-tenant-with-a-long-name/dev/AllowList')],
    },
  ];
  const wide = screen.show(events);
  screen.terminal.columns = 40;
  screen.show([]);
  screen.end();
  const added = wide.reduce((sum, line) => sum + Math.max(0, Math.ceil(widthOf(line) / 40) - 1), 0);
  expect(added).toBeGreaterThan(0);
  expect(screen.erased).toEqual([added]);
});
