// A flag of the command line, declared once: its name, its help, its parser, and whether the environment can give it.
import { Option } from 'commander';
import { failure } from '../core/problem/problem.ts';
import { parseChoice } from '../core/settings-file/parse-values.ts';
import type { Environment } from '../engine/context.ts';

/** Flags by the name of the member that they fill. */
export type Flags = Readonly<Record<string, Flag<unknown>>>;

/** What a record of flags is parsed to. */
export type FlagValues<Of extends Flags> = { readonly [Name in keyof Of]: Of[Name] extends Flag<infer V> ? V : never };

/** Where the values of flags come from. Order: command line, environment, default. */
export interface FlagSource {
  readonly environment: Environment;
  /** What was typed, as commander stores it; undefined: the flag was not typed. */
  typed(flag: Option): unknown;
  /** Flags whose environment variable a command ignores, besides those that have none. */
  readonly typedOnly?: readonly Option[];
}

interface FlagDefinition {
  /** As commander spells it: `-t, --tenant <glob>`. */
  readonly name: string;
  readonly help: string;
  /** False for flags that confirm, override a guard or reveal values: these are typed, never inherited. Default: true. */
  readonly env?: boolean;
  /** Whether an empty text is a value. Default: false. */
  readonly canBeEmpty?: boolean;
}

/** Parses the text of a flag. @param name the flag or the environment variable, for messages. @throws AppcfgError */
type Parse<Value> = (text: string, name: string) => Value;

export class Flag<Value> extends Option {
  readonly hasEnvironmentForm: boolean;
  readonly #canBeEmpty: boolean;
  readonly #fromTyped: (typed: unknown, name: string) => Value;
  readonly #fromText: Parse<Value>;

  constructor(
    { name, help, env = true, canBeEmpty = false }: FlagDefinition,
    parsers: { readonly fromTyped: (typed: unknown, name: string) => Value; readonly fromText: Parse<Value> },
  ) {
    super(name, help);
    this.hasEnvironmentForm = env;
    this.#canBeEmpty = canBeEmpty;
    this.#fromTyped = parsers.fromTyped;
    this.#fromText = parsers.fromText;
  }

  /** `--endpoint-url` is `APPCFG_ENDPOINT_URL`. */
  get environmentVariable(): string {
    return `APPCFG_${this.#longName.replace(/^--/, '').replaceAll('-', '_').toUpperCase()}`;
  }

  /** @throws AppcfgError */
  read(source: FlagSource): Value {
    const typed = source.typed(this);
    if (typed !== undefined) {
      if (!this.#canBeEmpty) refuseEmpty(Array.isArray(typed) ? typed : [typed], this.#longName);
      return this.#fromTyped(typed, this.#longName);
    }
    const text = this.#inherited(source);
    return text === undefined
      ? this.#fromTyped(this.defaultValue, this.#longName)
      : this.#fromText(text, this.environmentVariable);
  }

  /** What a message names: the variable where the value comes from the environment, else the flag. */
  nameIn(source: FlagSource): string {
    const isInherited = source.typed(this) === undefined && this.#inherited(source) !== undefined;
    return isInherited ? this.environmentVariable : this.#longName;
  }

  /** What the environment gives. */
  #inherited(source: FlagSource): string | undefined {
    const isRead = this.hasEnvironmentForm && source.typedOnly?.includes(this) !== true;
    return (isRead && source.environment[this.environmentVariable]) || undefined;
  }

  get #longName(): string {
    return this.long ?? this.name();
  }
}

/** `--dry-run`, or `--no-wait`, which makes a value false that is true by default. */
export function switchFlag(definition: FlagDefinition): Flag<boolean> {
  const flag: Flag<boolean> = new Flag(definition, {
    fromTyped: (typed) => (typed === undefined ? flag.negate : typed === true),
    fromText: (text, name) => {
      const isOn = ['1', 'true'].includes(parseChoice(text, name, ['1', '0', 'true', 'false'] as const));
      return flag.negate ? !isOn : isOn;
    },
  });
  return flag;
}

/** `--timeout 3h`: one text, parsed. */
export function valueFlag<Value>(
  definition: FlagDefinition & { readonly parse: Parse<Value>; readonly default: string },
): Flag<Value>;
export function valueFlag<Value>(
  definition: FlagDefinition & { readonly parse: Parse<Value> },
): Flag<Value | undefined>;
export function valueFlag(definition: FlagDefinition & { readonly default: string }): Flag<string>;
export function valueFlag(definition: FlagDefinition): Flag<string | undefined>;
export function valueFlag<Value>(
  definition: FlagDefinition & { readonly parse?: Parse<Value | string>; readonly default?: string },
): Flag<Value | string | undefined> {
  const parse: Parse<Value | string> = definition.parse ?? ((text) => text);
  const flag = new Flag<Value | string | undefined>(definition, {
    fromTyped: (typed, name) => (typed === undefined ? undefined : parse(String(typed), name)),
    fromText: parse,
  });
  if (definition.default !== undefined) flag.default(definition.default);
  return flag;
}

/** `--layout agent`: one of a few words, which `--help` lists. */
export function choiceFlag<const Choice extends string>(
  definition: FlagDefinition & { readonly choices: readonly Choice[]; readonly default: Choice },
): Flag<Choice>;
export function choiceFlag<const Choice extends string>(
  definition: FlagDefinition & { readonly choices: readonly Choice[] },
): Flag<Choice | undefined>;
export function choiceFlag<const Choice extends string>(
  definition: FlagDefinition & { readonly choices: readonly Choice[]; readonly default?: Choice },
): Flag<Choice | undefined> {
  const parse = (text: string, name: string) => parseChoice(text, name, definition.choices);
  const flag = valueFlag({ ...definition, parse });
  flag.argChoices = [...definition.choices];
  return flag;
}

/** `-t acme -t globex`; in the environment the values are separated by commas. */
export function listFlag<Value>(
  definition: FlagDefinition & { readonly parse: (texts: readonly string[], name: string) => Value },
): Flag<Value>;
export function listFlag(definition: FlagDefinition): Flag<readonly string[]>;
export function listFlag<Value>(
  definition: FlagDefinition & { readonly parse?: (texts: readonly string[], name: string) => Value },
): Flag<Value | readonly string[]> {
  const parse = definition.parse ?? ((texts: readonly string[]) => texts);
  const flag = new Flag<Value | readonly string[]>(definition, {
    fromTyped: (typed, name) => parse(Array.isArray(typed) ? typed.map(String) : [], name),
    fromText: (text, name) => {
      const texts = text.split(',').map((part) => part.trim());
      refuseEmpty(texts, name);
      return parse(texts, name);
    },
  });
  flag.argParser((value, previous: readonly string[] | undefined) => [...(previous ?? []), value]);
  return flag;
}

/** The values of all flags of a record. @throws AppcfgError for the first that is wrong */
export function readFlags<Of extends Flags>(flags: Of, source: FlagSource): FlagValues<Of> {
  // Each member is read by its own flag.
  return Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, flag.read(source)])) as FlagValues<Of>;
}

/** An unset shell variable (`--tenant "$TENANT"`) must not select everything. */
function refuseEmpty(values: readonly unknown[], name: string): void {
  if (!values.includes('')) return;
  throw failure('usage-invalid', `${name} is empty`, { hint: { text: 'give it a value, or leave it out' } });
}
