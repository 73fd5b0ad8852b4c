// API calls for one configuration that changed, with a deployment of two minutes.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, Surroundings } from '../finding.ts';
import { tenantName, writeFleet } from '../fleet.ts';
import { createVirtualWorld } from '../virtual-world.ts';

export async function* measureChange({ checkout, folder }: Surroundings): AsyncGenerator<Finding> {
  writeFleet(folder, checkout, { tenants: 2, overrides: 'sample' });
  const world = createVirtualWorld({ directory: folder, asAws: false });
  await world.appcfg('sync');
  world.takeCalls();
  await world.appcfg('sync');
  const unchanged = world.takeCalls();
  writeFileSync(
    join(folder, 'tenants', tenantName(0), 'dev/ThrottlingLimits.yml'),
    'api_limits:\n  global:\n    requests_per_second: 200\n',
  );
  await world.appcfg('sync');
  const changed = world.takeCalls();
  const added = (operation: string) => (changed[operation] ?? 0) - (unchanged[operation] ?? 0);
  const operations = Object.keys(changed).filter((operation) => added(operation) > 0);
  const writes = operations.filter((operation) => !/^(?:Get|List)/.test(operation));
  const reads = operations.filter((operation) => operation.startsWith('List'));
  yield {
    what: 'writes for one changed configuration',
    measured: writes.reduce((total, operation) => total + added(operation), 0),
    budget: 2,
    digits: 0,
    unit: 'calls',
    note: writes.join(', '),
  };
  yield {
    what: 'Get calls for it: 2 before the start, and 6 polls of its two-minute deployment',
    measured: added('GetDeployment') + added('GetHostedConfigurationVersion'),
    budget: 8,
    digits: 0,
    unit: 'calls',
    note: `other reads: ${reads.map((operation) => `${added(operation)} ${operation}`).join(', ') || 'none'}`,
  };
}
