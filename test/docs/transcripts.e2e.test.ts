// What the documents show of a terminal is what a terminal shows. Each command of a `console` block is run, in order, in a fresh
// copy of the sample tree for each document, and its output is compared. `npm run docs` rewrites it.
//
// A line of only `…` stands for lines left out: then each line shown must be printed, in any order, because environments run side
// by side. Without such a line the output is shown whole. `<!-- run: command -->` runs a command whose output is not shown.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { expect, onTestFinished, test } from 'vitest';
import { checkout, readDocument, rewrites } from '../support/documents.ts';

const omission = '…';
const blocks = /```console\n([\s\S]*?)```|<!-- run: (.*?) -->/g;

const documents = [
  'README.md',
  ...readdirSync(join(checkout, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) => `docs/${file}`),
]
  .filter((file) => file.endsWith('.md') && readDocument(file).includes('```console\n'))
  .sort();

/** Runs a command as a reader of the documents would. */
type Shell = (command: string) => string;

function createShell(): Shell {
  const directory = mkdtempSync(join(tmpdir(), 'appcfg-docs-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const part of ['template', 'tenants', 'appcfg.yml']) {
    cpSync(join(checkout, part), join(directory, part), { recursive: true });
  }
  // npx takes longer than the program, so the program is on the PATH and run without npx.
  const bin = join(directory, 'node_modules/.bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(join(checkout, 'bin/appcfg.js'), join(bin, 'appcfg'));
  execFileSync('git', ['init', '-q'], { cwd: directory });
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: directory,
    // When documents are rewritten, the clock runs as fast as a reader's, so that times are those that a reader sees.
    ...(rewrites ? {} : { APPCFG_LOCAL_SPEED: '600' }),
  };
  return (command) => {
    const installed = command.replaceAll('npx --no -- appcfg', 'appcfg').replaceAll('npx appcfg', 'appcfg');
    return spawnSync('sh', ['-c', `exec 2>&1; ${installed}`], { cwd: directory, env, encoding: 'utf8' }).stdout;
  };
}

/** Times differ from one run to the next. */
function settled(line: string): string {
  return line
    .replace(/It took .*?\.$/, 'It took a while.')
    .replace(/clock × \d+/, 'clock × n')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\dZ/g, 'YYYY-MM-DD hh:mmZ')
    .trimEnd();
}

function linesOf(text: string): readonly string[] {
  const trimmed = text.trimEnd();
  return trimmed === '' ? [] : trimmed.split('\n').map((line) => line.trimEnd());
}

/** The lines that a document should show: those it shows, as far as they are printed; in place of others the most similar. */
function corrected(shown: readonly string[], printed: readonly string[]): readonly string[] {
  if (!shown.includes(omission)) {
    const isRight =
      printed.length === shown.length && printed.every((line, n) => settled(line) === settled(shown[n] ?? ''));
    return isRight ? shown : printed;
  }
  const rest = [...printed];
  const take = (index: number) => rest.splice(index, 1)[0] ?? '';
  const isExact = shown.map((line) => {
    const index = rest.findIndex((other) => settled(other) === settled(line));
    if (index >= 0) take(index);
    return index >= 0;
  });
  return shown.map((line, n) => {
    if (isExact[n] || line === omission || line === '') return line;
    const distances = rest.map((other) => distance(settled(line), settled(other)));
    const least = Math.min(...distances);
    return least > line.length ? `not printed: ${line}` : take(distances.indexOf(least));
  });
}

/** A `console` block with the output that its commands have now. */
function replayed(block: string, shell: Shell): string {
  const [, ...parts] = block.split(/^\$ /m);
  return parts
    .map((part) => {
      const [command = '', ...shown] = part.trimEnd().split('\n');
      return [`$ ${command}`, ...corrected(shown, linesOf(shell(command)))].map((line) => `${line}\n`).join('');
    })
    .join('');
}

test.each(documents)('the transcripts in %s are real', { timeout: 300_000 }, (document) => {
  expect(existsSync(join(checkout, 'dist/run.js')), 'the program is built: npm run build').toBe(true);
  const shell = createShell();
  const text = readDocument(document);
  const updated = text.replace(blocks, (whole: string, block?: string, hidden?: string) => {
    if (block !== undefined) return `\`\`\`console\n${replayed(block, shell)}\`\`\``;
    shell(hidden ?? '');
    return whole;
  });
  if (rewrites) writeFileSync(join(checkout, document), updated);
  expect(updated, `${document}: UPDATE_DOCS=1 npx vitest run test/docs`).toBe(rewrites ? updated : text);
});

test('the README shows more than one command', () => {
  expect(documents).toContain('README.md');
});
