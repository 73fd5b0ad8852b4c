// Commands in hints, spelled so that they do what the hint promises where they are pasted: with the flags of the user's
// command that name its AppConfig. What comes from the environment still applies there.
import { join } from 'node:path';
import type { OwnCommand, PathCommand, SpellCommand } from '../core/problem/hint.ts';

/** What the user typed: all arguments, and those of them that name the AppConfig of the run. */
interface Typed {
  readonly argv: readonly string[];
  readonly connection: readonly string[];
}

/** @param tree the folder of the tree, from where the user is */
export function commandSpeller(typed: Typed, tree = '.'): SpellCommand {
  return (command) => ('program' in command ? pathCommand(command, tree) : ownCommand(command, typed));
}

function ownCommand({ run, args }: OwnCommand, { argv, connection }: Typed): readonly string[] {
  return run === 'same' ? ['appcfg', ...withFlags(argv, args)] : ['appcfg', run, ...withFlags(args, connection)];
}

function pathCommand({ program, paths, from }: PathCommand, tree: string): readonly string[] {
  const spelled = paths.map((path) => (from === 'tree' ? join(tree, path) : path));
  return [...program, ...spelled.map((path) => (path.startsWith('-') ? `./${path}` : path))];
}

/** Flags after `--` would be positional arguments. */
function withFlags(argv: readonly string[], flags: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? [...argv, ...flags] : argv.toSpliced(end, 0, ...flags);
}
