// Runs before the tests, and again before each rerun in watch mode: dist/ is built from what is in src/ now.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

const checkout = join(import.meta.dirname, '../..');
const sources = ['src', '.ci', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.types.json'];
/** The last file that the build writes. */
const lastBuilt = join(checkout, 'dist/THIRD-PARTY-NOTICES.txt');

/** @throws Error if the program cannot be built: no test runs then */
export function setup(project: TestProject): void {
  buildIfStale();
  project.onTestsRerun(async () => buildIfStale());
}

function buildIfStale(): void {
  if (existsSync(lastBuilt) && statSync(lastBuilt).mtimeMs > Math.max(...sources.map(changedAt))) return;
  execFileSync(process.execPath, [join(checkout, '.ci/build.js')], { stdio: 'inherit' });
}

/** In milliseconds since 1970. The time of a folder counts too: it changes when a file in it is deleted. */
function changedAt(source: string): number {
  const path = join(checkout, source);
  const inside = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
  return Math.max(...['', ...inside].map((name) => statSync(join(path, name)).mtimeMs));
}
