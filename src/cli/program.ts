// The command line: names, flags, help. What a command does is in commands/.
import { Command, CommanderError, Help, Option } from 'commander';
import { suggest } from '../core/problem/suggest.ts';
import type { Environment, Process } from '../engine/context.ts';
import { visibleLines } from '../report/style/escape.ts';
import {
  cleanupOptions,
  collect,
  commonOptions,
  displayOptions,
  emulatorOptions,
  type Flags,
  historyOptions,
  plainDisplay,
  quotaNames,
  refuseFlagsWithoutEffect,
  renderOptions,
  rollbackOptions,
  selectionOf,
  statusOptions,
  syncOptions,
  text,
  withEnvironment,
} from './common-flags.ts';
import type { Execution, Installation } from './execute.ts';
import { guardOptions } from './guard-flags.ts';
import { commandSpeller, connectionFlags } from './spell-command.ts';

/** Parses the arguments and runs the command they name. */
export async function runProgram(
  argv: readonly string[],
  process: Process,
  installation: Installation,
): Promise<number> {
  let exitCode = 0;
  const program = createProgram({
    argv,
    version: installation.version,
    environment: process.env,
    write: { out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text) },
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

/** A fresh program each time: no state is shared between two runs in one process. */
export function createProgram(options: ProgramOptions): Command {
  const program = new Command('appcfg')
    .description(
      'GitOps for AWS AppConfig with many tenants: a tree of template and tenants becomes what AppConfig serves.',
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
      outputError: (text, write) =>
        write(`${visibleLines(text.replace(/\.?\n?$/, ''))}\n  appcfg --help lists commands and flags\n`),
    })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', programFooter);
  addCommonFlags(program);

  const command = (name: string, summary: string, description: string) =>
    program.command(name).summary(summary).description(description).allowExcessArguments(false);
  // Flags that are wrong are told like every other problem: by the reporters that the flags ask for.
  const start = (command: Command, make: (flags: Flags) => Execution['run']) => {
    let display = plainDisplay;
    let chdir: string | undefined;
    let connection: readonly string[] = [];
    let run: Execution['run'];
    try {
      const flags = withEnvironment(command, options.environment);
      display = displayOptions(flags, command.name());
      chdir = text(flags.chdir);
      connection = connectionFlags(flags, (name) => command.getOptionValueSourceWithGlobals(name) === 'cli');
      commonOptions(flags);
      run = make(flags);
    } catch (error) {
      run = () => Promise.reject(error);
    }
    return options.execute({
      command: command.name(),
      chdir,
      spell: commandSpeller({ argv: options.argv, connection }),
      display,
      run,
    });
  };

  command(
    'validate',
    'read and check the tree, offline',
    'Reads the tree and the settings, renders every address and checks it. Touches no network.',
  )
    .action((_flags, self: Command) =>
      start(self, (flags) => async (context) => {
        const { validate } = await import('../engine/offline/validate.ts');
        await validate({ selection: selectionOf(flags) }, context);
      }),
    )
    .addHelpText(
      'after',
      examples('appcfg validate', "appcfg validate --tenant 'acme-*' -o text -o junit=validate.xml"),
    );

  command(
    'render [address...]',
    'print rendered configurations, offline',
    'Prints what an address gets: the layers merged. An address is tenant/environment/Profile; globs are allowed.',
  )
    .option('--out <dir>', 'write files below this folder instead')
    .addOption(
      new Option(
        '--layout <layout>',
        "names of the files: the tree's, or those the AppConfig Agent reads in local development",
      )
        .choices(['tree', 'agent'])
        .default('tree'),
    )
    .option('--unredacted', 'show also what the settings redact')
    .action((addresses: string[], _flags, self: Command) =>
      start(self, (flags) => async (context) => {
        const { render } = await import('../engine/offline/render.ts');
        await render(renderOptions(flags, addresses), context);
      }),
    )
    .addHelpText(
      'after',
      examples(
        'appcfg render tenant1/dev/ThrottlingLimits',
        'appcfg render --out rendered',
        'appcfg render --out "$LOCAL_DEVELOPMENT_DIRECTORY" --layout agent',
      ),
    );

  command(
    'explain <address> [pointer]',
    'say where each value comes from, offline',
    'Shows every value of an address, the file and line that set it, and what it overrode.',
  )
    .action((address: string, pointer: string | undefined, _flags, self: Command) =>
      start(self, () => async (context) => {
        const { explain } = await import('../engine/offline/explain.ts');
        await explain({ address, pointer }, context);
      }),
    )
    .addHelpText(
      'after',
      examples(
        'appcfg explain tenant1/dev/ThrottlingLimits',
        'appcfg explain tenant1/dev/ThrottlingLimits /api_limits/global',
      ),
    );

  addGuardFlags(
    command(
      'diff',
      'show what a sync would do',
      'Compares the tree with what is live, and shows the plan. Changes nothing. With --base it compares two revisions of the tree, and asks nobody.',
    ),
  )
    .addOption(waveFlag('only what the wave of this name is to do'))
    .option('--base <revision>', 'compare with the tree at this Git revision instead, offline')
    .action((_flags, self: Command) =>
      start(self, (flags) => async (context) => {
        const { diff } = await import('../engine/inspect/diff.ts');
        const wave = text(flags.wave);
        await diff({ ...commonOptions(flags), ...guardOptions(flags), base: text(flags.base), wave }, context);
      }),
    )
    .addHelpText(
      'after',
      examples(
        'appcfg diff',
        'appcfg diff --tenant tenant1 --env dev',
        'appcfg diff --base origin/main',
        'appcfg diff -o text -o json=diff.json --detailed-exitcode',
      ),
    );

  addGuardFlags(
    command(
      'sync',
      'make AppConfig match the tree',
      'Shows the plan and carries it out: applications, environments, profiles, versions, and one deployment after another in each environment, all environments at once.',
    ),
  )
    .option('--dry-run', 'show the plan, write nothing')
    .addOption(waveFlag('only the wave of this name; those before it must have been done'))
    .addOption(new Option('--only <stage>', 'all but deployments, or only these').choices(['update', 'deploy']))
    .option('--no-wait', 'start deployments and leave them to AppConfig')
    .option('--fail-fast', 'start nothing new after the first failure')
    .option('--busy-timeout <duration>', "how long to wait for someone else's deployment", '30m')
    .action((_flags, self: Command) =>
      start(self, (flags) => {
        const syncing = syncOptions(flags);
        return async (context) => {
          const { sync } = await import('../engine/change/sync.ts');
          await sync(syncing, context);
        };
      }),
    )
    .addHelpText(
      'after',
      examples(
        'appcfg sync --local',
        'appcfg sync --tenant tenant1',
        'appcfg sync --only update && appcfg sync --only deploy',
      ),
    );

  command(
    'status',
    'show what is live',
    'Shows every address: the live version, since when and from which commit, and whether it is what the tree wants.',
  )
    .addOption(waveFlag('only the wave of this name'))
    .option('--watch', 'follow what is in flight, and what comes next there, until nothing is')
    .action((_flags, self: Command) =>
      start(self, (flags) => async (context) => {
        const { status } = await import('../engine/inspect/status.ts');
        await status(statusOptions(flags), context);
      }),
    )
    .addHelpText('after', examples('appcfg status', "appcfg status --env 'prod*'", 'appcfg status --watch'));

  command(
    'history [address...]',
    'show past deployments',
    'Shows the deployments of addresses, newest first: state, version, commit and pipeline, when, how long, and who. Looks at AppConfig alone, not at the tree. An address is tenant/environment/Profile; globs are allowed.',
  )
    .option('--limit <n>', 'deployments of each address', '10')
    .action((addresses: string[], _flags, self: Command) =>
      start(self, (flags) => {
        const asked = historyOptions(flags, addresses);
        return async (context) => {
          const { history } = await import('../engine/inspect/history.ts');
          await history(asked, context);
        };
      }),
    )
    .addHelpText(
      'after',
      examples(
        'appcfg history tenant1/dev/FeatureFlags',
        "appcfg history 'tenant1/*/FeatureFlags' --limit 3",
        'appcfg history --tenant tenant1 --env dev -o markdown',
      ),
    );

  command(
    'rollback [address...]',
    'take deployments back',
    'Stops what is in flight, reverts what was completed within 72 hours, and else deploys the version that was live before. What it puts aside is not deployed again until the content changes. Looks at AppConfig alone, not at the tree; shows the plan, and does not ask.',
  )
    .option('--commit <sha>', 'whatever is live or in flight from this commit, everywhere or in the selection')
    .option('--to <version>', 'deploy this version, by its number or label')
    .option('--deployment-strategy <name>', "what has to be deployed, by this strategy instead of the environment's")
    .option('--supersede', 'stop running deployments of other profiles that are in the way, instead of waiting')
    .option('--busy-timeout <duration>', "how long to wait for someone else's deployment", '30m')
    .option('--dry-run', 'show the plan, change nothing')
    .action((addresses: string[], _flags, self: Command) =>
      start(self, (flags) => {
        const asked = rollbackOptions(flags, addresses);
        return async (context) => {
          const { rollback } = await import('../engine/change/rollback.ts');
          await rollback(asked, context);
        };
      }),
    )
    .addHelpText(
      'after',
      examples(
        'appcfg rollback tenant1/prod/FeatureFlags',
        'appcfg rollback tenant1/prod/FeatureFlags --to 7',
        'appcfg rollback --commit 1a2b3c4 --dry-run',
        'appcfg rollback --commit 1a2b3c4 --deployment-strategy AppConfig.AllAtOnce',
      ),
    );

  command(
    'cleanup',
    'delete what appcfg owns',
    'Deletes applications of this project with everything in them: those of named tenants, all, or what left the tree. Shows first what would go.',
  )
    .option('--all', 'everything that this project owns')
    .option('--orphans', 'what is in AppConfig and no longer in the tree')
    .option('--include-adopted', 'also what was adopted, not made by appcfg')
    .option('--bypass-deletion-protection', "also what AppConfig's deletion protection guards")
    .option('--max-deletes <limit>', 'how many environments (or percent of ours) globs and --orphans may delete')
    .option('--dry-run', 'show the plan, delete nothing')
    .action((_flags, self: Command) =>
      start(self, (flags) => {
        const cleaning = cleanupOptions(flags);
        return async (context) => {
          const { cleanup } = await import('../engine/change/cleanup.ts');
          await cleanup(cleaning, context);
        };
      }),
    )
    .addHelpText(
      'after',
      examples('appcfg cleanup --tenant tenant1', 'appcfg cleanup --orphans --dry-run', 'appcfg cleanup --all --yes'),
    );

  command(
    'emulator',
    'serve the embedded AppConfig over HTTP',
    'Serves an AppConfig for development and tests, for any AWS client, until it is interrupted.',
  )
    .option('--port <port>', 'port; 0 takes a free one', '2773')
    .option('--host <host>', 'address to listen on (loopback unless given)')
    .option('--agent-port <port>', "also serve the AppConfig Agent's local path, on this port; 0 takes a free one")
    .option('--account <id>', 'the AWS account that it is (default: 123456789012)')
    .option('--data <file>', 'keep the state in this file')
    .option('--seed-from <dir>', 'start with the tree in this folder deployed')
    .option('--speed <factor>', 'how fast its clock runs', '1')
    .option('--latency <ms>', 'milliseconds that each answer takes longer', '0')
    .option('--rates', "refuse calls beyond AWS's published rates")
    .option('--quota <name=n>', `a quota other than AWS's (${quotaNames.join(', ')}); repeatable`, collect)
    .configureHelp({
      showGlobalOptions: true,
      visibleGlobalOptions: (self) =>
        new Help().visibleGlobalOptions.call({ showGlobalOptions: true } as Help, self).filter(isForEmulator),
    })
    .action((_flags, self: Command) =>
      start(self, (flags) => {
        refuseFlagsWithoutEffect(self, isForEmulator);
        const serving = emulatorOptions(flags);
        return async (context) => {
          const { emulator } = await import('../local/serve.ts');
          await emulator(serving, context);
        };
      }),
    )
    .addHelpText(
      'after',
      examples(
        'appcfg emulator --speed 60',
        'appcfg emulator --port 0 --data appconfig.json',
        'appcfg emulator --seed-from . --agent-port 2772',
      ),
    );
  program
    .command('help [command]')
    .summary('print the help of a command')
    .helpOption(false)
    .action((name: string | undefined) => {
      const named = program.commands.find((candidate) => candidate.name() === name);
      if (name === undefined) program.outputHelp();
      else if (named !== undefined) named.outputHelp();
      else {
        const names = program.commands.map((candidate) => candidate.name());
        program.error(`error: unknown command "${name}" (${suggest(name, names).text})`, { exitCode: 3 });
      }
    });
  return program;
}

/** The emulator reads no tree of its own and calls no AppConfig. */
function isForEmulator(option: Option): boolean {
  return ['help', 'version', 'region', 'output', 'color', 'quiet', 'verbose'].includes(option.attributeName());
}

function addCommonFlags(program: Command): void {
  program
    .optionsGroup('The tree:')
    .option('-C, --chdir <dir>', 'the folder that holds template/ and tenants/')
    .option('-t, --tenant <glob>', 'only these tenants; repeatable, ! negates', collect)
    .option('-l, --selector <label>', 'only tenants with this label: key=value, key!=value; repeatable', collect)
    .option('-e, --env <glob>', 'only these environments; repeatable, ! negates', collect)
    .option('-p, --config-profile <glob>', 'only these configuration profiles; repeatable, ! negates', collect)
    .optionsGroup('AppConfig:')
    .option('--region <region>', 'the AWS Region')
    .option('--aws-profile <name>', "a profile of the AWS CLI's configuration")
    .option('--endpoint-url <url>', 'an AppConfig endpoint other than that of AWS')
    .option('--local', 'an AppConfig inside this process; state in .appcfg/local.json; no credentials')
    .option('--insecure', 'allow plain HTTP to another machine')
    .option('--concurrency <n>', 'requests in flight at most (default: 64)')
    .option('--timeout <duration>', 'bound for the whole run, for example 3h')
    .option('-y, --yes', 'agree to what is destroyed')
    .optionsGroup('Output:')
    .option('-o, --output <format[=file]>', 'text, json, jsonl, markdown, junit or tfplan; repeatable', collect)
    .option('--detailed-exitcode', 'exit 2 when there are differences, or changes were made')
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .option('-q, --quiet', 'no progress and no warnings')
    .option('-v, --verbose', 'every problem and every step');
}

function addGuardFlags(command: Command): Command {
  return command
    .option('--adopt', 'take over applications that were made by someone else')
    .option('--retry-rolled-back', 'try content again that was rolled back')
    .option('--allow-older', 'let an older commit overwrite a newer one')
    .option('--allow-shrink', 'let content shrink by more than `maxShrink`')
    .option('--supersede', 'stop running deployments of other content instead of waiting');
}

function waveFlag(description: string): Option {
  return new Option('--wave <name>', description);
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

const programFooter = `
Exit codes:
  0    done, or nothing to do
  1    a defect, or an answer there is no name for
  2    differences found, or changes made (with --detailed-exitcode)
  3    the tree, the settings or the flags are wrong; AWS was not touched
  4    carried out, but not to a good end
  5    a guard refused
  6    no credentials, no permission, the wrong account
  75   try again later
  130, 143  interrupted, terminated

Flags have environment forms: --endpoint-url is APPCFG_ENDPOINT_URL, lists have commas. Those that consent or
override a guard have none.

Try it without an AWS account: appcfg sync --local
`;
