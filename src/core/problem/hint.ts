// What to do about a problem. The command of a hint is a list of arguments: cli/spell-command adds the user's connection
// flags, and report/text quotes it for the shell.
import { globOfAddress, type Subject } from '../model/address.ts';
import { globOfName } from '../model/globs.ts';

/** Commands that a hint can propose. */
export type CommandName =
  | 'init'
  | 'tenant add'
  | 'tenant rename'
  | 'validate'
  | 'tidy'
  | 'render'
  | 'explain'
  | 'diff'
  | 'sync'
  | 'status'
  | 'history'
  | 'rollback'
  | 'pull'
  | 'import'
  | 'cleanup'
  | 'doctor'
  | 'ci generate'
  | 'ci summary'
  | 'emulator';

export type HintCommand = OwnCommand | PathCommand;

/** A command of appcfg. */
export interface OwnCommand {
  /** `same`: the command that the user ran, with its own arguments. */
  readonly run: CommandName | 'same';
  /** Unquoted; with `same`, those that are added. */
  readonly args: readonly string[];
  /**
   * What it is narrowed to, whatever the user selected; `all`: the whole tree, or what the arguments name. Undefined: what the
   * user selected.
   */
  readonly selects?: Subject | 'all';
}

/** A command of another program, for paths. */
export interface PathCommand {
  readonly program: readonly string[];
  readonly paths: readonly string[];
  /** What the paths are relative to: the folder of the tree, or where the user is. */
  readonly from: 'tree' | 'user';
}

export interface Hint {
  /** An action, in lower case, without a final period. */
  readonly text: string;
  /** The command that does it, printed after the text. */
  readonly command?: HintCommand;
}

/** A command as its arguments, the program's name first; not quoted. */
export type SpellCommand = (command: HintCommand) => readonly string[];

/** A flag with its value, which may begin with a dash. */
export function flagWith(flag: string, value: string): readonly string[] {
  return value.startsWith('-') ? [`${flag}=${value}`] : [flag, value];
}

/** Flags that select the parts of an address, and nothing else, whatever characters the names have. */
export function flagsFor({ tenant, environment, configurationProfile }: Subject): readonly string[] {
  return [
    ...(tenant === undefined ? [] : flagWith('--tenant', globOfName(tenant))),
    ...(environment === undefined ? [] : flagWith('--env', globOfName(environment))),
    ...(configurationProfile === undefined ? [] : flagWith('--config-profile', globOfName(configurationProfile))),
  ];
}

/** An address as the argument of a command that takes globs. */
export function addressArguments(address: Subject): readonly string[] {
  return positional(globOfAddress(address));
}

/** An argument that may begin with a dash. */
export function positional(text: string): readonly string[] {
  return text.startsWith('-') ? ['--', text] : [text];
}

/** An argument as it can be pasted into a shell. */
export function quoteForShell(word: string): string {
  return /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
