// The one door to Git. A tree and its repository are untrusted: whatever they contain, Git starts no program that they name,
// contacts no other machine and writes nothing. appcfg works without a repository and without Git, too.
import { execFile } from 'node:child_process';
import { delimiter, isAbsolute, resolve, sep } from 'node:path';
import { findRepository } from './repository.ts';

/** The folder that is asked about, and the environment of the run. */
export interface GitLocation {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends Git. */
  readonly signal?: AbortSignal;
}

/** A Git command: its options; then what comes from elsewhere and is never read as an option. */
export interface GitCommand {
  readonly options: readonly [command: string, ...options: string[]];
  readonly operands?: readonly string[];
  readonly input?: string;
  /** Further settings: names and values. */
  readonly settings?: readonly (readonly [name: string, value: string])[];
}

/** What one call may take. */
export interface GitBounds {
  readonly timeoutMs: number;
  readonly bytes: number;
}

export const gitBounds: GitBounds = { timeoutMs: 30_000, bytes: 64 * 2 ** 20 };

/** On the command line, they win over the settings of the repository and of the user. */
const fixedSettings = [
  'safe.bareRepository=explicit',
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'protocol.allow=never',
];

const fixedEnvironment = {
  GIT_NO_LAZY_FETCH: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  // Unlike `protocol.allow`, it also wins over `protocol.ext.allow`.
  GIT_ALLOW_PROTOCOL: 'none',
  // A commit is the one of its id.
  GIT_NO_REPLACE_OBJECTS: '1',
};

/** No `.git` is above the folder. */
export class NoRepository extends Error {}

/**
 * The output of a Git command that runs at the top of the work tree.
 * @throws NoRepository, or what Node throws for a process that failed, exceeded a bound or could not be started
 */
export async function runGit(
  { directory, environment, signal }: GitLocation,
  { options, operands = [], input = '', settings = [] }: GitCommand,
  { timeoutMs, bytes }: GitBounds = gitBounds,
): Promise<Buffer> {
  const repository = findRepository(directory);
  if (repository === undefined) throw new NoRepository(`${directory} is not in a Git repository`);
  const { gitDirectory, workTree } = repository;
  const args = [
    `--git-dir=${gitDirectory}`,
    `--work-tree=${workTree}`,
    '--no-pager',
    '--literal-pathspecs',
    ...fixedSettings.flatMap((setting) => ['-c', setting]),
    ...options,
    ...(operands.length === 0 ? [] : ['--end-of-options', ...operands]),
  ];
  return new Promise((done, fail) => {
    const child = execFile(
      'git',
      args,
      {
        cwd: workTree,
        env: { ...environmentFor(environment, workTree), ...fixedEnvironment, ...configuration(settings) },
        encoding: 'buffer',
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: bytes,
        windowsHide: true,
        ...(signal === undefined ? {} : { signal }),
      },
      (error, stdout) => (error === null ? done(stdout) : fail(error)),
    );
    // Git may end before it has read all of its input.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

/**
 * The trimmed output of a command without input; undefined where it fails, exceeds a bound, or there is no Git or repository.
 * @throws the reason of the signal, where that has ended it: what Git then cannot tell is no finding
 */
export async function askGit(
  location: GitLocation,
  options: GitCommand['options'],
  operands: readonly string[] = [],
): Promise<string | undefined> {
  try {
    return (await runGit(location, { options, operands })).toString('utf8').trim();
  } catch {
    location.signal?.throwIfAborted();
    return undefined;
  }
}

/** The environment of the run without Git's variables, and without programs of the tree. */
function environmentFor(environment: GitLocation['environment'], workTree: string): Record<string, string> {
  const kept = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^GIT_/i.test(entry[0]),
  );
  return Object.fromEntries(
    kept.map(([name, value]) => [name, /^path$/i.test(name) ? foldersOutside(value, workTree) : value]),
  );
}

/** A search path without relative folders and those of the work tree: `npx` adds its `node_modules/.bin`. */
function foldersOutside(path: string, workTree: string): string {
  return path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && !`${resolve(folder)}${sep}`.startsWith(`${workTree}${sep}`))
    .join(delimiter);
}

/** Unlike `-c`, it takes any name. */
function configuration(settings: NonNullable<GitCommand['settings']>): Record<string, string> {
  const variables = settings.flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, name],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(variables) };
}
