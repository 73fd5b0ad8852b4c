// The log of a whole run in a job of GitLab: however it ends, its sections are closed; however long a call takes, it is not silent.
import { expect, test } from 'vitest';
import { readJobLog } from '../support/job-log.ts';
import { createWorld, type RunOptions, type World } from '../support/world.ts';

const job = { GITLAB_CI: 'true' };
const tenants = Array.from({ length: 12 }, (_, index) => `t${index + 1}`);

/** A wave whose list of deployments is folded, and one after it. */
function worldOfTwoWaves(): World {
  return createWorld({
    'appcfg.yml': 'project: p\nwaves:\n  - { name: many, environments: [dev], soak: 5m }\n  - { name: rest }\n',
    'template/Limits.yml': 'rate: 1\n',
    ...Object.fromEntries(tenants.map((tenant) => [`tenants/${tenant}/dev/.gitkeep`, ''])),
    'tenants/t1/prod/.gitkeep': '',
  });
}

/** Acts once, at the n-th call of an operation. */
function atCall(world: World, operation: string, n: number, act: () => void): void {
  let calls = 0;
  world.emulator.onCall = (call) => {
    if (call.operation === operation) {
      calls += 1;
      if (calls === n) act();
    }
    return undefined;
  };
}

/** Sends a signal while deployments are polled. */
function interrupted(world: World, name: 'SIGINT' | 'SIGTERM'): RunOptions {
  return { onStart: (signal) => atCall(world, 'GetDeployment', 30, () => signal(name)) };
}

const deny = { operation: 'StartDeployment', kind: 'deny' } as const;

test.each<{ how: string; exit: number; args?: readonly string[]; prepare?: (world: World) => RunOptions | undefined }>([
  { how: 'done', exit: 0 },
  { how: 'SIGTERM', exit: 143, prepare: (world) => interrupted(world, 'SIGTERM') },
  { how: 'SIGINT', exit: 130, prepare: (world) => interrupted(world, 'SIGINT') },
  { how: 'a timeout', exit: 4, args: ['--timeout', '1m'] },
  { how: 'a timeout in the soak', exit: 4, args: ['--timeout', '4m'] },
  { how: 'failures', exit: 6, prepare: (world) => void world.emulator.injectFault({ ...deny, times: 3 }) },
  {
    how: 'the first failure',
    exit: 6,
    args: ['--fail-fast'],
    prepare: (world) => void world.emulator.injectFault({ ...deny, times: 1, after: 3 }),
  },
  {
    how: 'credentials that expire',
    exit: 6,
    prepare: (world) => void world.emulator.injectFault({ operation: '*', kind: 'expired', times: 1000, after: 100 }),
  },
])(
  'a run that ends with $how has closed its sections, and its result is in none',
  async ({ exit, args = [], prepare }) => {
    const world = worldOfTwoWaves();
    const options = prepare?.(world) ?? {};
    const { stdout, stderr, exitCode } = await world.appcfgWith({ ...options, env: job }, 'sync', ...args);
    expect([exitCode, readJobLog(stderr).faults], stderr).toEqual([exit, []]);
    const { sections, outside } = readJobLog(stderr);
    expect(sections[0]).toMatchObject({ isFolded: true });
    expect(sections[0]?.lines[0]).toBe('wave "many" starts');
    // What is folded has no failure and no problem.
    const folded = sections.filter(({ isFolded }) => isFolded).flatMap(({ lines }) => lines);
    expect(folded.filter((line) => /failed|error:|warning:|stopping/.test(line))).toEqual([]);
    if (exit !== 0) expect(outside.join('\n')).toMatch(/failed|error:|stopping/);
    expect(stdout).not.toContain('section_');
    expect(stdout).toMatch(/^ {2}wave +state/m);
  },
);

test('lines for programs on stdout do not end a section', async () => {
  const { stderr } = await worldOfTwoWaves().appcfgWith({ env: job }, 'sync', '-o', 'jsonl');
  const { sections, faults } = readJobLog(stderr);
  expect(faults).toEqual([]);
  expect(sections[0]?.lines.length).toBeGreaterThan(tenants.length);
});

test.each([['sync'], ['status'], ['diff'], ['import', '--out', 'tree']])(
  'while %s reads an account that responds slowly, its log is not silent',
  async (...args) => {
    const world = worldOfTwoWaves();
    await world.appcfg('sync');
    const { stderr } = await world.appcfgWith({ env: job, latencyMs: 35_000 }, ...args);
    expect(stderr).toMatch(/^still reading live state/m);
  },
);
