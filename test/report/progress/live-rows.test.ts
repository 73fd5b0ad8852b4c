// What a terminal of 80 × 24 shows: the board fits, however much is in flight.
import { expect, test } from 'vitest';
import type { DeploymentProgressed, Event } from '../../../src/core/events/event.ts';
import { LiveProgress, type Rows, type Terminal } from '../../../src/report/progress/live.ts';
import { widthOf } from '../../../src/report/style/columns.ts';
import { noColours } from '../../../src/report/style/style.ts';
import { fleetOf, rolledBackAt } from '../../support/statuses.ts';
import { createWorld } from '../../support/world.ts';

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

/** The plan of a tree with so many waves, tenants in each. */
async function eventsOf(waves: number, tenants: number): Promise<readonly Event[]> {
  const names = Array.from({ length: waves }, (_, index) => `w${String(index + 1).padStart(2, '0')}`);
  const files = names.flatMap((wave) =>
    Array.from({ length: tenants }, (_, index) => [`tenants/${wave}-${index}/prod/.gitkeep`, ''] as const),
  );
  const settings = names.map((wave) => `  - { name: ${wave}, tenants: ["${wave}-*"] }\n`).join('');
  const world = createWorld({
    'appcfg.yml': `project: p\naws: { quotas: { applications: 3000 } }\nwaves:\n${settings}`,
    'template/A.yml': 'a: 1\n',
    ...Object.fromEntries(files),
  });
  const { stdout } = await world.appcfg('sync', '--dry-run', '-o', 'json');
  // Addresses are texts in the document.
  const plan = JSON.parse(stdout).plan;
  const partsOf = (address: string) => {
    const [tenant = '', environment, configurationProfile] = address.split('/');
    return { tenant, ...(environment && { environment }), ...(configurationProfile && { configurationProfile }) };
  };
  const steps = plan.steps.map(({ address, ...step }: { address: string }) => ({ ...step, subject: partsOf(address) }));
  return [
    { type: 'plan-made', plan: { ...plan, steps, addresses: [] } },
    { type: 'phase-started', phase: 'applying-plan' },
    ...names.map(
      (wave, index): Event => ({
        ...{ type: 'wave-changed', wave, serviceNow: now, clockSpeed: 1 },
        state: { is: index === 0 ? 'running' : 'waiting' },
      }),
    ),
    ...steps
      .filter((step: { operation: string }) => step.operation === 'StartDeployment')
      .map(
        (step: { id: string }, index: number): Event => ({
          ...{ type: 'deployment-progressed', step: step.id, ...deploying },
          bakeEndsAt: deploying.bakeEndsAt + index * 1000,
          state: index === 7 ? 'ROLLING_BACK' : 'DEPLOYING',
        }),
      ),
  ];
}

test.each([
  [80, 24],
  [60, 24],
  [120, 50],
  [80, 10],
])('20 waves and 100 deployments in flight fit on %i × %i', async (columns, rows) => {
  const screen = screenOf(columns, rows);
  const lines = screen.show(await eventsOf(20, 5));
  screen.end();
  expect(lines.length).toBeLessThan(rows);
  for (const line of lines) expect(widthOf(line)).toBeLessThan(columns);
  expect(lines.join('\n')).toContain('w01  running 0 of 5');
  expect(lines.at(-1)).toMatch(/^(0 of 100 deployments|0\/100) ended/);
});

test('what AppConfig rolls back is first, then what takes longest; the rest is counted', async () => {
  const screen = screenOf();
  const lines = screen.show(await eventsOf(2, 50));
  screen.end();
  const flight = lines.filter((line) => / %/.test(line));
  expect(flight[0]).toMatch(/^w01-\d+\/prod\/A .*rolling back/);
  expect(flight[1]).toContain('3 min 39 s left');
  expect(lines).toContain(`  … and ${100 - flight.length} more`);
  // Nothing is left empty.
  expect(lines.length).toBe(23);
});

test('without waves there is no board', async () => {
  const screen = screenOf();
  const events = (await eventsOf(1, 3)).filter(({ type }) => type !== 'wave-changed');
  expect(screen.show(events)[0]).toMatch(/^w01-/);
  screen.end();
});

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
