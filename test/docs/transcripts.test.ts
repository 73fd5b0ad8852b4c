// What the README shows of a terminal is what a terminal shows: each of its commands is run, in order, in a fresh copy of the
// sample tree, and each line it prints there is looked for. A line of only `…` stands for lines left out.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkout, readDocument } from '../support/documents.ts';

interface Shown {
  readonly command: string;
  readonly lines: readonly string[];
}

function transcriptsOf(document: string): readonly Shown[] {
  return [...document.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = '', ...lines] = part.trimEnd().split('\n');
        return { command, lines: lines.filter((line) => line !== '' && line !== '…') };
      }),
  );
}

/** How long a run took differs from one to the next; and the clock runs faster here than a reader's. */
function settled(line: string): string {
  return line
    .replace(/It took \d+ s/, 'It took a while')
    .replace(/clock × \d+/, 'clock × n')
    .trimEnd();
}

test('the transcripts in the README are real', { timeout: 60_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'appcfg-readme-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const part of ['template', 'tenants', 'appcfg.yml']) {
    cpSync(join(checkout, part), join(directory, part), { recursive: true });
  }
  // `npx appcfg` runs what a project has installed. Here that is run without npx, which takes longer than the program.
  mkdirSync(join(directory, 'node_modules/.bin'), { recursive: true });
  symlinkSync(join(checkout, 'bin/appcfg.js'), join(directory, 'node_modules/.bin/appcfg'));
  execFileSync('git', ['init', '-q'], { cwd: directory });
  const env = { PATH: process.env.PATH, HOME: directory, APPCFG_LOCAL_SPEED: '600' };
  const shown = transcriptsOf(readDocument('README.md'));
  expect(shown.length).toBeGreaterThan(2);
  for (const { command, lines } of shown) {
    const installed = command.replaceAll('npx appcfg', 'node_modules/.bin/appcfg');
    const { stdout } = spawnSync('sh', ['-c', `exec 2>&1; ${installed}`], { cwd: directory, env, encoding: 'utf8' });
    const printed = stdout.split('\n').map(settled);
    for (const line of lines) {
      const at = printed.indexOf(settled(line));
      expect(at, `${command} prints:\n${stdout}\nand not:\n${line}`).toBeGreaterThanOrEqual(0);
      printed.splice(at, 1);
    }
  }
});
