// Runs one command: gives it its surroundings, its events to the reporters, and works out the exit code. The one place that catches.
import { setMaxListeners } from 'node:events';
import { statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { AppcfgError, failure, type Problem } from '../core/errors.ts';
import type { Event } from '../core/events.ts';
import { createReportFold, exitCodeOfReport } from '../core/fold-report.ts';
import { createReporters, type Reporters } from '../report/reporters.ts';
import { type Context, type Process, type Surroundings, systemClock } from './context.ts';
import type { DisplayOptions, OutputTarget } from './options.ts';

export interface Execution {
  readonly command: string;
  readonly chdir: string | undefined;
  readonly display: DisplayOptions;
  readonly run: (context: Context) => Promise<void>;
}

/** The installed program, and what a test puts in the place of the machine. */
export interface Installation extends Surroundings {
  readonly version: string;
}

export async function execute(execution: Execution, process: Process, installation: Installation): Promise<number> {
  const { display } = execution;
  const reporters = await openReporters(execution.command, display, { process, installation });
  const fold = createReportFold();
  const emit = (event: Event) => {
    fold.add(event);
    reporters.handle(event);
  };
  const interrupts = listenForInterrupts(process, emit);
  let defect = false;
  try {
    const directory = directoryOf(execution.chdir, process);
    checkOutputs(display.outputs, process.cwd());
    const clock = installation.clock ?? systemClock;
    const context: Context = {
      emit,
      clock,
      startedAt: clock.now(),
      requestHandler: installation.requestHandler,
      signal: interrupts.signal,
      environment: process.env,
      directory,
      cwd: process.cwd(),
      confirm: (question) => confirm(question, process),
    };
    await execution.run(context);
  } catch (error) {
    if (!(error instanceof AppcfgError)) defect = true;
    for (const problem of problemsOf(error, installation.version)) emit({ type: 'problem-found', problem });
  }
  const exitCode = exitCodeOfReport(fold.report(), { detailed: display.detailedExitcode && !defect });
  try {
    await reporters.end(exitCode);
  } catch (error) {
    process.stderr.write(
      `error: an output cannot be written: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return exitCode === 0 || exitCode === 2 ? 3 : exitCode;
  } finally {
    // Only now: Node's own answer to a signal would cut the report off.
    interrupts.stop();
  }
  return exitCode;
}

/** For what is wrong before a command can begin. */
export async function reportUsageError(error: unknown, process: Process, installation: Installation): Promise<number> {
  const display: DisplayOptions = {
    outputs: [{ format: 'text' }],
    color: 'auto',
    quiet: false,
    verbose: false,
    detailedExitcode: false,
  };
  const reporters = await openReporters('', display, { process, installation });
  const fold = createReportFold();
  for (const problem of problemsOf(error, installation.version)) {
    fold.add({ type: 'problem-found', problem });
    reporters.handle({ type: 'problem-found', problem });
  }
  const exitCode = exitCodeOfReport(fold.report(), { detailed: false });
  await reporters.end(exitCode);
  return exitCode;
}

function openReporters(
  command: string,
  display: DisplayOptions,
  around: { readonly process: Process; readonly installation: Installation },
): Promise<Reporters> | Reporters {
  const { process, installation } = around;
  const { env, stdout, stderr } = process;
  return createReporters({
    targets: display.outputs,
    stdout,
    stderr,
    colorLevel: colorLevel(display, process),
    ci:
      (env.CI !== undefined && env.CI !== '' && env.CI !== 'false') || env.GITLAB_CI === 'true' || env.TERM === 'dumb',
    quiet: display.quiet,
    verbose: display.verbose,
    command,
    now: (installation.clock ?? systemClock).now,
    writeFile: (file, text) => writeWhole(resolve(process.cwd(), file), text),
  });
}

/** `--color`, then NO_COLOR and FORCE_COLOR, then whether there is a terminal. See no-color.org and force-color.org. */
function colorLevel(display: DisplayOptions, process: Process): 0 | 1 | 2 | 3 {
  const { env } = process;
  if (display.color === 'never') return 0;
  if (display.color === 'always') return 1;
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return 0;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR === '0' || env.FORCE_COLOR === 'false' ? 0 : 1;
  return process.stdout.isTTY === true && env.TERM !== 'dumb' ? 1 : 0;
}

/** @throws AppcfgError */
function directoryOf(chdir: string | undefined, process: Process): string {
  const directory = resolve(process.cwd(), chdir ?? '.');
  if (isDirectory(directory)) return directory;
  throw failure('usage-wrong', `--chdir "${chdir}" is not a folder`, {
    hint: 'name the folder that holds template/ and tenants/',
  });
}

/** Files that cannot be written are told before anything is done. @throws AppcfgError */
function checkOutputs(outputs: readonly OutputTarget[], cwd: string): void {
  for (const { file } of outputs) {
    if (file === undefined) continue;
    const path = resolve(cwd, file);
    if (isDirectory(path) || !isDirectory(dirname(path))) {
      throw failure('output-unwritable', `the output file "${file}" cannot be written`, {
        hint: isDirectory(path) ? 'it is a folder' : `make its folder first: mkdir -p ${dirname(file)}`,
      });
    }
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.part`, text);
  await rename(`${path}.part`, path);
}

/** The first signal asks for an orderly end, the second ends at once. */
function listenForInterrupts(process: Process, emit: (event: Event) => void) {
  const controller = new AbortController();
  // Every lane that waits listens to it.
  setMaxListeners(0, controller.signal);
  const on = (signal: 'SIGINT' | 'SIGTERM') => () => {
    if (controller.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
    emit({ type: 'interrupted', signal });
    controller.abort(signal);
  };
  const onInterrupt = on('SIGINT');
  const onTerminate = on('SIGTERM');
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    signal: controller.signal,
    stop: () => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}

async function confirm(question: string, process: Process): Promise<boolean | 'no terminal'> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return 'no terminal';
  // The question goes to stderr: stdout is for the result.
  process.stderr.write(`${question} [y/N] `);
  for await (const line of createInterface({ input: process.stdin })) return /^y(es)?$/i.test(line.trim());
  return false;
}

/** What is not an AppcfgError is a defect, and says all that is known of it. */
function problemsOf(error: unknown, version: string): readonly Problem[] {
  if (error instanceof AppcfgError) return error.problems;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [
    {
      code: 'defect',
      severity: 'error',
      message: `a defect in appcfg ${version}: ${stack}`,
      hint: 'please report it with this text and the command; what AppConfig holds can be seen with appcfg status',
    },
  ];
}
