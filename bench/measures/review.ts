// The time of `diff --base` over a change of many tenants, compared with validating the tree.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finding, Surroundings } from '../finding.ts';
import { tenantName } from '../fleet.ts';
import { median } from '../statistics.ts';

const tenants = 500;
const environments = ['dev', 'qa', 'prod'] as const;
const profiles = ['Limits', 'Features', 'Database', 'AllowList'] as const;
const repetitions = 5;

export async function* measureReview({ checkout, folder }: Surroundings): AsyncGenerator<Finding> {
  writeChange(folder);
  const program = join(checkout, 'bin/appcfg.js');
  const ratios: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const validating = timed(program, ['validate', '-C', folder]);
    const comparing = timed(program, ['diff', '-C', folder, '--base', 'HEAD']);
    ratios.push(comparing / validating);
  }
  const fleet = `${tenants} tenants × ${environments.length} × ${profiles.length}`;
  const note = `median of ${repetitions}`;
  yield {
    what: `time of diff --base of ${fleet} ÷ validate`,
    measured: median(ratios),
    budget: 3,
    digits: 2,
    unit: '',
    note,
  };
}

/** Each of the profiles is in the template; a tenant has two files of its own. The change edits a line of the template. */
function writeChange(folder: string): void {
  const put = (path: string, text: string) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const template = (rps: number) => `limits:\n  rps: ${rps}\n  burst: 300\nretry:\n  attempts: 3\n  backoffMs: 250\n`;
  put('appcfg.yml', 'project: acme/config\n');
  for (const profile of profiles) put(`template/${profile}.yml`, template(100));
  for (let index = 0; index < tenants; index += 1) {
    const tenant = `tenants/${tenantName(index)}`;
    for (const environment of environments) put(`${tenant}/${environment}/.gitkeep`, '');
    put(`${tenant}/Database.yml`, `host: db-${index}.internal\n`);
    put(`${tenant}/qa/Features.yml`, 'retry: { attempts: 7 }\n');
    if (index < 15) put(`${tenant}/Limits.yml`, `limits: { rps: ${500 + index} }\n`);
  }
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=bench', '-c', 'user.email=bench@example.com', ...args], {
      stdio: 'ignore',
    });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'base');
  put('template/Limits.yml', template(200));
}

function timed(program: string, args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - start;
}
