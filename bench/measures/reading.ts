// How close reading a large fleet comes to the rate of the scarcest operation.
import { publishedRate } from '../../src/core/model/service-limits.ts';
import type { Finding, Surroundings } from '../finding.ts';
import { writeFleet } from '../fleet.ts';
import { createVirtualWorld } from '../virtual-world.ts';

const tenants = 1000;

export async function* measureReading({ checkout, folder }: Surroundings): AsyncGenerator<Finding> {
  writeFleet(folder, checkout, { tenants, overrides: 'sample', deploymentStrategy: 'instant' });
  const world = createVirtualWorld({ directory: folder, asAws: true });
  await world.appcfg('sync');
  world.takeCalls();
  const measuredMs = await world.appcfg('sync');
  const needs = Object.entries(world.takeCalls())
    .map(([operation, calls]) => ({ operation, calls, seconds: calls / publishedRate(operation) }))
    .sort((a, b) => b.seconds - a.seconds);
  const [scarcest] = needs;
  if (scarcest === undefined) throw new Error('no operation was called');
  yield {
    what: `time of a sync with nothing to do, ${tenants} tenants ÷ calls of the scarcest operation ÷ its rate`,
    measured: measuredMs / 1000 / scarcest.seconds,
    budget: 1.03,
    digits: 3,
    unit: '',
    note: `${(measuredMs / 1000).toFixed(1)} s, ${scarcest.calls} ${scarcest.operation}`,
  };
}
