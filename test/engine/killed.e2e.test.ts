// A process that is killed (SIGKILL) during a rollout, and started again, comes to the same end, with nothing deployed twice.
// `npm run soak` kills processes 200 times during rollouts to 50 tenants, at a different moment each time.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/emulator/host/emulator.ts';
import { listen } from '../../src/emulator/host/http-server.ts';
import { checkout } from '../support/documents.ts';
import { endOf } from '../support/inventory.ts';

const soak = process.env.SOAK_KILLS !== undefined;
const kills = Number(process.env.SOAK_KILLS ?? 10);
const seed = Number(process.env.SOAK_SEED ?? (soak ? Date.now() % 1_000_000 : 20_260_301));
const tenants = soak ? 50 : 8;
/** Two environments and two profiles for each tenant. */
const calls = 4 * tenants;

test(
  `a process that is killed ${kills} times, and started again, comes to the end of one that is not`,
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
  write(
    'appcfg.yml',
    `project: acme/config
deploymentStrategy: quick
deploymentStrategies: { quick: { durationMinutes: 1, bakeMinutes: 0, growthFactor: 50, growthType: LINEAR } }
waves:
  - { name: canary, tenants: [t0, t1], soak: 2m }
  - { name: everyone, tenants: ["*"] }
`,
  );
  write('template/A.yml', 'a: 1\n');
  write('template/B.yml', 'b: 1\n');
  for (let index = 0; index < tenants; index += 1) {
    write(`tenants/t${index}/A.yml`, `a: 1${index}\n`);
    for (const environment of ['dev', 'qa']) write(`tenants/t${index}/${environment}/B.yml`, `b: ${environment}\n`);
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
