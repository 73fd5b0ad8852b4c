// `npm run test:node -- 22 24 26`: the quick part of the tests on each of these versions of Node, which npm provides.
// Exits 1 if a test fails on one of them, 3 if a version or a test file does not exist.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The built program, the installed package, the pure rules, and the content of any tree. */
const quickPart = [
  'test/cli/bin.e2e.test.ts',
  'test/package',
  'test/core',
  'test/tree',
  'test/properties/content.test.ts',
];

const checkout = join(import.meta.dirname, '..');
const versions = process.argv.slice(2);
if (versions.length === 0) stop('name at least one version of Node: npm run test:node -- 22 24 26');
for (const path of quickPart) if (!existsSync(join(checkout, path))) stop(`${path} does not exist`);

const results = versions.map((version) => {
  const found = onNode(version, ['--version'], 'pipe');
  if (found.status !== 0) stop(`npm has no Node "${version}":\n${found.stderr}`);
  const exact = found.stdout.trim();
  process.stdout.write(`Node ${exact}\n`);
  const start = performance.now();
  const { status } = onNode(version, ['node_modules/vitest/vitest.mjs', 'run', ...quickPart], 'inherit');
  return { exact, passed: status === 0, seconds: (performance.now() - start) / 1000 };
});
for (const { exact, passed, seconds } of results) {
  process.stdout.write(`Node ${exact}: ${passed ? 'passed' : 'failed'}, ${seconds.toFixed(0)} s\n`);
}
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;

function onNode(version, args, stdio) {
  return spawnSync('npx', ['-y', '-p', `node@${version}`, 'node', ...args], {
    cwd: checkout,
    stdio: ['ignore', stdio, stdio],
    encoding: 'utf8',
  });
}

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(3);
}
