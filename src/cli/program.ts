// Assembles the command line from the definitions in commands/, and runs the command that the arguments name.

import { Argument, Command, CommanderError, Help, Option } from 'commander';
import { learnCredentials } from '../core/events/run-credentials.ts';
import { Scrubber } from '../core/events/scrubber.ts';
import { suggest } from '../core/problem/suggest.ts';
import type { Environment, Process } from '../engine/context.ts';
import { formatsOf } from '../report/formats.ts';
import { visibleLines } from '../report/style/escape.ts';
import type { CommandDefinition } from './command.ts';
import { ciGenerateCommand } from './commands/ci-generate.ts';
import { ciSummaryCommand } from './commands/ci-summary.ts';
import { cleanupCommand } from './commands/cleanup.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { emulatorCommand } from './commands/emulator.ts';
import { explainCommand } from './commands/explain.ts';
import { historyCommand } from './commands/history.ts';
import { importCommand } from './commands/import.ts';
import { initCommand } from './commands/init.ts';
import { pullCommand } from './commands/pull.ts';
import { renderCommand } from './commands/render.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { statusCommand } from './commands/status.ts';
import { syncCommand } from './commands/sync.ts';
import { tenantAddCommand } from './commands/tenant-add.ts';
import { tenantRenameCommand } from './commands/tenant-rename.ts';
import { tidyCommand } from './commands/tidy.ts';
import { validateCommand } from './commands/validate.ts';
import { commonFlagGroups, commonFlags, commonOptions } from './common-flags.ts';
import { outputFlag, plainDisplay, readDisplay } from './display-flags.ts';
import { blamed, blameVariables, blaming, unknownVariables } from './environment-variables.ts';
import type { Execution, Installation } from './execute.ts';
import { type FlagSource, readFlags } from './flag.ts';
import { refuseConflicts, refuseFlagsWithoutEffect } from './refuse-flags.ts';
import { commandSpeller } from './spell-command.ts';

/** In the order of `--help`. */
export const commands: readonly CommandDefinition[] = [
  initCommand,
  tenantAddCommand,
  tenantRenameCommand,
  validateCommand,
  renderCommand,
  explainCommand,
  tidyCommand,
  diffCommand,
  syncCommand,
  statusCommand,
  historyCommand,
  pullCommand,
  importCommand,
  rollbackCommand,
  cleanupCommand,
  doctorCommand,
  ciGenerateCommand,
  ciSummaryCommand,
  emulatorCommand,
];

/** Parses the arguments and runs the command they name. @returns the exit code */
export async function runProgram(
  argv: readonly string[],
  process: Process,
  installation: Installation,
): Promise<number> {
  let exitCode = 0;
  const [first, second, ...words] = argv;
  if (first === 'completion' && second === '--words') {
    const { answerShell } = await import('./completion/answer-shell.ts');
    process.stdout.write(await answerShell(words, process, createProgram(silent)));
    return 0;
  }
  // Errors of the command line quote its arguments.
  const scrubber = new Scrubber();
  learnCredentials(scrubber, process.env);
  const program = createProgram({
    argv,
    version: installation.version,
    environment: process.env,
    write: { out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(scrubber.text(text, {})) },
    width: process.stdout.columns ?? 100,
    execute: async (execution) => {
      const { execute } = await import('./execute.ts');
      exitCode = await execute(execution, process, installation);
    },
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 3;
    throw error;
  }
  return exitCode;
}

export interface ProgramOptions {
  readonly argv: readonly string[];
  readonly version: string;
  readonly environment: Environment;
  readonly write: { readonly out: (text: string) => unknown; readonly err: (text: string) => unknown };
  readonly width: number;
  readonly execute: (execution: Execution) => Promise<void>;
}

/** To be asked, not to be run. */
const silent: ProgramOptions = {
  argv: [],
  version: '',
  environment: {},
  write: { out: () => {}, err: () => {} },
  width: 100,
  execute: async () => {},
};

/** A new program for each run: two runs in one process share no state. */
export function createProgram(options: ProgramOptions): Command {
  const program = new Command('appcfg')
    .description(
      'GitOps for AWS AppConfig with many tenants: a template and overrides in Git become what AppConfig serves.',
    )
    .version(options.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => options.write.out(text),
      writeErr: (text) => options.write.err(text),
      getOutHelpWidth: () => Math.min(options.width, 100),
      getErrHelpWidth: () => Math.min(options.width, 100),
      outputError: withHelp('appcfg --help lists commands and flags'),
    })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', footer);
  for (const [heading, flags] of Object.entries(commonFlagGroups)) {
    program.optionsGroup(heading);
    for (const flag of Object.values(flags)) program.addOption(flag);
  }
  for (const definition of commands) addCommand(program, definition, options);
  addCompletionCommand(program, options);
  addHelpCommand(program);
  return program;
}

function addCommand(program: Command, definition: CommandDefinition, options: ProgramOptions): void {
  const { name, arguments: positional, summary, description, flags, examples } = definition;
  const [own = name, group] = name.split(' ').toReversed();
  const command = (group === undefined ? program : groupOf(program, group))
    .command(positional === undefined ? own : `${own} ${positional}`)
    .summary(summary)
    .description(description)
    .allowExcessArguments(false)
    .configureOutput({ outputError: withHelp(`appcfg ${name} --help lists its flags`) })
    .addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}\n`).join('')}`)
    .action(() => options.execute(executionOf(definition, command, options)));
  if (definition.alias !== undefined) command.alias(definition.alias);
  for (const flag of Object.values(flags)) command.addOption(flag);
  const hidden = hiddenFlags(definition).map((flag) => flag.attributeName());
  const shownAs = new Map(
    [outputFlag(formatsOf(name)), ...(definition.shownAs ?? [])].map((flag) => [flag.attributeName(), flag]),
  );
  command.configureHelp({
    showGlobalOptions: true,
    visibleGlobalOptions: (self) =>
      new Help().visibleGlobalOptions
        .call({ showGlobalOptions: true } as Help, self)
        .filter((option) => !hidden.includes(option.attributeName()))
        .map((option) => shownAs.get(option.attributeName()) ?? option),
  });
}

/** Common flags that do nothing in a command: its help does not list them. */
function hiddenFlags({ name, confirms = false, commonFlags: effective }: CommandDefinition): readonly Option[] {
  const isShown = (flag: Option) =>
    (effective === undefined || effective.includes(flag)) &&
    (flag !== commonFlags.yes || confirms) &&
    (flag !== commonFlags.htmlUrl || formatsOf(name).includes('markdown'));
  return Object.values(commonFlags).filter((flag) => !isShown(flag));
}

/** Commands with commands of their own: what each is about. */
const groups: Readonly<Record<string, string>> = {
  tenant: 'add or rename tenants of the tree',
  ci: 'split a rollout into the jobs of a GitLab pipeline',
};

function groupOf(program: Command, name: string): Command {
  const known = program.commands.find((command) => command.name() === name);
  return (
    known ??
    program
      .command(name)
      .summary(groups[name] ?? '')
      .description(groups[name] ?? '')
      .helpCommand(false)
      .configureHelp({ showGlobalOptions: false })
      .configureOutput({ outputError: withHelp(`appcfg ${name} --help lists its commands`) })
      .action((_options, group: Command) => {
        const [typed] = group.args;
        const names = group.commands.map((command) => command.name());
        const what = typed === undefined ? `appcfg ${name} needs a command` : `unknown command "${name} ${typed}"`;
        const hint = typed === undefined ? `available: ${names.join(', ')}` : suggest(typed, names).text;
        group.error(`error: ${what} (${hint})`, { exitCode: 3 });
      })
      .allowExcessArguments(true)
  );
}

/** Writes an error of the command line, and where the help is. */
function withHelp(help: string): (text: string, write: (text: string) => void) => void {
  return (text, write) => write(`${visibleLines(text.replace(/\.?\n?$/, ''))}\n  ${help}\n`);
}

/** Wrong flags are reported like every other problem: in the formats that the flags ask for. */
function executionOf(definition: CommandDefinition, command: Command, options: ProgramOptions): Execution {
  const { name } = definition;
  const source: FlagSource = {
    environment: options.environment,
    typed: (flag) => {
      const attribute = flag.attributeName();
      // What was not typed has the source `default`, or none.
      return command.getOptionValueSourceWithGlobals(attribute) === 'cli'
        ? command.optsWithGlobals()[attribute]
        : undefined;
    },
    ...(definition.typedOnly && { typedOnly: definition.typedOnly }),
  };
  const typed = { argv: options.argv, source, definition, commands };
  const { reveals } = definition;
  let execution: Execution = {
    command: name,
    argv: options.argv,
    isDryRun: undefined,
    spell: commandSpeller(typed),
    chdir: undefined,
    settingsBases: [],
    display: plainDisplay,
    reveals: reveals !== undefined && source.typed(reveals) === true,
    timeoutMs: undefined,
    run: async () => {},
  };
  const blame = blameVariables([...Object.values(commonFlags), ...Object.values(definition.flags)], source);
  try {
    execution = { ...execution, display: readDisplay(source, name, definition.showsAll) };
    const { dryRun } = definition.flags;
    execution = { ...execution, isDryRun: dryRun && dryRun.read(source) === true };
    refuseFlagsWithoutEffect(definition, source);
    refuseConflicts(definition, source);
    const { chdir, settingsBase, yes, ...common } = readFlags(commonFlags, source);
    const prepared = definition.prepare(source, { common: commonOptions(common), yes, args: command.args });
    const flags = [commonFlags, ...commands.map((each) => each.flags)].flatMap((each) => Object.values(each));
    const run: Execution['run'] = async (context) => {
      const problems = unknownVariables(options.environment, flags);
      for (const problem of problems) context.emit({ type: 'problem-found', problem });
      try {
        await prepared(blaming(context, blame));
      } catch (error) {
        throw blamed(error, blame);
      }
    };
    return {
      ...execution,
      spell: commandSpeller(typed, chdir),
      chdir: chdir === undefined ? undefined : { name: commonFlags.chdir.nameIn(source), value: chdir },
      settingsBases:
        settingsBase === undefined ? [] : [{ flag: commonFlags.settingsBase.nameIn(source), revision: settingsBase }],
      timeoutMs: common.timeoutMs,
      run,
    };
  } catch (error) {
    // The folder of the tree, and with it the note that the run would be about, is not known.
    const outputs = execution.display.outputs.filter(({ scope }) => scope === undefined);
    const display = { ...execution.display, outputs };
    return { ...execution, display, run: () => Promise.reject(blamed(error, blame)) };
  }
}

const completedShells = ['bash', 'zsh', 'fish'] as const;

/** Prints a script, as it is: its output is no report. */
function addCompletionCommand(program: Command, { write }: ProgramOptions): void {
  const argument = new Argument('<shell>');
  argument.argChoices = [...completedShells];
  program
    .command('completion')
    .addArgument(argument)
    .summary('print a script for the completion of a shell')
    .description(
      'Prints a script which completes commands, flags and their values, and the tenants, environments, profiles, addresses, waves, labels, accounts and Regions of the tree in the current folder or that of --chdir. It reads file and folder names and appcfg.yml, and does not use the network. The script calls appcfg, which must be in PATH.',
    )
    .configureHelp({ visibleGlobalOptions: () => [] })
    .configureOutput({ outputError: withHelp('appcfg completion --help has examples') })
    .addHelpText(
      'after',
      `\nExamples:\n  source <(appcfg completion bash)                   in ~/.bashrc\n  source <(appcfg completion zsh)                    in ~/.zshrc, after compinit\n  appcfg completion fish | source                    in ~/.config/fish/config.fish\n`,
    )
    .action(async (typed: string, _options, completion: Command) => {
      const shell = completedShells.find((each) => each === typed);
      if (shell === undefined) {
        const { text } = suggest(typed, completedShells);
        return completion.error(`error: unknown shell "${typed}" (${text})`, { exitCode: 3 });
      }
      const { completionScripts } = await import('./completion/scripts.ts');
      write.out(completionScripts[shell]);
    });
}

function addHelpCommand(program: Command): void {
  program
    .command('help [command...]')
    .summary('print the help of a command')
    .helpOption(false)
    .addOption(new Option('-h, --help').hideHelp())
    .action((words: readonly string[]) => {
      let named = program;
      for (const word of words) {
        const names = named.commands.map((candidate) => candidate.name());
        const next = named.commands.find((candidate) => [candidate.name(), ...candidate.aliases()].includes(word));
        if (next === undefined) {
          program.error(`error: unknown command "${words.join(' ')}" (${suggest(word, names).text})`, { exitCode: 3 });
        }
        named = next;
      }
      named.outputHelp();
    });
}

const footer = `
Exit codes:
  0    success, or nothing to do
  1    internal error, or an unexpected response from AWS
  2    differences found, or changes made (with --detailed-exitcode)
  3    invalid tree, settings or flags; nothing was written
  4    applied, but some deployments failed or were rolled back
  5    refused, blocked by a guard, not confirmed, or nothing to roll back to
  6    credentials, permissions or account
  75   temporary failure: try again later
  130, 143  interrupted, terminated

Most flags can be set as environment variables: APPCFG_ENDPOINT_URL sets --endpoint-url; separate the values of
repeatable flags with commas. Flags that confirm, override a guard, reveal values, or choose what cleanup and rollback
act on must be given on the command line.

Try it without an AWS account: appcfg sync --local
`;
