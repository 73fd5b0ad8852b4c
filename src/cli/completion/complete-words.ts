// What can follow on a command line, from the definitions of commands and flags and the names in the tree.
import type { Command, Option } from 'commander';
import { addressStates } from '../../core/assess/address-status.ts';
import { changeCodes } from '../../core/problem/problem-codes.ts';
import type { NamesOfTree } from '../../engine/offline/names-of-tree.ts';
import { formatsOf } from '../../report/formats.ts';
import { pathOf } from './command-paths.ts';

export interface Completion {
  /** Whole words, with the flag before an equals sign. What ends in `/` can be continued. */
  readonly words: readonly { readonly word: string; readonly about: string }[];
  /** A file is wanted, which the shell finds by itself. */
  readonly isFile: boolean;
}

interface Known {
  readonly program: Command;
  /** @param chdir the folder of the tree as typed */
  readonly namesIn: (chdir: string | undefined) => NamesOfTree;
  /** The run's own, as far as variables have it. */
  readonly region?: string | undefined;
}

/** What is typed so far. */
interface Typed {
  readonly command: Command;
  readonly positional: readonly string[];
  /** The flag whose value comes next. */
  readonly flag: Option | undefined;
  /** After `--`. */
  readonly hasEnded: boolean;
  readonly chdir: string | undefined;
}

const nothing: Completion = { words: [], isFile: false };

/** @param words after the name of the program, as typed; the last one is completed, and may be empty */
export async function completeWords(words: readonly string[], known: Known): Promise<Completion> {
  const typed = readTyped(words.slice(0, -1).map(unquoted), known.program);
  const current = unquoted(words.at(-1) ?? '');
  const { completion, prefix = '' } = await possible(current, typed, known);
  const found = completion.words
    .map(({ word, about }) => ({ word: prefix + word, about }))
    .filter(({ word }) => word.startsWith(current));
  return { ...completion, words: found };
}

interface Possible {
  readonly completion: Completion;
  readonly prefix?: string;
}

async function possible(current: string, typed: Typed, known: Known): Promise<Possible> {
  const { command, flag, hasEnded } = typed;
  if (flag !== undefined) return valuesOf(flag, { current, before: '' }, { typed, known });
  const [, name, value = ''] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];
  if (name !== undefined && !hasEnded) {
    const named = flagNamed(name, command);
    return named === undefined
      ? { completion: nothing }
      : valuesOf(named, { current: value, before: `${name}=` }, { typed, known });
  }
  if (current.startsWith('-') && !hasEnded) return { completion: flagsOf(command) };
  return { completion: positionalsOf(current, typed, known) };
}

type Values = readonly string[];

interface ValueOf {
  readonly command: string;
  readonly region: string | undefined;
}

/** What a flag can have, by its name. */
const flagValues: Readonly<Record<string, (names: NamesOfTree, typed: ValueOf) => Values | Promise<Values>>> = {
  '--tenant': (names) => names.tenants,
  '--like': (names) => names.tenants,
  '--env': (names) => names.environments(),
  '--config-profile': (names) => names.profiles(),
  '--selector': (names) => names.labels(),
  '--wave': (names) => names.waves(),
  '--account-region': (names, { region }) => names.accountRegions(region),
  '--output': (_names, { command }) => formatsOf(command),
  '--fail-on': () => addressStates,
  '--acknowledge': () => changeCodes,
};

async function valuesOf(
  flag: Option,
  { current, before }: { readonly current: string; readonly before: string },
  { typed, known }: { readonly typed: Typed; readonly known: Known },
): Promise<Possible> {
  const isFile = /[<[](?:dir|file)[>\]]/.test(flag.flags) || (flag.long === '--output' && current.includes('='));
  const values = async () => {
    const of = { command: pathOf(typed.command), region: known.region };
    return flag.argChoices ?? (await flagValues[flag.long ?? '']?.(known.namesIn(typed.chdir), of)) ?? [];
  };
  // Several are separated by commas.
  const first = flag.long === '--fail-on' ? current.slice(0, current.lastIndexOf(',') + 1) : '';
  return { completion: isFile ? { words: [], isFile } : wordsOf(await values()), prefix: before + first };
}

function flagsOf(command: Command): Completion {
  const help = command.createHelp();
  const all = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
  return {
    words: all.map(({ long, short, description }) => ({ word: long ?? short ?? '', about: description })),
    isFile: false,
  };
}

function positionalsOf(
  current: string,
  { command, positional, chdir }: Typed,
  { program, namesIn }: Known,
): Completion {
  if (command.commands.length > 0) return positional.length === 0 ? commandsOf(command) : nothing;
  if (command.name() === 'help') return commandsOf(positional.reduce(subcommand, program) ?? program);
  const { registeredArguments: all } = command;
  const last = all.at(-1);
  const argument = all[positional.length] ?? (last?.variadic === true ? last : undefined);
  if (argument === undefined) return nothing;
  if (argument.argChoices !== undefined) return wordsOf(argument.argChoices);
  const kind = argument.name();
  if (kind === 'address') return wordsOf(addressesFrom(current, namesIn(chdir)));
  if (kind === 'old') return wordsOf(namesIn(chdir).tenants);
  return { words: [], isFile: kind === 'dir' || kind === 'file' };
}

/** One part of an address after the other. */
function addressesFrom(current: string, names: NamesOfTree): readonly string[] {
  const [tenant = '', environment = '', profile] = current.split('/');
  if (!current.includes('/')) return names.tenants.map((name) => `${name}/`);
  if (!names.tenants.includes(tenant)) return [];
  const environments = names.environments(tenant);
  if (profile === undefined) return environments.map((name) => `${tenant}/${name}/`);
  if (!environments.includes(environment)) return [];
  return names.profiles({ tenant, environment }).map((name) => `${tenant}/${environment}/${name}`);
}

function commandsOf(command: Command): Completion {
  const words = command.commands.flatMap((each) =>
    [each.name(), ...each.aliases()].map((word) => ({ word, about: each.summary() })),
  );
  return { words, isFile: false };
}

function wordsOf(words: readonly string[]): Completion {
  return { words: words.map((word) => ({ word, about: '' })), isFile: false };
}

function readTyped(words: readonly string[], program: Command): Typed {
  let command = program;
  let flag: Option | undefined;
  let hasEnded = false;
  let chdir: string | undefined;
  const positional: string[] = [];
  for (const word of words) {
    if (flag !== undefined) {
      if (flag.long === '--chdir') chdir = word;
      flag = undefined;
    } else if (word === '--' && !hasEnded) hasEnded = true;
    else if (word.startsWith('-') && word !== '-' && !hasEnded) {
      const named = flagNamed(word, command);
      flag = named?.required === true ? named : undefined;
      chdir = /^(?:--chdir=|-C)(.+)$/s.exec(word)?.[1] ?? chdir;
    } else {
      const next = positional.length === 0 ? subcommand(command, word) : undefined;
      if (next === undefined) positional.push(word);
      else command = next;
    }
  }
  return { command, positional, flag, hasEnded, chdir };
}

function subcommand(command: Command | undefined, word: string): Command | undefined {
  return command?.commands.find((each) => each.name() === word || each.aliases().includes(word));
}

/** A flag of the command or of those above it. */
function flagNamed(word: string, command: Command): Option | undefined {
  const own = command.options.find(({ long, short }) => long === word || short === word);
  return own ?? (command.parent === null ? undefined : flagNamed(word, command.parent));
}

/** A word as the shell reads it: without its quotes. Nothing in it is expanded. */
function unquoted(word: string): string {
  return word.replace(
    /'([^']*)(?:'|$)|"((?:\\.|[^"\\])*)(?:"|$)|\\(.?)/gs,
    (_all, single, double, escaped) =>
      single ?? (double === undefined ? escaped : double.replace(/\\(["\\$`])/g, '$1')),
  );
}
