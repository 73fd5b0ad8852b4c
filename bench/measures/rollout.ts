// How much longer a fleet takes than its slowest environment, at AWS's rates.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, Surroundings } from '../finding.ts';
import { profiles, writeFleet } from '../fleet.ts';
import { shellPipeline } from '../shell-pipeline.ts';
import { createVirtualWorld, type VirtualWorld } from '../virtual-world.ts';

/** 30 minutes of growth and 30 of baking; one of the two that AWS recommends for production. */
const anHour = 'AppConfig.Linear20PercentEvery6Minutes';
const environmentMs = profiles.length * 60 * 60_000;

/** Two environments each. */
const tenants = 100;

export async function* measureRollout({ checkout, folder }: Surroundings): AsyncGenerator<Finding> {
  writeFleet(folder, checkout, { tenants, overrides: 'sample', deploymentStrategy: anHour });
  const world = createVirtualWorld({ directory: folder, asAws: true });
  yield finding('the first rollout of 200 environments, with their applications', await world.appcfg('sync'), world);
  changeTemplate(folder);
  yield finding('a change of every configuration in 200 environments', await world.appcfg('sync'), world);
}

function finding(what: string, measuredMs: number, world: VirtualWorld): Finding {
  const { StartDeployment: started = 0 } = world.takeCalls();
  if (started !== 2 * tenants * profiles.length)
    throw new Error(`expected ${2 * tenants * profiles.length} deployments, started ${started}`);
  return {
    what: `time of ${what} ÷ three deployments of 60 minutes`,
    measured: measuredMs / environmentMs,
    budget: 1.02,
    digits: 3,
    unit: '',
    note: `${(measuredMs / 60_000).toFixed(1)} min ÷ ${environmentMs / 60_000} min; ${shellPipeline(tenants, 60)}`,
  };
}

/** Changes every configuration: no tenant overrides this key. */
function changeTemplate(directory: string): void {
  for (const profile of profiles) {
    const file = join(directory, 'template', `${profile}.yml`);
    writeFileSync(file, `${readFileSync(file, 'utf8')}release: 2\n`);
  }
}
