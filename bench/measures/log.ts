// How long the log of a GitLab job becomes, over a rollout of hours in which much goes wrong.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, Surroundings } from '../finding.ts';
import { environments, profiles, tenantName, writeFleet } from '../fleet.ts';
import { createVirtualWorld, type PrintedLog } from '../virtual-world.ts';

/** Two environments each. */
const tenants = 1000;

/** No wave stops the following ones, whatever fails. */
const waves = `waves:
  - { name: canary, tenants: [tenant0000*], soak: 2h, maxFailures: 100% }
  - { name: early, tenants: [tenant000*], soak: 4h, maxFailures: 100% }
  - { name: everyone, maxFailures: 100% }
`;

export async function* measureLog({ checkout, folder }: Surroundings): AsyncGenerator<Finding> {
  const files = writeFleet(folder, checkout, { tenants, overrides: 'distinct', deploymentStrategy: 'instant' });
  appendFileSync(join(folder, 'appcfg.yml'), waves);
  const world = createVirtualWorld({ directory: folder, asAws: false, inJob: true });
  yield finding('the first sync', await world.logOf('sync'), 0);
  for (let index = 0; index < tenants; index += 2) {
    for (const environment of environments) {
      world.setAlarm({ application: tenantName(index), environment, state: 'ALARM' });
    }
  }
  // No two changes are the same: AppConfig rolls back each, and each is a group of its own.
  for (const [index, file] of files.entries()) appendFileSync(file, `release: ${index}\n`);
  const settings = join(folder, 'appcfg.yml');
  writeFileSync(settings, readFileSync(settings, 'utf8').replace('instant', 'AppConfig.Linear50PercentEvery30Seconds'));
  yield finding('a sync that is rolled back in every other environment', await world.logOf('sync'), 4);
}

function finding(what: string, { bytes, lines, ms, exitCode }: PrintedLog, expectedExit: number): Finding {
  if (exitCode !== expectedExit) throw new Error(`${what} exits ${exitCode}`);
  return {
    what: `log of ${what}, ${tenants * environments.length} environments × ${profiles.length} in 3 waves`,
    measured: bytes / 1e6,
    budget: 1,
    digits: 3,
    unit: 'MB',
    note: `${lines} lines in ${(ms / 3_600_000).toFixed(1)} h`,
  };
}
