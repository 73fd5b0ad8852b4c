// Events to what the user asked for: text, documents, files. stdout carries the result; stderr progress and problems.

import type { Event } from '../core/events/event.ts';
import { createReportFold, wasApplied } from '../core/events/report.ts';
import type { Plan } from '../core/plan/plan.ts';
import type { Problem } from '../core/problem/problem.ts';
import { summaryOf } from './counts.ts';
import { historyText } from './history-text.ts';
import { documentOf, eventLine, documentText as jsonText } from './json.ts';
import { junitOf } from './junit.ts';
import { markdownOf } from './markdown.ts';
import { planText } from './plan-text.ts';
import { ProblemPrinter } from './problems.ts';
import { LineProgress, LiveProgress, type Progress } from './progress.ts';
import { explainText, interruptedText, outcomeText, RenderedContents, WatchedStatus } from './result-text.ts';
import { scheduleText } from './schedule-text.ts';
import { type ColorLevel, count, type Style, styleFor, wrapped } from './style.ts';
import { TimeSpent } from './time-spent.ts';
import { visible } from './visible.ts';

export interface ReportersOptions {
  readonly targets: readonly { readonly format: Format; readonly file?: string }[];
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly colorLevels: { readonly stdout: ColorLevel; readonly stderr: ColorLevel };
  /** No animation. */
  readonly ci: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly command: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly writeFile: (file: string, text: string) => Promise<void>;
}

export type Format = 'text' | 'json' | 'jsonl' | 'markdown' | 'junit' | 'tfplan';

interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export interface Reporters {
  handle(event: Event): void;
  /** Writes what can only be written at the end. @throws when a file cannot be written. */
  end(exitCode: number): Promise<void>;
  /** Leaves the terminal as it should be left, and nothing more. */
  abandon(): void;
}

export async function createReporters(options: ReportersOptions): Promise<Reporters> {
  const { stdout, stderr, targets, command, quiet, verbose, now } = options;
  const style = await styleFor(options.colorLevels.stdout);
  const errorStyle = await styleFor(options.colorLevels.stderr);
  const progress = await openProgress(options, errorStyle);
  const problems = new ProblemPrinter({ style: errorStyle, verbose, quiet, write: (text) => progress.above(text) });
  const fold = createReportFold();
  const kept: Event[] = [];
  const time = new TimeSpent(now);
  const texts = targets.filter((target) => target.format === 'text');
  const lines = new Map(targets.filter((target) => target.format === 'jsonl').map((target) => [target, '']));
  const toStdout = texts.some((target) => target.file === undefined);
  const terminal = stdout.isTTY === true;
  const animated = terminal && stderr.isTTY === true && !options.ci && !quiet;
  const text = new TextResult({ command, style, width: widthOf(stdout), verbose, terminal, animated });
  const fileText = texts.every((target) => target.file === undefined)
    ? undefined
    : new TextResult({
        command,
        style: await styleFor(0),
        width: Number.POSITIVE_INFINITY,
        verbose,
        terminal: false,
        animated: false,
      });
  let filed = '';
  let places: ReadonlyMap<string, string> = new Map();

  return {
    handle: (event) => {
      fold.add(event);
      time.handle(event);
      if (isKept(event) && targets.some(({ format }) => format === 'json' || format === 'markdown')) kept.push(event);
      for (const [target, sofar] of lines) {
        if (target.file === undefined) {
          progress.makeRoom();
          stdout.write(eventLine(event));
        } else lines.set(target, sofar + eventLine(event));
      }
      const shown = toStdout ? text.handle(event) : '';
      if (shown !== '') {
        progress.makeRoom();
        stdout.write(shown);
      }
      if (fileText !== undefined) filed += fileText.handle(event);
      progress.handle(event);
      if (event.type === 'problem-found') problems.print(event.problem);
      if (event.type === 'plan-made') places = placesOf(event.plan);
      if (event.type === 'step-finished' && event.status === 'failed') {
        problems.print(inPlace(event.problem, places.get(event.step)));
      }
    },
    end: async () => {
      const report = fold.report();
      progress.end();
      problems.end();
      const closing = { report, time };
      if (toStdout) stdout.write(text.end(closing));
      if (fileText !== undefined) filed += fileText.end(closing);
      for (const target of targets) {
        const { format, file } = target;
        if (format === 'text') {
          if (file !== undefined) await options.writeFile(file, filed);
        } else if (format === 'jsonl') {
          if (file !== undefined) await options.writeFile(file, lines.get(target) ?? '');
        } else {
          const document = await documentText(format, { command, report, kept });
          if (file === undefined) stdout.write(document);
          else await options.writeFile(file, document);
        }
      }
      if (report.interruptedBy !== undefined && command !== 'emulator') {
        stderr.write(wrapped(interruptedText(report), widthOf(stderr)));
      }
    },
    abandon: () => progress.end(),
  };
}

/** By step: where it is done, in a plan of several places. */
function placesOf({ steps }: Plan): ReadonlyMap<string, string> {
  return new Map(steps.flatMap(({ id, accountRegion: place }) => (place === undefined ? [] : [[id, place]])));
}

function inPlace(problem: Problem, place: string | undefined): Problem {
  return place === undefined ? problem : { ...problem, source: `${problem.source ?? ''} in ${place}`.trim() };
}

/** Only a terminal has a width, 80 where it does not say; what is piped or written to a file is never cut. */
function widthOf(stream: Stream): number {
  return stream.isTTY === true ? stream.columns || 80 : Number.POSITIVE_INFINITY;
}

async function openProgress(options: ReportersOptions, style: Style): Promise<Progress> {
  const { stderr, verbose, now, quiet } = options;
  const write = (text: string) => {
    if (text !== '') stderr.write(text);
  };
  if (quiet) return { handle: () => {}, above: write, makeRoom: () => {}, end: () => {} };
  if (stderr.isTTY === true && !options.ci) {
    const { createLogUpdate } = await import('log-update');
    // The library asks for a stream, and uses what a terminal's one has: write, columns and rows.
    const logUpdate = createLogUpdate(stderr as unknown as NodeJS.WriteStream);
    return new LiveProgress({ style, write, verbose, now, terminal: stderr, logUpdate });
  }
  return new LineProgress({ style, write, verbose, now });
}

/** Events that documents need beside the fold. */
function isKept(event: Event): boolean {
  return (
    event.type === 'status-read' ||
    event.type === 'history-read' ||
    event.type === 'schedule-made' ||
    event.type === 'content-rendered' ||
    event.type === 'configuration-explained' ||
    event.type === 'tree-validated'
  );
}

async function documentText(
  format: Exclude<Format, 'text' | 'jsonl'>,
  about: {
    readonly command: string;
    readonly report: ReturnType<ReturnType<typeof createReportFold>['report']>;
    readonly kept: readonly Event[];
  },
): Promise<string> {
  const { command, report, kept } = about;
  switch (format) {
    case 'json':
      return jsonText(documentOf(command, report, kept));
    case 'markdown':
      return markdownOf(report, kept);
    case 'junit':
      return junitOf(command, report);
    case 'tfplan': {
      const summary = report.plan === undefined ? undefined : summaryOf(report.plan);
      return `${JSON.stringify({ create: summary?.create ?? 0, update: summary?.update ?? 0, delete: summary?.delete ?? 0 })}\n`;
    }
    default:
      return format satisfies never;
  }
}

interface TextResultOptions {
  readonly command: string;
  readonly style: Style;
  readonly width: number;
  readonly verbose: boolean;
  readonly terminal: boolean;
  /** Rows that move show what goes on. */
  readonly animated: boolean;
}

/** The text form of a command's result. */
class TextResult {
  readonly #options: TextResultOptions;
  readonly #contents: RenderedContents;
  readonly #watched: WatchedStatus;

  constructor(options: TextResultOptions) {
    this.#options = options;
    this.#contents = new RenderedContents(options);
    this.#watched = new WatchedStatus(options);
  }

  /** What is to be shown at once. */
  handle(event: Event): string {
    const { style, width, verbose } = this.#options;
    switch (event.type) {
      case 'plan-made':
        return planText(event.plan, { style, width, verbose });
      case 'schedule-made':
        return scheduleText(event.schedule, { style, width });
      case 'tree-validated':
        return `${count(event.tenants, 'tenant')}, ${count(event.environments, 'environment')}, ${count(event.configurations, 'configuration')}: valid\n`;
      case 'content-rendered':
        return this.#contents.add(event);
      case 'files-written':
        return `${count(event.files, 'file')} written to ${visible(event.directory)}\n`;
      case 'configuration-explained':
        return explainText(event.values, { style, width });
      case 'history-read':
        return historyText(event.histories, { style, width });
      case 'status-read':
      case 'status-changed':
      case 'deployment-watched':
        return this.#watched.handle(event);
      case 'server-started':
        return serverText(event, style);
      case 'deployment-progressed':
      case 'step-finished':
      case 'reading-progressed':
      case 'call-throttled':
      case 'run-started':
      case 'phase-started':
      case 'step-started':
      case 'problem-found':
      case 'wave-begun':
      case 'wave-soaking':
      case 'interrupted':
        return '';
      default:
        return event satisfies never;
    }
  }

  /** What can only be shown at the end. */
  end(about: {
    readonly report: ReturnType<ReturnType<typeof createReportFold>['report']>;
    readonly time: TimeSpent;
  }): string {
    const { command, style, width, verbose } = this.#options;
    let shown = this.#contents.end() + this.#watched.end();
    if ((command === 'sync' || command === 'cleanup' || command === 'rollback') && wasApplied(about.report)) {
      shown += outcomeText(about.report, { style, width, time: about.time, verbose });
    }
    return shown;
  }
}

function serverText(event: Extract<Event, { type: 'server-started' }>, style: Style): string {
  const exports = Object.entries(event.environment).map(([name, value]) => `export ${name}=${value}`);
  const hint = event.speed === 1 ? '\nIts clock runs as fast as ours; --speed 60 makes a minute a second.\n' : '';
  const agent = event.agentUrl === undefined ? '' : `The Agent's local path is at ${event.agentUrl}.\n`;
  return `${style.strong(`AppConfig at ${event.url}`)}, clock × ${event.speed}. ${agent}For your clients:\n\n${exports.join('\n')}\n${hint}`;
}
