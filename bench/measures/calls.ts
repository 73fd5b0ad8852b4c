// API calls of a sync with nothing to do, STS apart.
import { join } from 'node:path';
import type { Finding, Surroundings } from '../finding.ts';
import { environments, writeFleet } from '../fleet.ts';
import { shellPipeline } from '../shell-pipeline.ts';
import { createVirtualWorld, sum } from '../virtual-world.ts';

const fleets = [1, 2, 60];

/** Of the fleet's strategy. */
const minutesOfDeployment = 2;

export async function* measureCalls({ checkout, folder }: Surroundings): AsyncGenerator<Finding> {
  for (const tenants of fleets) {
    const directory = join(folder, String(tenants));
    writeFleet(directory, checkout, { tenants, overrides: 'sample' });
    const world = createVirtualWorld({ directory, asAws: false });
    await world.appcfg('sync');
    world.takeCalls();
    await world.appcfg('sync');
    yield {
      what: `API calls of a sync with nothing to do, ${tenants} tenant${tenants === 1 ? '' : 's'}`,
      measured: sum(world.takeCalls()),
      budget: Math.ceil(tenants / 50) + tenants * (2 + environments.length),
      digits: 0,
      unit: 'calls',
      note: shellPipeline(tenants, minutesOfDeployment),
    };
  }
}
