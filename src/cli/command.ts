// What a command is: its name, help and flags, how these come to the options of a use case, and the call of it.
import type { Option } from 'commander';
import type { CommandName } from '../core/problem/hint.ts';
import type { Context } from '../engine/context.ts';
import type { CommonOptions } from '../engine/options.ts';
import { type Flag, type FlagSource, type Flags, type FlagValues, readFlags } from './flag.ts';

/** What was given besides the command's own flags. */
export interface CommandInput {
  readonly common: CommonOptions;
  readonly yes: boolean;
  /** Positional arguments. */
  readonly args: readonly string[];
}

interface CommandHelp {
  /** Of two words: a command of a group. */
  readonly name: CommandName;
  /** Another name for it, as other tools have. */
  readonly alias?: string;
  /** As commander spells them: `[address...]`. */
  readonly arguments?: string;
  readonly summary: string;
  readonly description: string;
  readonly examples: readonly string[];
  /** Common flags whose environment variables the command ignores: what narrows a diff must not widen a deletion. */
  readonly typedOnly?: readonly Option[];
  /** The flag that shows what the settings redact: with it, files of the run are readable by their owner alone. */
  readonly reveals?: Option;
  /** The flag that shows all of what would else be cut to a screen. */
  readonly showsAll?: Flag<boolean>;
  /** Common flags that have an effect; undefined: all of them. */
  readonly commonFlags?: readonly Option[];
  /** What its help has instead of common flags that mean something else to it, by the same long name. */
  readonly shownAs?: readonly Option[];
  /** It asks before it writes, unless --yes is given. */
  readonly confirms?: boolean;
  /** Flags of its own that cannot be combined. */
  readonly conflicts?: readonly Conflict[];
}

/** A flag that cannot be combined with others. */
export interface Conflict {
  readonly flag: Flag<unknown>;
  readonly others: Flags;
  readonly hint?: string;
}

export interface CommandDefinition<Options = unknown> extends CommandHelp {
  readonly flags: Flags;
  /** @throws AppcfgError */
  parse(source: FlagSource, given: CommandInput): Options;
  /** Parses, and leaves the call for later. @throws AppcfgError */
  prepare(source: FlagSource, given: CommandInput): (context: Context) => Promise<void>;
}

export function defineCommand<Own extends Flags, Options>(
  definition: CommandHelp & {
    readonly flags: Own;
    /** @throws AppcfgError */
    readonly parse: (flags: FlagValues<Own>, given: CommandInput) => Options;
    /** Imports the use case only now: `--help` and other commands do not load it. */
    readonly run: (options: Options, context: Context) => Promise<void>;
  },
): CommandDefinition<Options> {
  const { parse, run, ...rest } = definition;
  const parseFrom = (source: FlagSource, given: CommandInput) => parse(readFlags(definition.flags, source), given);
  return {
    ...rest,
    parse: parseFrom,
    prepare: (source, given) => {
      const options = parseFrom(source, given);
      return (context) => run(options, context);
    },
  };
}
