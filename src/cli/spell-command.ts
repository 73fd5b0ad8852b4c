// Commands in hints, spelled so that they do what the hint promises where they are pasted: with the flags of the user's command
// that name its tree and its AppConfig, and with what it selected, unless the hint narrows that. What comes from the environment
// still applies there, except to flags that the proposed command reads from the command line alone.
import { join } from 'node:path';
import type { Option } from 'commander';
import type { Subject } from '../core/model/address.ts';
import { selectionFlags } from '../core/model/selection.ts';
import {
  addressArguments,
  flagsFor,
  type OwnCommand,
  type PathCommand,
  type SpellCommand,
} from '../core/problem/hint.ts';
import type { CommandDefinition } from './command.ts';
import { commonFlags, spelledFlag, typedConnection } from './common-flags.ts';
import type { Flag, FlagSource } from './flag.ts';
import { guardFlags } from './guard-flags.ts';

/** What the user ran. */
interface Typed {
  readonly argv: readonly string[];
  readonly source: FlagSource;
  readonly definition: Spelled;
  /** Those that hints can propose. */
  readonly commands: readonly Spelled[];
}

type Spelled = Pick<CommandDefinition, 'name' | 'arguments' | 'flags' | 'typedOnly' | 'commonFlags'>;

/** Flags of single commands that select, too. */
const stageFlags = ['wave', 'only'];

/** Flags without which a proposed sync or diff would have another plan: what was approved, and the guards that the user overrides. */
const planFlags = ['expect', ...Object.keys(guardFlags)];

/** @param tree the folder of the tree, from where the user is */
export function commandSpeller(typed: Typed, tree = '.'): SpellCommand {
  return (command) => ('program' in command ? pathCommand(command, tree) : ownCommand(command, typed));
}

function ownCommand(command: OwnCommand, typed: Typed): readonly string[] {
  const { run, args, selects } = command;
  const { argv, source } = typed;
  // A flag that is added hides what the environment has for it.
  const added = flagNames(args);
  if (run === 'same') {
    return ['appcfg', ...withFlags(withoutFlags(argv, added, typed), [...args, ...inherited(added, source)])];
  }
  const target = typed.commands.find(({ name }) => name === run);
  if (target === undefined) throw new Error(`a hint proposes the unknown command ${run}`);
  const narrowed = typeof selects === 'object' ? selects : {};
  const isTaken = (flag: Option) => target.commonFlags?.includes(flag) ?? true;
  const takesAddresses = typeof selects === 'object' && /^[[<]address/.test(target.arguments ?? '');
  const words = withFlags(takesAddresses ? addressArguments(narrowed) : [], args);
  const flags = [
    ...(takesAddresses ? [] : flagsFor(narrowed)),
    ...(selects === 'all' ? [] : selection(narrowed, { added, target, source })),
    ...kept([...(selects === undefined ? stageFlags : []), ...planFlags], { added, target, typed }),
    ...typedConnection(source, (flag) => isTaken(flag) && !added.has(flag.long ?? '')),
  ];
  return ['appcfg', ...run.split(' '), ...withFlags(words, flags)];
}

/** What the user selected of what the hint does not name itself. */
function selection(
  narrowed: Subject,
  {
    added,
    target,
    source,
  }: { readonly added: ReadonlySet<string>; readonly target: Spelled; readonly source: FlagSource },
): readonly string[] {
  const { accountRegions } = commonFlags;
  const isTaken = (flag: Option) => target.commonFlags?.includes(flag) ?? true;
  const parts = selectionFlags.flatMap(({ member, part }) => {
    const flag = commonFlags[member];
    if (!isTaken(flag) || added.has(flag.long ?? '') || narrowed[part] !== undefined || !acceptsPart(target, part))
      return [];
    const isTypedOnly = target.typedOnly?.includes(flag) === true;
    return spelledFlag(flag, source.typed(flag) ?? (isTypedOnly ? fromEnvironment(flag, source) : undefined));
  });
  // An address is in one account and Region, which need not be a selected one: earlier waves are judged everywhere.
  const isNamed = added.has(accountRegions.long ?? '');
  const isNeeded = isTaken(accountRegions) && narrowed.environment === undefined && !isNamed;
  return [...parts, ...(isNeeded ? spelledFlag(accountRegions, source.typed(accountRegions)) : [])];
}

/** A cleanup deletes whole tenants. */
function acceptsPart({ name }: Spelled, part: keyof Subject): boolean {
  return name !== 'cleanup' || part === 'tenant';
}

/** What the user typed of some flags of both commands that the hint does not set itself. */
function kept(
  names: readonly string[],
  command: { readonly added: ReadonlySet<string>; readonly target: Spelled; readonly typed: Typed },
): readonly string[] {
  const { added, target } = command;
  const { source, definition } = command.typed;
  return names.flatMap((name) => {
    const flag = target.flags[name];
    const own = definition.flags[name];
    if (flag === undefined || own === undefined || added.has(flag.long ?? '')) return [];
    // A rollback supersedes for other reasons.
    return planFlags.includes(name) && own !== flag ? [] : spelledFlag(flag, source.typed(own));
  });
}

function inherited(added: ReadonlySet<string>, source: FlagSource): readonly string[] {
  return selectionFlags.flatMap(({ member }) => {
    const flag = commonFlags[member];
    const isAdded = added.has(flag.long ?? '');
    return isAdded && source.typed(flag) === undefined ? spelledFlag(flag, fromEnvironment(flag, source)) : [];
  });
}

function fromEnvironment({ environmentVariable }: Flag<unknown>, { environment }: FlagSource): readonly string[] {
  return (environment[environmentVariable] ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter(Boolean);
}

function pathCommand({ program, paths, from }: PathCommand, tree: string): readonly string[] {
  const spelledPaths = paths.map((path) => (from === 'tree' ? join(tree, path) : path));
  return [...program, ...spelledPaths.map((path) => (path.startsWith('-') ? `./${path}` : path))];
}

/** The long names in words, as `--wave canary` and `--wave=-x`. */
function flagNames(words: readonly string[]): ReadonlySet<string> {
  return new Set(words.filter((word) => /^--./.test(word)).map((word) => word.split('=', 1).join()));
}

/** Without what the user typed of flags that take one value: a hint has another. */
function withoutFlags(argv: readonly string[], names: ReadonlySet<string>, typed: Typed): readonly string[] {
  const { definition, source } = typed;
  const replaced = [...Object.values(commonFlags), ...Object.values(definition.flags)].filter(
    (flag) => names.has(flag.long ?? '') && !Array.isArray(source.typed(flag)),
  );
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  const kept = words.filter((word, index) => {
    const before = words[index - 1] ?? '';
    const isValueOf = ({ short, long, required }: Option) => required && (before === long || before === short);
    return !replaced.some((flag) => isTyped(flag, word) || isValueOf(flag));
  });
  return [...kept, ...argv.slice(words.length)];
}

/** Whether a word begins a flag: `--wave`, `--wave=canary`, `-C`, `-Cconfig`. */
function isTyped({ short, long = '' }: Option, word: string): boolean {
  return word === long || word.startsWith(`${long}=`) || (short !== undefined && word.startsWith(short));
}

/** Flags after `--` would be positional arguments. */
function withFlags(argv: readonly string[], flags: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? [...argv, ...flags] : argv.toSpliced(end, 0, ...flags);
}
