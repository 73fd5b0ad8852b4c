// After a sync is killed at any moment, the next one continues from what AppConfig has: nothing twice, and the same end.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/emulator/host/emulator.ts';
import { listen } from '../../src/emulator/host/http-server.ts';
import { checkout } from '../support/documents.ts';
import { createEngineWorld, desiredOf, type EngineRun, syncFleet } from '../support/engine.ts';
import { endOf } from '../support/inventory.ts';
import { killedAfter } from '../support/request-handlers.ts';

const small: EngineRun = {
  settings: {
    deploymentStrategy: 'quick',
    deploymentStrategies: new Map([
      ['quick', { durationMinutes: 1, bakeMinutes: 0, growthFactor: 50, growthType: 'LINEAR' }],
    ]),
  },
  desired: desiredOf([
    { address: 'one/dev/A', content: 'a: 1' },
    { address: 'one/dev/B', content: 'b: 1' },
    { address: 'one/qa/A', content: 'a: 2' },
    { address: 'one/qa/B', content: 'b: 1' },
  ]),
};

test('killed at any call, before or after AppConfig acted, the next sync ends as if nothing had happened', async () => {
  const undisturbed = createEngineWorld();
  expect((await syncFleet(undisturbed, small)).exitCode).toBe(0);
  const total = Object.values(undisturbed.emulator.stats()).reduce((sum, calls) => sum + calls, 0);
  for (const acting of [false, true]) {
    for (let calls = 0; calls <= total; calls += 1) {
      const world = createEngineWorld();
      await syncFleet(world, { ...small, requestHandler: killedAfter(world, calls, acting) });
      const second = await syncFleet(world, small);
      expect(second.errors, `killed after ${calls} calls, ${acting}`).toEqual([]);
      expect(endOf(world.emulator), `killed after ${calls} calls, ${acting}`).toEqual(endOf(undisturbed.emulator));
      expect(world.emulator.violations()).toEqual([]);
    }
  }
});

// `npm run soak` kills real processes 200 times during rollouts to 50 tenants, at a different moment each time.
const soak = process.env.SOAK_KILLS !== undefined;
const kills = Number(process.env.SOAK_KILLS ?? 10);
const seed = Number(process.env.SOAK_SEED ?? (soak ? Date.now() % 1_000_000 : 20_260_301));
const tenants = soak ? 50 : 8;

/** What is rolled out: two environments and two profiles each, a canary first. */
const rollout = {
  environments: ['dev', 'qa'],
  strategy: { durationMinutes: 1, bakeMinutes: 0, growthFactor: 50, growthType: 'LINEAR' },
  waves: [
    { name: 'canary', tenants: ['t0', 't1'], environments: ['*'], soakMinutes: 2, maxFailures: { count: 0 } },
    { name: 'everyone', tenants: ['*'], environments: ['*'], soakMinutes: 0, maxFailures: { count: 0 } },
  ],
} as const;
const calls = 4 * tenants;

test('killed 200 times at random moments of rollouts with waves, each ends as if nothing had happened', async () => {
  const run: EngineRun = {
    settings: {
      deploymentStrategy: 'quick',
      deploymentStrategies: new Map([['quick', rollout.strategy]]),
      waves: rollout.waves.map((wave) => ({ ...wave, labels: new Map() })),
    },
    desired: desiredOf(
      Array.from({ length: 8 }, (_, index) => index).flatMap((index) =>
        rollout.environments.flatMap((environment) => [
          { address: `t${index}/${environment}/A`, content: `a: ${index}` },
          { address: `t${index}/${environment}/B`, content: `b: ${environment}` },
        ]),
      ),
    ),
  };
  const undisturbed = createEngineWorld();
  expect((await syncFleet(undisturbed, run)).errors).toEqual([]);
  const end = endOf(undisturbed.emulator);
  // Most processes get past reading, and not far.
  const moments = fc.sample(
    fc.record({
      calls: fc.oneof(fc.nat(33), ...[1, 2, 3].map(() => fc.integer({ min: 34, max: 80 }))),
      acting: fc.boolean(),
    }),
    { seed, numRuns: 200 },
  );
  while (moments.length > 0) {
    const world = createEngineWorld();
    for (;;) {
      const moment = moments.pop();
      const outcome = await syncFleet(world, {
        ...run,
        ...(moment === undefined ? {} : { requestHandler: killedAfter(world, moment.calls, moment.acting) }),
      });
      if (outcome.exitCode === 0) break;
    }
    expect(world.emulator.violations()).toEqual([]);
    expect(endOf(world.emulator)).toEqual(end);
  }
});

test(
  `a process that is killed (SIGKILL) ${kills} times, and started again, comes to the end of one that is not`,
  async () => {
    const directory = writeTree();
    const ends: unknown[] = [];
    const moments = fc.sample(fc.integer({ min: 1, max: 3 * calls }), { seed, numRuns: kills });
    for (const planned of [[], moments]) {
      const left = [...planned];
      do {
        const emulator = createEmulator({ now: Date.now, speed: 600, quotas: { applications: 1000 } });
        const server = await listen(emulator, { port: 0 });
        for (;;) {
          const exitCode = await live(directory, server.url, { emulator, diesAt: left.pop() });
          if (exitCode === 0) break;
          expect(exitCode, `seed ${seed}`).toBe('killed');
        }
        await server.close();
        expect(emulator.violations(), `seed ${seed}`).toEqual([]);
        ends.push(endOf(emulator));
      } while (left.length > 0);
    }
    for (const end of ends) expect(end, `seed ${seed}`).toEqual(ends[0]);
  },
  soak ? 30 * 60_000 : 60_000,
);

function writeTree(): string {
  const directory = mkdtempSync(join(tmpdir(), 'appcfg-killed-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const write = (path: string, text: string) => {
    mkdirSync(join(directory, path, '..'), { recursive: true });
    writeFileSync(join(directory, path), text);
  };
  const waves = rollout.waves.map(({ soakMinutes, maxFailures, ...wave }) => ({
    ...{ ...wave, maxFailures: maxFailures.count },
    ...(soakMinutes > 0 ? { soak: `${soakMinutes}m` } : {}),
  }));
  // JSON is YAML.
  write(
    'appcfg.yml',
    JSON.stringify({
      project: 'acme/config',
      deploymentStrategy: 'quick',
      deploymentStrategies: { quick: rollout.strategy },
      waves,
    }),
  );
  write('template/A.yml', 'a: 1\n');
  write('template/B.yml', 'b: 1\n');
  for (let index = 0; index < tenants; index += 1) {
    write(`tenants/t${index}/A.yml`, `a: 1${index}\n`);
    for (const environment of rollout.environments) {
      write(`tenants/t${index}/${environment}/B.yml`, `b: ${environment}\n`);
    }
  }
  return directory;
}

/** One life of the program: it ends by itself, or is killed when AppConfig receives that call. */
function live(
  directory: string,
  url: string,
  about: { readonly emulator: Emulator; readonly diesAt: number | undefined },
): Promise<number | 'killed'> {
  return new Promise((resolve, reject) => {
    const program = spawn(process.execPath, [join(checkout, 'bin/appcfg.js'), 'sync', '--endpoint-url', url], {
      cwd: directory,
      env: {
        ...{ PATH: process.env.PATH, HOME: directory, AWS_EC2_METADATA_DISABLED: 'true' },
        ...{ AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_REGION: 'eu-west-1' },
      },
      stdio: 'ignore',
    });
    let left = about.diesAt ?? Number.POSITIVE_INFINITY;
    about.emulator.onCall = () => {
      left -= 1;
      if (left <= 0) program.kill('SIGKILL');
    };
    program.on('error', reject);
    program.on('exit', (code, signal) => resolve(signal === 'SIGKILL' ? 'killed' : (code ?? -1)));
  });
}
