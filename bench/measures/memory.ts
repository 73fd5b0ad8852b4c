// The most memory that the program uses with large fleets.
import { join } from 'node:path';
import type { Finding, Surroundings } from '../finding.ts';
import { writeFleet } from '../fleet.ts';
import { peakMemory, serveAppConfig } from '../processes.ts';

const offline = 10_000;
const synced = 2_000;

export async function* measureMemory({ checkout, folder }: Surroundings): AsyncGenerator<Finding> {
  const big = join(folder, 'big');
  writeFleet(big, checkout, { tenants: offline, overrides: 'distinct' });
  const fleet = `${offline.toLocaleString('en')} tenants × 2 × 3`;
  yield finding(`validate of ${fleet}`, 200, await peakMemory(checkout, ['validate', '-C', big]));
  const out = join(folder, 'out');
  yield finding(`render --out of ${fleet}`, 200, await peakMemory(checkout, ['render', '-C', big, '--out', out]));

  const smaller = join(folder, 'smaller');
  writeFleet(smaller, checkout, { tenants: synced, overrides: 'distinct' });
  const appConfig = await serveAppConfig(checkout, { applications: synced, speed: 60 });
  const sync = ['sync', '-C', smaller, '--endpoint-url', appConfig.url];
  try {
    const tenants = `${synced.toLocaleString('en')} tenants × 2 × 3`;
    yield finding(`the first sync of ${tenants}`, 300, await peakMemory(checkout, sync));
    yield finding(`a sync with nothing to do of ${tenants}`, 200, await peakMemory(checkout, sync));
  } finally {
    appConfig.stop();
  }
}

function finding(what: string, budget: number, bytes: number): Finding {
  return { what: `resident memory of ${what}`, measured: bytes / 1e6, budget, digits: 0, unit: 'MB' };
}
