// The time of `diff --base` over a change of many tenants, compared with validating the tree.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitAll } from '../commit-all.ts';
import type { Finding, Surroundings } from '../finding.ts';
import { limitsTemplate, writeLargeFleet } from '../fleet.ts';
import { median } from '../statistics.ts';

const tenants = 500;
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
  const fleet = `${tenants} tenants × 3 × 4`;
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

/** The change edits a line of the template. */
function writeChange(folder: string): void {
  writeLargeFleet(folder, tenants);
  commitAll(folder);
  writeFileSync(join(folder, 'template/Limits.yml'), limitsTemplate(200));
}

function timed(program: string, args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - start;
}
