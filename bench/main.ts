// Runs one measurement, and prints a line for each of its budgets.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, Measure } from './finding.ts';
import { measureCalls } from './measures/calls.ts';
import { measureChange } from './measures/change.ts';
import { measureImport } from './measures/import.ts';
import { measureLog } from './measures/log.ts';
import { measureMemory } from './measures/memory.ts';
import { measurePage } from './measures/page.ts';
import { measureReading } from './measures/reading.ts';
import { measureRendering } from './measures/rendering.ts';
import { measureReview } from './measures/review.ts';
import { measureRollout } from './measures/rollout.ts';
import { measureStart } from './measures/start.ts';

const measures: Readonly<Record<string, Measure>> = {
  calls: measureCalls,
  change: measureChange,
  rollout: measureRollout,
  reading: measureReading,
  rendering: measureRendering,
  review: measureReview,
  page: measurePage,
  import: measureImport,
  log: measureLog,
  start: measureStart,
  memory: measureMemory,
};

// On exit, the processes that a measurement started are killed: see processes.ts.
process.on('SIGTERM', () => process.exit(143));
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const [name = '', checkout = '', parent = ''] = process.argv.slice(2);
const measure = measures[name];
if (measure === undefined) throw new Error(`unknown measurement "${name}"`);
const folder = mkdtempSync(join(parent, `${name}-`));
try {
  for await (const finding of measure({ checkout, folder })) {
    process.stdout.write(`${lineOf(name, finding)}\n`);
    if (finding.measured > finding.budget) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function lineOf(measureName: string, { what, measured, budget, digits, unit, note }: Finding): string {
  const verdict = measured > budget ? 'OVER' : 'ok';
  const figures = `${measured.toFixed(digits)} / ${budget.toFixed(digits)}${unit === '' ? '' : ` ${unit}`}`;
  const line = `${verdict.padEnd(5)}${measureName.padEnd(10)}${figures.padEnd(20)} ${what}`;
  return note === undefined ? line : `${line} (${note})`;
}
