// Who may import whom, and which packages: the table of the house style, held against src/.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

// The emulator shares nothing with the rest, so that a misreading of AppConfig cannot be copied and agree with itself;
// it takes `pid` and `kill` from node:process for its lock. `../package.json` is where the version stands.
const table = `
| folder    | may import                           | packages                                                        |
|-----------|--------------------------------------|-----------------------------------------------------------------|
| core      | -                                    | deepmerge, diff, js-yaml, jsonc-parser, picomatch, tinyqueue,   |
|           |                                      | node:crypto                                                     |
| tree      | core                                 | ajv, ajv-draft-04, fastest-levenshtein, zod, node:fs,           |
|           |                                      | node:path, node:util                                            |
| appconfig | core                                 | @aws-sdk/client-appconfig, @aws-sdk/client-sts, p-limit,        |
|           |                                      | node:events                                                     |
| report    | core                                 | chalk, junit-report-builder, log-update, string-width,          |
|           |                                      | wrap-ansi, node:crypto                                          |
| emulator  | -                                    | ajv-draft-04, find-my-way, zod, node:crypto, node:events,       |
|           |                                      | node:fs, node:http, node:net, node:path, node:process,          |
|           |                                      | node:timers, node:util, node:vm                                 |
| cli       | core, tree, appconfig, report,       | @aws-sdk/credential-provider-web-identity, commander,           |
|           | emulator, ../package.json            | node:child_process, node:events, node:fs, node:os, node:path,   |
|           |                                      | node:readline, node:timers, node:util                           |
`;

interface Rule {
  readonly folder: string;
  readonly folders: readonly string[];
  readonly packages: readonly string[];
}

interface Import {
  /** The importing file, relative to src/. */
  readonly from: string;
  /** A package, or a file relative to src/. */
  readonly to: string;
  readonly isFile: boolean;
}

const source = join(import.meta.dirname, '../src');
const rules = readRules();
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'))
  .sort();
const texts = new Map(files.map((path) => [path, readFileSync(join(source, path), 'utf8')]));
const imports = files.flatMap(importsOf);

describe.each(rules)('$folder', ({ folder, folders, packages }) => {
  const own = imports.filter(({ from }) => folderOf(from) === folder);

  test(`imports ${folders.length === 0 ? 'no other folder' : `only ${folders.join(', ')}`}`, () => {
    const others = own.filter(({ to, isFile }) => isFile && folderOf(to) !== folder);
    expect(strayed(others, ({ to }) => folders.includes(folderOf(to)))).toEqual([]);
    expect(sorted(others.map(({ to }) => folderOf(to))), 'the table names no folder in vain').toEqual(sorted(folders));
  });

  test(`uses ${packages.length === 0 ? 'no package' : `only ${packages.join(', ')}`}`, () => {
    const used = own.filter(({ isFile }) => !isFile);
    expect(strayed(used, ({ to }) => packages.includes(packageOf(to)))).toEqual([]);
    expect(sorted(used.map(({ to }) => packageOf(to))), 'the table names no package in vain').toEqual(sorted(packages));
  });
});

test('every folder of src/ is in the table', () => {
  expect(sorted(files.map(folderOf))).toEqual(sorted(rules.map(({ folder }) => folder)));
});

test('every dependency of package.json is used by some folder', () => {
  const used = rules.flatMap(({ packages }) => packages).filter((name) => !name.startsWith('node:'));
  expect(sorted(used)).toEqual(sorted(Object.keys(packageJson.dependencies)));
});

test('every file of src/ is reached from what the build starts with: the program and the library', () => {
  const reached = new Set<string>();
  const queue = ['cli/run.ts', 'emulator/host/start-emulator.ts'];
  for (const file of queue) {
    if (reached.has(file)) continue;
    reached.add(file);
    queue.push(...imports.filter(({ from, isFile }) => isFile && from === file).map(({ to }) => to));
  }
  expect(files.filter((file) => !reached.has(file))).toEqual([]);
});

test('every import of a file names one that is there', () => {
  const missing = imports.filter(({ to, isFile }) => isFile && !to.startsWith('..') && !texts.has(to));
  expect(missing).toEqual([]);
});

test('nothing is exported by default, and no file hands on what another exports', () => {
  expect(matching(/^export default\b|\bas default\b/m)).toEqual([]);
  expect(matching(/^export (?:type )?(?:\*|\{[^}]*\} from\b)/m)).toEqual([]);
  expect(files.filter((file) => posix.basename(file) === 'index.ts')).toEqual([]);
});

test('`process` is seen by bin/ alone: files of src/ get it as an argument', () => {
  // The name may be used where a parameter or a local of that name is in scope.
  const global = files.filter((file) => {
    const text = code(file);
    return /\bprocess\./.test(text) && !/\bprocess: Process\b|\{[^}]*\bprocess\b[^}]*\} = /.test(text);
  });
  expect(global).toEqual([]);
  expect(matching(/\bglobalThis\b/)).toEqual([]);
  const named = [...texts].flatMap(([file, text]) =>
    [...text.matchAll(/import (.*) from 'node:process'/g)].map(([, names]) => `${file}: ${names}`),
  );
  expect(named).toEqual(['emulator/host/file-lock.ts: { kill, pid }', 'emulator/host/state-file.ts: { pid }']);
});

test('core/, tree/ and appconfig/ ask no clock, set no timer and roll no dice: what they need is passed in', () => {
  const asks = /\bDate\.now\b|\bnew Date\(\)|\bsetTimeout\b|\bsetInterval\b|\bMath\.random\b|\bperformance\b|\bfetch\(/;
  expect(matching(asks).filter((file) => ['core', 'tree', 'appconfig'].includes(folderOf(file)))).toEqual([]);
});

test('console is silent everywhere', () => {
  expect(matching(/\bconsole\./)).toEqual([]);
});

/** Rows of the table; one whose first cell is empty goes on with the row above. */
function readRules(): Rule[] {
  const found: { folder: string; cells: string[][] }[] = [];
  for (const line of table.trim().split('\n').slice(2)) {
    const [folder = '', ...cells] = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
    if (folder !== '') found.push({ folder, cells: [] });
    found.at(-1)?.cells.push(cells);
  }
  const names = (cells: string[][], column: number) =>
    cells
      .map((row) => row[column] ?? '')
      .join(' ')
      .split(/[\s,]+/)
      .filter((name) => name !== '' && name !== '-');
  return found.map(({ folder, cells }) => ({ folder, folders: names(cells, 0), packages: names(cells, 1) }));
}

/** All that a file imports: static, re-exported, for its side effects, for types, and at run time. */
function importsOf(from: string): Import[] {
  const specifiers = [...code(from).matchAll(/\b(?:from|import)\s*\(?\s*'([\w@./:-]+)'/g)].map(
    ([, name]) => name ?? '',
  );
  return specifiers.map((specifier) => {
    const isFile = specifier.startsWith('.');
    return { from, to: isFile ? posix.join(dirname(from), specifier) : specifier, isFile };
  });
}

/** A file without its comments. */
function code(file: string): string {
  return (texts.get(file) ?? '').replace(/^\s*\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '$1');
}

function matching(pattern: RegExp): string[] {
  return files.filter((file) => pattern.test(code(file)));
}

function strayed(found: readonly Import[], allowed: (found: Import) => boolean): string[] {
  return found.filter((each) => !allowed(each)).map(({ from, to }) => `src/${from} imports ${to}`);
}

function folderOf(path: string): string {
  return path.startsWith('../') ? path : (path.split('/')[0] ?? '');
}

/** `ajv` of `ajv/dist/2020.js`, `node:fs` of `node:fs/promises`. */
function packageOf(specifier: string): string {
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
