// What to do about a problem. A command in a hint is a list of arguments; cli/ adds the user's connection and selection
// and spells it for the shell.

/** Commands that a hint can propose. */
export type CommandName =
  | 'validate'
  | 'render'
  | 'explain'
  | 'diff'
  | 'sync'
  | 'status'
  | 'history'
  | 'rollback'
  | 'cleanup'
  | 'emulator';

export interface HintCommand {
  /** `same`: the command that the user ran, with its flags and selection. */
  readonly run: CommandName | 'same';
  /** Arguments, not quoted; of `same` those that are added. */
  readonly args: readonly string[];
}

export interface Hint {
  /** An action, in lower case, without a final period. */
  readonly text: string;
  /** The command that does it. */
  readonly command?: HintCommand;
}

/** A command as its arguments, the program's name first; not quoted. */
export type SpellCommand = (command: HintCommand) => readonly string[];

/** A word as it can be pasted into a shell. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
