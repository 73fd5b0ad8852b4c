// The size of the HTML page of a review in which every address changes, each in its own way.
import { appendFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { commitAll } from '../commit-all.ts';
import type { Finding, Surroundings } from '../finding.ts';
import { environments, profiles, writeFleet } from '../fleet.ts';
import { createVirtualWorld } from '../virtual-world.ts';

const tenants = 834;

export async function* measurePage({ checkout, folder }: Surroundings): AsyncGenerator<Finding> {
  const files = writeFleet(folder, checkout, { tenants, overrides: 'distinct' });
  commitAll(folder);
  // The template's files come first; no two contents are equal, before or after.
  for (const [index, file] of files.entries())
    if (index >= profiles.length) appendFileSync(file, `release: ${index}\n`);
  const page = join(folder, 'review.html');
  const world = createVirtualWorld({ directory: folder, asAws: false });
  await world.appcfg('diff', '--base', 'HEAD', '-o', `html=${page}`);
  const changed = tenants * environments.length * profiles.length;
  yield {
    what: `HTML page of ${changed.toLocaleString('en')} changed addresses, each with a change of its own`,
    measured: statSync(page).size / 1e6,
    budget: 2,
    digits: 2,
    unit: 'MB',
  };
}
