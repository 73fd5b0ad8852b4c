// Runs one command: gives it a context, passes its events to the reporters, and returns the exit code. All errors are caught
// here, and only here.

import { clearTimeout, setTimeout } from 'node:timers';
import { createEmit } from '../core/events/emit.ts';
import { createReportFold, exitCodeOfReport, wasApplied } from '../core/events/report.ts';
import { learnCredentials, learnUserInfo } from '../core/events/run-credentials.ts';
import { Scrubber } from '../core/events/scrubber.ts';
import type { SpellCommand } from '../core/problem/hint.ts';
import { AppcfgError, type Problem, stackOf } from '../core/problem/problem.ts';
import { openDeadline } from '../engine/connect/deadline.ts';
import { type Context, type MachineOverrides, type Process, systemClock } from '../engine/context.ts';
import { pathInWorkTree, untrustedFolders } from '../engine/untrusted-folders.ts';
import { openOutputFiles, type WriteOutput } from '../files/output-files.ts';
import { privateMode } from '../files/write-file.ts';
import { type CiJob, ciJob } from '../gitlab/ci-job.ts';
import { createReporters, type Reporters } from '../report/reporters.ts';
import { visibleLines } from '../report/style/escape.ts';
import { colorLevel, isJobLog } from './color-level.ts';
import type { DisplayOptions } from './display-flags.ts';
import { type Chdir, directoryOf } from './machine/directory.ts';
import { listenForInterrupts } from './machine/interrupts.ts';
import { machineOf } from './machine/machine.ts';
import { publishNotes } from './publish-notes.ts';

export interface Execution {
  readonly command: string;
  /** As typed. */
  readonly argv: readonly string[];
  /** Undefined of a command that has no dry run. */
  readonly isDryRun: boolean | undefined;
  readonly chdir: Chdir | undefined;
  readonly settingsBases: Context['settingsBases'];
  /** Spells the commands that hints propose. */
  readonly spell: SpellCommand;
  readonly display: DisplayOptions;
  /** Whether the outputs have values that the settings redact. */
  readonly reveals: boolean;
  /** The value of --timeout. */
  readonly timeoutMs: number | undefined;
  readonly run: (context: Context) => Promise<void>;
}

/** The installed program, and what a test replaces of the machine. */
export interface Installation extends MachineOverrides {
  readonly version: string;
}

export async function execute(execution: Execution, process: Process, installation: Installation): Promise<number> {
  const { display } = execution;
  const job = ciJob(process.env);
  const scrubber = openScrubber(execution, process);
  // Where an output file is refused, none is written.
  const files: { write?: WriteOutput } = {};
  /** Undefined until the folder of the tree is known. */
  const tree: { path?: string } = {};
  const reporters = await openReporters(execution, {
    process,
    job,
    installation,
    scrubber,
    treePath: () => scrubber.text(tree.path ?? '', {}),
    writeFile: async (file, text) => files.write?.(file, text),
  });
  const fold = createReportFold();
  const emit = createEmit(scrubber, (event) => {
    fold.add(event);
    reporters.handle(event);
  });
  const interrupts = listenForInterrupts(process, { emit, abandon: () => reporters.abandon() });
  const clock = installation.clock ?? systemClock;
  const startedAt = clock.now();
  const deadline = openDeadline(execution.timeoutMs, { emit, clock, signal: interrupts.signal });
  const { signal } = deadline;
  let hasInternalError = false;
  try {
    const directory = directoryOf(execution.chdir, { cwd: process.cwd(), job });
    tree.path = pathInWorkTree(directory);
    files.write = openOutputs(execution, process, directory);
    const { settingsBases } = execution;
    const machine = machineOf(process, installation, { job, signal });
    const { verbose, outputs } = display;
    const explainsChanges = outputs.some(({ format }) => format === 'html');
    const reporting = { emit, scrubber, verbose, explainsChanges };
    const { expect: expectTimeout } = deadline;
    await execution.run({ ...machine, ...reporting, signal, expectTimeout, settingsBases, directory });
  } catch (error) {
    if (!(signal.aborted && error === signal.reason)) {
      hasInternalError = !(error instanceof AppcfgError);
      for (const problem of problemsOf(error, installation.version)) emit({ type: 'problem-found', problem });
    }
  } finally {
    deadline.close();
  }
  if (tree.path !== undefined) {
    const timeLeftMs = execution.timeoutMs && startedAt + execution.timeoutMs - clock.now();
    await publishNotes(fold.report(), {
      ...{ outputs: display.outputs, scrubber, treePath: tree.path, job, timeLeftMs, emit, clock, signal },
      token: process.env.APPCFG_GITLAB_TOKEN,
      spell: scrubbedSpell(execution, scrubber),
      htmlUrl: scrubbedHtmlUrl(execution, scrubber),
    });
  }
  const report = fold.report();
  const exitCode = exitCodeOfReport(report, { detailed: display.detailedExitcode && !hasInternalError });
  try {
    await reporters.end(report, exitCode);
  } catch (error) {
    const reason = scrubber.text(error instanceof Error ? error.message : String(error), {});
    process.stderr.write(visibleLines(`error: an output cannot be written: ${reason}\n`));
    // Exit code 3 means that nothing was written.
    return exitCode === 0 || exitCode === 2 ? (wasApplied(report) ? 4 : 3) : exitCode;
  } finally {
    // Until the report is written: without a listener, a signal ends Node at once.
    interrupts.stop();
  }
  return exitCode;
}

/** The user's own arguments are a part of the commands that hints propose. */
function scrubbedSpell({ spell }: Execution, scrubber: Scrubber): SpellCommand {
  return (proposed) => spell(proposed).map((word) => scrubber.text(word, {}));
}

function scrubbedHtmlUrl({ display: { htmlUrl } }: Execution, scrubber: Scrubber): string | undefined {
  return htmlUrl && scrubber.text(htmlUrl, {});
}

function openScrubber({ argv }: Execution, { env }: Process): Scrubber {
  const scrubber = new Scrubber();
  learnCredentials(scrubber, env);
  for (const argument of argv) learnUserInfo(scrubber, argument);
  return scrubber;
}

/** @throws AppcfgError */
function openOutputs({ display, reveals }: Execution, process: Process, directory: string): WriteOutput {
  const cwd = process.cwd();
  return openOutputFiles(
    display.outputs.flatMap(({ file }) => file ?? []),
    { cwd, untrusted: untrustedFolders({ cwd, directory }), mode: reveals ? privateMode : undefined },
  );
}

function openReporters(
  execution: Execution,
  run: {
    readonly process: Process;
    readonly job: CiJob;
    readonly installation: Installation;
    readonly scrubber: Scrubber;
    readonly treePath: () => string;
    readonly writeFile: WriteOutput;
  },
): Promise<Reporters> {
  const { command, isDryRun, display } = execution;
  const { process, job, installation, scrubber, treePath, writeFile } = run;
  const { env, stdout, stderr } = process;
  return createReporters({
    targets: display.outputs,
    stdout,
    stderr,
    colorLevels: { stdout: colorLevel(display, process, 'stdout'), stderr: colorLevel(display, process, 'stderr') },
    ci: job.isCi || env.TERM === 'dumb',
    hasSections: isJobLog(process, 'stderr'),
    quiet: display.quiet,
    verbose: display.verbose,
    full: display.full,
    htmlUrl: scrubbedHtmlUrl(execution, scrubber),
    treePath,
    command,
    isDryRun,
    spell: scrubbedSpell(execution, scrubber),
    now: (installation.clock ?? systemClock).now,
    after: installation.after ?? after,
    writeFile,
  });
}

function after(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms).unref();
  return () => clearTimeout(timer);
}

/** Any error but an AppcfgError is an internal error, reported with all that helps to find its cause. */
function problemsOf(error: unknown, version: string): readonly Problem[] {
  if (error instanceof AppcfgError) return error.problems;
  const quoted = stackOf(error);
  return [
    {
      code: 'internal-error',
      severity: 'error',
      message: `internal error in appcfg ${version}: ${quoted}`,
      quoted,
      hint: {
        text: 'report this text and the command that you ran; to see what is live now',
        command: { run: 'status', args: [] },
      },
    },
  ];
}
