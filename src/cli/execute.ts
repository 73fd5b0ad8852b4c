// Runs one command: gives it a context, passes its events to the reporters, and returns the exit code. All errors are caught
// here, and only here.

import { setMaxListeners } from 'node:events';
import { statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { createEmit } from '../core/events/emit.ts';
import type { Event } from '../core/events/event.ts';
import { createReportFold, exitCodeOfReport, type Report, wasApplied } from '../core/events/report.ts';
import { learnCredentials, learnUserInfo } from '../core/events/run-credentials.ts';
import { Scrubber } from '../core/events/scrubber.ts';
import type { SpellCommand } from '../core/problem/hint.ts';
import { AppcfgError, failure, type Problem, stackOf } from '../core/problem/problem.ts';
import { openDeadline } from '../engine/connect/deadline.ts';
import { type Context, type MachineOverrides, type Process, systemClock } from '../engine/context.ts';
import { pathInWorkTree, untrustedFolders, workTreesOf } from '../engine/untrusted-folders.ts';
import { budgetsOf } from '../engine/work-budget.ts';
import { openOutputFiles, type WriteOutput } from '../files/output-files.ts';
import { isInside, realPath } from '../files/real-path.ts';
import { privateMode } from '../files/write-file.ts';
import { ciJob } from '../gitlab/ci-job.ts';
import { createReporters, type Reporters } from '../report/reporters.ts';
import { visibleLines } from '../report/style/escape.ts';
import { colorLevel, isJobLog } from './color-level.ts';
import { confirm, hasTerminal } from './confirm.ts';
import type { DisplayOptions } from './display-flags.ts';

export interface Execution {
  readonly command: string;
  /** As typed. */
  readonly argv: readonly string[];
  /** The value of --chdir, and what messages call it: a flag or a variable. */
  readonly chdir: { readonly name: string; readonly value: string } | undefined;
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
  const scrubber = openScrubber(execution, process);
  // Where an output file is refused, none is written.
  const files: { write?: WriteOutput } = {};
  /** Undefined until the folder of the tree is known. */
  const tree: { path?: string } = {};
  const reporters = await openReporters(execution, {
    process,
    installation,
    scrubber,
    treePath: () => tree.path ?? '',
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
    const directory = directoryOf(execution, process);
    tree.path = pathInWorkTree(directory);
    files.write = openOutputs(execution, process, directory);
    const { settingsBases } = execution;
    const machine = machineOf(process, installation, signal);
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
    const run = { execution, process, scrubber, treePath: tree.path, timeLeftMs, emit, clock, signal };
    await publishNotes(fold.report(), run);
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

/** Before the outputs end: they have its problems. */
async function publishNotes(
  report: Report,
  run: {
    readonly execution: Execution;
    readonly process: Process;
    readonly scrubber: Scrubber;
    readonly treePath: string;
    /** Until the end of --timeout. */
    readonly timeLeftMs: number | undefined;
  } & Pick<Context, 'emit' | 'clock' | 'signal'>,
): Promise<void> {
  const { execution, process, scrubber, treePath, timeLeftMs, emit, clock, signal } = run;
  const { outputs } = execution.display;
  for (const { scope } of outputs) {
    if (scope === undefined) continue;
    const { publishNote } = await import('../publish/publish-note.ts');
    await publishNote(report, scrubber.text(scope || treePath.replace(/\/+$/, '') || '.', {}), {
      job: ciJob(process.env),
      token: process.env.APPCFG_GITLAB_TOKEN,
      spell: scrubbedSpell(execution, scrubber),
      htmlUrl: scrubbedHtmlUrl(execution, scrubber),
      ...{ timeLeftMs, emit, clock, signal },
    });
  }
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

/** What a run knows of the machine. */
function machineOf(process: Process, installation: Installation, signal: AbortSignal) {
  const clock = installation.clock ?? systemClock;
  const job = ciJob(process.env);
  return {
    clock,
    startedAt: clock.now(),
    requestHandler: installation.requestHandler,
    openLocal: async (settings, self) => (await import('../local/open-local.ts')).openLocal(settings, self),
    startBudget: installation.startBudget ?? budgetsOf(() => processorTime(process)),
    environment: process.env,
    nodeVersion: process.version ?? '',
    job,
    isInteractive: hasTerminal(process) && !job.isCi,
    killGroup: (leader) => killGroup(leader, process),
    cwd: process.cwd(),
    confirm: (question) => confirm(question, process, signal),
  } satisfies Partial<Context>;
}

function openReporters(
  execution: Execution,
  run: {
    readonly process: Process;
    readonly installation: Installation;
    readonly scrubber: Scrubber;
    readonly treePath: () => string;
    readonly writeFile: WriteOutput;
  },
): Promise<Reporters> {
  const { command, display } = execution;
  const { process, installation, scrubber, treePath, writeFile } = run;
  const { env, stdout, stderr } = process;
  const job = ciJob(env);
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

/** @throws AppcfgError */
function directoryOf({ chdir }: Execution, process: Process): string {
  if (chdir === undefined) return resolve(process.cwd());
  const directory = resolve(process.cwd(), chdir.value);
  if (isDirectory(directory)) return insideOf(directory, chdir.name, process);
  throw failure('usage-invalid', `${chdir.name} "${chdir.value}" is not a folder`, {
    hint: { text: 'name the folder that contains template/ and tenants/' },
  });
}

/**
 * A folder of the Git work tree must not be a link out of it: the link's author would choose what is read. In a merge request it is
 * no link at all, because the target branch has its settings in the folder of this name. @throws AppcfgError
 */
function insideOf(directory: string, name: string, process: Process): string {
  const workTrees = workTreesOf(process.cwd());
  const named = resolve(realPath(process.cwd()), relative(process.cwd(), directory));
  const real = realPath(directory);
  if (!isInside(named, workTrees) || named === real) return directory;
  const staysInside = isInside(real, workTrees);
  if (staysInside && ciJob(process.env).mergeRequest === undefined) return directory;
  const where = staysInside ? 'through a symbolic link' : 'out of the work tree';
  throw failure('symlink-outside-tree', `${name} "${directory}" leads ${where}, to ${real}`, {
    hint: { text: 'name the folder itself' },
  });
}

function killGroup(leader: number, process: Process): void {
  try {
    process.kill?.(-leader, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Milliseconds. */
function processorTime(process: Process): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The first signal ends the run in an orderly way, the second at once. */
function listenForInterrupts(
  process: Process,
  reporting: { readonly emit: (event: Event) => void; readonly abandon: () => void },
) {
  const controller = new AbortController();
  // Every environment that waits listens to it: Node would warn of a leak.
  setMaxListeners(0, controller.signal);
  const on = (signal: 'SIGINT' | 'SIGTERM') => () => {
    if (controller.signal.aborted) {
      reporting.abandon();
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
    reporting.emit({ type: 'interrupted', signal });
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
