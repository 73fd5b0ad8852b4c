// Events to what the user asked for. stdout carries the result; stderr progress and problems.

import type { Event } from '../core/events/event.ts';
import type { Report } from '../core/events/report.ts';
import type { After } from '../core/model/clock.ts';
import type { SpellCommand } from '../core/problem/hint.ts';
import type { Problem } from '../core/problem/problem.ts';
import { type Format, formats, type Output, type OutputOptions } from './formats.ts';
import { LogSections } from './progress/log-sections.ts';
import { openProgress } from './progress/open-progress.ts';
import { wrapped } from './style/columns.ts';
import { streamText } from './style/escape.ts';
import { type ColorLevel, noColours, styleFor } from './style/style.ts';
import { interruptedText } from './text/outcome.ts';
import { ProblemPrinter } from './text/problems.ts';

export interface ReportersOptions {
  readonly targets: readonly { readonly format: Format; readonly file?: string }[];
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly colorLevels: { readonly stdout: ColorLevel; readonly stderr: ColorLevel };
  /** No rows that are redrawn. */
  readonly ci: boolean;
  /** stderr is GitLab's job log. */
  readonly hasSections: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** All of a review, not only what fits on a screen. */
  readonly full: boolean;
  readonly command: string;
  /** Undefined of a command that has no dry run. */
  readonly isDryRun: boolean | undefined;
  /** Spells the commands that hints propose. */
  readonly spell: SpellCommand;
  /** Where the tree is in its repository, with `/`; known when the run has begun. */
  readonly treePath: () => string;
  /** Where the HTML page of the same run is. */
  readonly htmlUrl: string | undefined;
  /** Milliseconds since 1970 by this machine's clock. */
  readonly now: () => number;
  readonly after: After;
  readonly writeFile: (file: string, text: string) => Promise<void>;
}

interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export interface Reporters {
  handle(event: Event): void;
  /** Writes what can only be written at the end. @throws if a file cannot be written */
  end(report: Report, exitCode: number): Promise<void>;
  /** Restores the terminal and writes nothing. */
  abandon(): void;
}

export async function createReporters(options: ReportersOptions): Promise<Reporters> {
  const { stdout, stderr, command, quiet, verbose, now, after, spell } = options;
  let isInOneAccountRegion = true;
  const isAnimated = stderr.isTTY === true && !options.ci;
  const errorStyle = await styleFor(options.colorLevels.stderr);
  const writeError = (text: string) => stderr.write(streamText(text, { isColored: options.colorLevels.stderr > 0 }));
  const sections = options.hasSections ? new LogSections((marker) => stderr.write(marker), now) : undefined;
  const progress = await openProgress(
    { style: errorStyle, write: (text) => text !== '' && writeError(text), verbose, spell, now, after, sections },
    { quiet, terminal: isAnimated ? stderr : undefined },
  );
  const outputs = await openOutputs(options, isAnimated && !quiet);
  const printing = { spell, hidesAccountRegion: () => isInOneAccountRegion, verbose, quiet };
  const printers = [
    new ProblemPrinter({ ...printing, style: errorStyle, write: (text) => progress.above(text) }),
    ...outputs
      .filter((output) => hasProblems(output, command))
      .map((output) => {
        const write = (text: string) => {
          output.text += text;
        };
        return new ProblemPrinter({ ...printing, style: noColours, write });
      }),
  ];
  /** Printed after the problems, the last of which are counted at the end. */
  const notes: Event[] = [];
  const printProblem = (problem: Problem) => {
    if (outputs.some((output) => output.file === undefined && output.shows?.(problem))) return;
    for (const printer of printers) printer.print(problem);
  };

  return {
    handle: (event) => {
      if (event.type === 'run-started') isInOneAccountRegion = event.targets.length < 2;
      for (const output of outputs) {
        const text = output.handle(event);
        if (output.file !== undefined) output.text += text;
        else if (text !== '') {
          // Lines for programs come all the time: they may be within a section.
          if (isAnimated || output.format !== 'jsonl') progress.freeScreen();
          stdout.write(output.shown(text));
        }
      }
      if (event.type === 'note-kept') notes.push(event);
      else progress.handle(event);
      if (event.type === 'problem-found') printProblem(event.problem);
      if (event.type === 'step-finished' && event.status === 'failed') printProblem(event.problem);
    },
    end: async (report, exitCode) => {
      progress.end();
      for (const printer of printers) printer.end();
      for (const note of notes) progress.handle(note);
      for (const output of outputs) {
        const text = await output.end(report, exitCode);
        if (output.file === undefined) stdout.write(output.shown(text));
        else await options.writeFile(output.file, output.shown(output.text + text));
      }
      // A signal is how these end.
      const isExpected = command === 'emulator' || (command === 'status' && report.addresses.length > 0);
      if (report.interruptedBy !== undefined && !isExpected) {
        writeError(wrapped(interruptedText(command, report), widthOf(stderr)));
      }
    },
    abandon: () => progress.end(),
  };
}

/** What goes to stdout comes first: a file that cannot be written must not suppress it. */
async function openOutputs(
  { targets, stdout, colorLevels, command, isDryRun, spell, htmlUrl, treePath, verbose, full, now }: ReportersOptions,
  isAnimated: boolean,
) {
  const terminal = stdout.isTTY === true;
  const onStdout = {
    style: await styleFor(colorLevels.stdout),
    width: widthOf(stdout),
    terminal,
    animated: terminal && isAnimated,
  };
  const inFile = { style: noColours, width: Number.POSITIVE_INFINITY, terminal: false, animated: false };
  const reports = targets.flatMap(({ format, file }) => (file !== undefined && hasAllResults(format) ? [file] : []));
  return targets
    .toSorted((a, b) => Number(a.file !== undefined) - Number(b.file !== undefined))
    .flatMap(({ format, file }) => {
      const open: ((options: OutputOptions) => Output) | undefined = formats[format].open;
      const output = open?.({
        ...{ command, isDryRun, spell, htmlUrl, treePath, verbose, full, now },
        reports: htmlUrl === undefined ? reports : [htmlUrl],
        ...(file === undefined ? onStdout : inFile),
      });
      /** Rendered content is for programs, unless it is on a terminal. */
      const shown = (text: string): string =>
        command === 'render' && format === 'text' && (file !== undefined || !terminal)
          ? text
          : streamText(text, { isColored: file === undefined && colorLevels.stdout > 0 });
      return output === undefined ? [] : [{ ...output, shown, format, file, text: '' }];
    });
}

/** Whether nothing is left out, however large the fleet is. */
function hasAllResults(format: Format): boolean {
  return format === 'html' || format === 'json' || format === 'jsonl';
}

/** A file of text has what the terminal shows on stderr beside it. Rendered content is for programs. */
function hasProblems(output: { readonly format: Format; readonly file: string | undefined }, command: string): boolean {
  return output.format === 'text' && output.file !== undefined && command !== 'render';
}

/** A terminal that does not report its width gets 80 columns. What is piped or written to a file is never cut. */
function widthOf(stream: Stream): number {
  return stream.isTTY === true ? stream.columns || 80 : Number.POSITIVE_INFINITY;
}
