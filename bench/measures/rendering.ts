// The time of rendering, compared with reading the same files and parsing them with js-yaml.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { Scrubber } from '../../src/core/events/scrubber.ts';
import { everything } from '../../src/core/model/selection.ts';
import { RenderCache } from '../../src/core/render/render-cache.ts';
import { readDesiredApplications } from '../../src/engine/load-tree.ts';
import { DiskSource } from '../../src/tree/disk-source.ts';
import { readSettings } from '../../src/tree/read-settings.ts';
import type { Finding, Surroundings } from '../finding.ts';
import { type Fleet, writeFleet } from '../fleet.ts';
import { median } from '../statistics.ts';

const tenants = 500;
const repetitions = 15;
/** Repetitions until the code is compiled. */
const warmUps = 3;

/** With variables no two contents are equal, whatever the overrides. */
const measured = [
  { overrides: 'sample', variables: false, budget: 1.35 },
  { overrides: 'distinct', variables: false, budget: 1.35 },
  { overrides: 'distinct', variables: true, budget: 1.45 },
] as const;

export async function* measureRendering({ checkout, folder }: Surroundings): AsyncGenerator<Finding> {
  for (const { budget, ...fleet } of measured) yield { ...(await measureFleet({ tenants, ...fleet })), budget };

  async function measureFleet(fleet: Fleet): Promise<Omit<Finding, 'budget'>> {
    const kind = `${fleet.overrides}${fleet.variables ? ' with variables' : ''}`;
    const directory = join(folder, kind);
    const files = writeFleet(directory, checkout, fleet);
    const ratios: number[] = [];
    for (let repetition = -warmUps; repetition < repetitions; repetition += 1) {
      const parsing = await timed(async () => parseAll(files));
      const rendering = await timed(() => renderAll(directory));
      if (repetition >= 0) ratios.push(rendering / parsing);
    }
    return {
      what: `time to render ${tenants} tenants, overrides ${kind} ÷ to read and parse the ${files.length} files with js-yaml`,
      measured: median(ratios),
      digits: 2,
      unit: '',
      note: `median of ${repetitions}`,
    };
  }
}

function parseAll(files: readonly string[]): number {
  let read = 0;
  for (const file of files) if (load(readFileSync(file, 'utf8')) !== undefined) read += 1;
  return read;
}

async function renderAll(directory: string): Promise<number> {
  const { settings } = await readSettings(new DiskSource(directory));
  let rendered = 0;
  const report = () => {};
  for await (const { environments } of readDesiredApplications({
    directory,
    settings,
    selection: everything,
    cache: new RenderCache(),
    scrubber: new Scrubber(),
    report,
    signal: new AbortController().signal,
    startBudget: () => () => {},
    verbose: false,
  })) {
    for (const { configurations } of environments) rendered += configurations.length;
  }
  if (rendered !== tenants * 6) throw new Error(`expected ${tenants * 6} configurations, rendered ${rendered}`);
  return rendered;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
