// `npm run bench [name...]`: builds the program, and runs each measurement in a process of its own, so that none inherits
// another's memory, compiled code or clock. Exits 1 if a budget is exceeded.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { rawText } from '../.ci/raw-text.js';

const checkout = join(import.meta.dirname, '..');
const names = [
  'calls',
  'change',
  'rollout',
  'reading',
  'rendering',
  'review',
  'page',
  'import',
  'log',
  'start',
  'memory',
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`unknown measurement "${unknown[0]}"; available: ${names.join(', ')}\n`);
  process.exit(3);
}

const folder = mkdtempSync(join(tmpdir(), 'appcfg-bench-'));
let running;
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = true;
    running?.kill('SIGTERM');
  });
}

try {
  process.exitCode = await runMeasures();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function runMeasures() {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: checkout, stdio: 'inherit' });
  await bundleMeasures();
  let exitCode = 0;
  for (const name of names) {
    if (interrupted) return 130;
    if (asked.length === 0 || asked.includes(name)) exitCode = Math.max(exitCode, await runMeasure(name));
  }
  return interrupted ? 130 : exitCode;
}

/** Node 20 does not run TypeScript. */
async function bundleMeasures() {
  await build({
    entryPoints: [join(checkout, 'bench/main.ts')],
    outfile: join(folder, 'main.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
    plugins: [rawText],
    banner: {
      js: "import { createRequire as benchCreateRequire } from 'node:module'; const require = benchCreateRequire(import.meta.url);",
    },
  });
}

function runMeasure(name) {
  return new Promise((resolve, reject) => {
    running = spawn(process.execPath, [join(folder, 'main.mjs'), name, checkout, folder], { stdio: 'inherit' });
    running.on('error', reject);
    running.on('exit', (code) => resolve(code === 0 ? 0 : 1));
  });
}
