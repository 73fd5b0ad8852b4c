// How long `appcfg --version` takes, compared with Node doing nothing.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Finding, Surroundings } from '../finding.ts';

const runs = 60;

/** The shortest of many runs: other load of the machine can only make a run slower. */
export async function* measureStart({ checkout }: Surroundings): AsyncGenerator<Finding> {
  let empty = Number.POSITIVE_INFINITY;
  let version = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) {
    empty = Math.min(empty, time(['-e', '0']));
    version = Math.min(version, time([join(checkout, 'bin/appcfg.js'), '--version']));
  }
  yield {
    what: 'appcfg --version ÷ node -e 0',
    measured: version / empty,
    budget: 1.2,
    digits: 2,
    unit: '',
    note: `${version.toFixed(0)} ms ÷ ${empty.toFixed(0)} ms, the shortest of ${runs}`,
  };
}

function time(args: readonly string[]): number {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} exits ${status}`);
  return performance.now() - start;
}
