// The example of docs/emulator.md, as a user has it.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');

function folderInside(): string {
  mkdirSync(join(root, '.appcfg'), { recursive: true });
  const folder = mkdtempSync(join(root, '.appcfg', 'library-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function example(): string {
  const [, code] = /## As a library\n[\s\S]*?```ts\n([\s\S]*?)```/.exec(
    readFileSync(join(root, 'docs/emulator.md'), 'utf8'),
  ) ?? [undefined, undefined];
  if (code === undefined) throw new Error('docs/emulator.md has no example of the library');
  return code;
}

test("the documentation's example has no type errors and passes", { timeout: 60_000 }, async () => {
  const folder = folderInside();
  writeFileSync(join(folder, 'example.test.ts'), example());
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    moduleResolution: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  // Otherwise the package's own settings would be used.
  writeFileSync(join(folder, 'vitest.config.mjs'), 'export default {};\n');
  await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { cwd: root });
  const { stdout } = await run(join(root, 'node_modules/.bin/vitest'), ['run', '--root', folder], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
  });
  expect(stdout).toMatch(/1 passed/);
});
