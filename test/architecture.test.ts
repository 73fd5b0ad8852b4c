// Who may import whom: the table of docs/architecture.md, held against src/.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const checkout = join(import.meta.dirname, '..');
const document = readFileSync(join(checkout, 'docs/architecture.md'), 'utf8');

/** Packages that decide nothing and touch nothing: free for every room. */
const freePackages = ['node:crypto', 'node:events', 'node:path', 'node:timers', 'node:util'];
/** Folders in which a file is a row of a table: they may grow. */
const lists = ['core/guards', 'cli/commands', 'emulator/operations'];
const mostFiles = 14;

interface Rule {
  readonly room: string;
  readonly rooms: readonly string[];
  readonly packages: readonly string[];
}

interface Import {
  /** The importing file, relative to src/. */
  readonly from: string;
  /** A package, or a file relative to src/. */
  readonly to: string;
  readonly isFile: boolean;
}

const rooms = [...document.matchAll(/^\| `([\w/-]+)` \| (.+) \| (.+) \|$/gm)].map(
  ([, room = '', holds = '', not = '']) => ({
    room,
    holds,
    not,
  }),
);
const coreRooms = rooms.map(({ room }) => room).filter((room) => room.startsWith('core/'));
const rules = readRules();
const source = join(checkout, 'src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  // Declarations are no part of the program.
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
  .sort();
const texts = new Map(files.map((path) => [path, readFileSync(join(source, path), 'utf8')]));
const imports = files.flatMap(importsOf);

describe.each(rules)('$room', ({ room, rooms: allowed, packages }) => {
  const own = imports.filter(({ from }) => roomOf(from) === room);

  test('imports only the rooms that the table allows', () => {
    const others = own.filter(({ to, isFile }) => isFile && roomOf(to) !== room);
    expect(listed(others.filter(({ to }) => !allowed.includes(roomOf(to))))).toEqual([]);
  });

  test('uses only the packages that the table allows', () => {
    const used = own.filter(({ isFile }) => !isFile);
    expect(listed(used.filter(({ to }) => ![...packages, ...freePackages].includes(packageOf(to))))).toEqual([]);
  });
});

test('every folder of src/ is a room with a sentence and a row in the table, and no room is without files', () => {
  const folders = sorted(files.map(roomOf));
  expect(sorted(rooms.map(({ room }) => room))).toEqual(folders);
  expect(sorted(rules.map(({ room }) => room))).toEqual(folders);
  expect(rooms.filter(({ holds, not }) => holds.length < 10 || not.length < 3)).toEqual([]);
});

test('a room is at most two path segments deep and has at most 14 files, except for lists', () => {
  expect(files.filter((file) => file.split('/').length > 3)).toEqual([]);
  const crowded = sorted(files.map(roomOf))
    .filter((room) => !lists.includes(room))
    .filter((room) => files.filter((file) => roomOf(file) === room).length > mostFiles);
  expect(crowded).toEqual([]);
});

test('every file that docs/architecture.md names exists', () => {
  const named = [...document.matchAll(/`([a-z-]+\/[\w./-]+\.ts)`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((path) => !files.includes(path))).toEqual([]);
});

test('no two files of core/ have one name', () => {
  const names = files.filter((file) => file.startsWith('core/')).map((file) => posix.basename(file));
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('no table names a package that its room does not use', () => {
  const unused = rules
    .filter(({ room }) => !room.startsWith('core/'))
    .flatMap(({ room, packages }) =>
      packages
        .filter(
          (name) => !imports.some(({ from, to, isFile }) => !isFile && roomOf(from) === room && packageOf(to) === name),
        )
        .map((name) => `${room}: ${name}`),
    );
  expect(unused).toEqual([]);
});

test('every package that src/ uses is in package.json and has a row in docs/dependencies.md, and no other has', () => {
  const used = sorted(imports.filter(({ isFile }) => !isFile).map(({ to }) => packageOf(to)));
  const packages = used.filter((name) => !name.startsWith('node:'));
  expect(packages.filter((name) => !(name in packageJson.devDependencies))).toEqual([]);
  const rows = readFileSync(join(checkout, 'docs/dependencies.md'), 'utf8').matchAll(/^\| `([^`]+)` \|/gm);
  expect(sorted([...rows].map(([, name = '']) => name))).toEqual(packages);
});

test('every file of src/ is reached from what the build starts with: the program, its worker and the library', () => {
  const reached = new Set<string>();
  const queue = [
    'cli/run.ts',
    'tree/worker.ts',
    ...files.filter((file) => posix.basename(file) === 'start-emulator.ts'),
  ];
  for (const file of queue) {
    if (reached.has(file)) continue;
    reached.add(file);
    queue.push(...imports.filter(({ from, isFile }) => isFile && from === file).map(({ to }) => to));
  }
  expect(files.filter((file) => !reached.has(file))).toEqual([]);
});

test('every import of a file names one that is there', () => {
  expect(imports.filter(({ to, isFile }) => isFile && !texts.has(to))).toEqual([]);
});

test('nothing is exported by default, and no file re-exports what another exports', () => {
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
  // The emulator's lock asks whether another process is alive.
  const named = [...texts].flatMap(([file, text]) =>
    [...text.matchAll(/import (.*) from 'node:process'/g)].map(([, names]) => `${posix.basename(file)}: ${names}`),
  );
  expect(named).toEqual(['file-lock.ts: { kill, pid }', 'state-file.ts: { pid }']);
});

test('core/, tree/ and appconfig/ read no clock, set no timer and use no randomness: these are passed in', () => {
  const asks = /\bDate\.now\b|\bnew Date\(\)|\bsetTimeout\b|\bsetInterval\b|\bMath\.random\b|\bperformance\b|\bfetch\(/;
  expect(matching(asks).filter((file) => /^(core|tree|appconfig)\//.test(file))).toEqual([]);
});

test('what decides reads no file', () => {
  expect(
    imports.filter(({ from, to }) => from.startsWith('core/') && /^node:(fs|child_process|http|net|os)/.test(to)),
  ).toEqual([]);
});

test('no module holds state that changes: what is remembered belongs to an object that the caller creates', () => {
  // A table that is filled once has a readonly type.
  const variable = /^(?:export )?let (\w+)/gm;
  const collection = /^(?:export )?const (\w+)(?:: (?!Readonly)[^=]*)? = new (?:Map|Set|WeakMap|WeakSet|LRUCache)\b/gm;
  const array = /^(?:export )?const (\w+): [^=]*= (?:\[\]|\{\});/gm;
  const found = files.flatMap((file) =>
    [variable, collection, array].flatMap((pattern) =>
      [...code(file).matchAll(pattern)].map(([, name]) => `${file}: ${name}`),
    ),
  );
  expect(found).toEqual([
    // Compiled globs by their text. Compiling one takes as long as a hundred matches, and every address is matched by each glob of
    // the settings. The text decides the result, and a run has few of them.
    'core/model/globs.ts: matchers',
    // The locks that the process holds: files are locked by the id of the process, whichever emulator of it opened them.
    'emulator/host/file-lock.ts: held',
  ]);
});

test('nothing prints to the console', () => {
  expect(matching(/\bconsole\./)).toEqual([]);
});

/** The rows of the import table. */
function readRules(): readonly Rule[] {
  const block = /## Who may import whom[\s\S]*?```\n([\s\S]*?)```/.exec(document)?.[1] ?? '';
  return block
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [, room = '', allowed = '', packages = ''] = /^([\w/*-]+): ?([^|]*)\|(.*)$/.exec(line) ?? [];
      const names = packages.trim().split(/\s+/).filter(Boolean);
      if (room !== 'core/*') return [{ room, rooms: expanded(allowed), packages: names }];
      return coreRooms.map((each, index) => ({ room: each, rooms: coreRooms.slice(0, index), packages: names }));
    });
}

/** `core/*` is every room of core; `a/{b,c}` are two rooms. */
function expanded(text: string): readonly string[] {
  return text
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .flatMap((name) => {
      if (name === 'core/*') return coreRooms;
      const [, parent = '', parts] = /^(.+)\/\{(.+)\}$/.exec(name) ?? [];
      return parts === undefined ? [name] : parts.split(',').map((part) => `${parent}/${part}`);
    });
}

/** All that a file imports: static, for its side effects, for types, and at run time. A JSON file is data, not a room. */
function importsOf(from: string): Import[] {
  const specifiers = [...code(from).matchAll(/\b(?:from|import)\s*\(?\s*'([\w@./:-]+)'/g)].map(
    ([, name]) => name ?? '',
  );
  const modules = specifiers.filter((specifier) => !specifier.endsWith('.json'));
  return modules.map((specifier) => {
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

function listed(found: readonly Import[]): readonly string[] {
  return found.map(({ from, to }) => `src/${from} imports ${to}`);
}

function roomOf(path: string): string {
  return posix.dirname(path);
}

/** `ajv` of `ajv/dist/2020.js`, `node:fs` of `node:fs/promises`. */
function packageOf(specifier: string): string {
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
