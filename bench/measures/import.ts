// The processor time of `import` of an account, compared with validating the tree that it writes.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, Surroundings } from '../finding.ts';
import { writeLargeFleet } from '../fleet.ts';
import { processorTime, serveAppConfig } from '../processes.ts';
import { median } from '../statistics.ts';

const applications = 300;
const repetitions = 3;

export async function* measureImport({ checkout, folder }: Surroundings): AsyncGenerator<Finding> {
  const deployed = join(folder, 'deployed');
  writeLargeFleet(deployed, applications);
  const appConfig = await serveAppConfig(checkout, { applications, speed: 60, seedFrom: deployed });
  const ratios: number[] = [];
  const seconds: number[] = [];
  try {
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      const out = join(folder, 'imported');
      emptyRepository(out);
      const importing = await processorTime(checkout, ['import', '--endpoint-url', appConfig.url, '-C', out]);
      const validating = await processorTime(checkout, ['validate', '-C', out]);
      ratios.push(importing / validating);
      seconds.push(importing / 1000);
    }
  } finally {
    appConfig.stop();
  }
  yield {
    what: `processor time of import of ${applications} applications × 3 × 4 ÷ validate of its result`,
    measured: median(ratios),
    budget: 25,
    digits: 1,
    unit: '',
    note: `median of ${repetitions}; ${median(seconds).toFixed(1)} s`,
  };
}

/** Its remote is the project that manages the applications. */
function emptyRepository(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  execFileSync('git', ['-C', directory, 'init', '--quiet']);
  execFileSync('git', ['-C', directory, 'remote', 'add', 'origin', 'https://gitlab.example.com/acme/config.git']);
}
