// The output formats, one row each: which commands have it, and how a run is written in it.
import type { Event } from '../core/events/event.ts';
import type { Report } from '../core/events/report.ts';
import type { Problem } from '../core/problem/problem.ts';
import { codequalityDocument } from './documents/codequality.ts';
import { documentedEvents, documents, jsonDocument } from './documents/json.ts';
import { jsonLine } from './documents/jsonl.ts';
import { junitDocument } from './documents/junit.ts';
import { markdownDocument } from './documents/markdown.ts';
import { markdownStatus } from './documents/markdown-status.ts';
import { tfplanDocument } from './documents/tfplan.ts';
import { TextOutput, type TextOutputOptions } from './text/text-output.ts';

/** One output of one run. */
export interface Output {
  /** @returns what is written at once */
  handle(event: Event): string;
  /** @returns what is written at the end */
  end(report: Report, exitCode: number): string | Promise<string>;
  /** Whether it shows the problem: then stderr need not repeat it. */
  shows?(problem: Problem): boolean;
}

export interface OutputOptions extends TextOutputOptions {
  readonly command: string;
  /** Undefined of a command that has no dry run. */
  readonly isDryRun: boolean | undefined;
  /** Where the tree is in its repository, with `/`; known when the run has begun. */
  readonly treePath: () => string;
  /** Where the HTML page of the same run is. */
  readonly htmlUrl: string | undefined;
}

interface FormatRow {
  readonly commands: readonly string[] | 'all';
  /** Undefined: it is sent to GitLab, neither printed nor written (publish/publish-note). */
  readonly open: ((options: OutputOptions) => Output) | undefined;
}

const planned = ['diff', 'sync', 'cleanup', 'rollback', 'ci summary'] as const;

export const formats = {
  text: {
    commands: 'all',
    open: (options) => {
      const text = new TextOutput(options);
      return {
        handle: (event) => text.handle(event),
        shows: (problem) => text.shows(problem),
        // 2 stands for differences.
        end: (report, exitCode) => text.end(report, exitCode !== 0 && exitCode !== 2),
      };
    },
  },
  json: {
    commands: Object.keys(documents),
    open: (run) => documentOutput((report, events) => jsonDocument(run, report, events), documentedEvents),
  },
  jsonl: { commands: 'all', open: ({ spell }) => ({ handle: (event) => jsonLine(event, spell), end: () => '' }) },
  markdown: {
    commands: [...planned, 'status', 'history'],
    open: (options) =>
      options.command === 'status'
        ? documentOutput((report) => markdownStatus(report, options.spell))
        : documentOutput((report, events) => markdownDocument(report, events, options), ['history-read']),
  },
  html: {
    commands: [...planned, 'status'],
    open: pageOutput,
  },
  junit: {
    commands: [...planned, 'status', 'validate'],
    open: ({ command, spell }) => documentOutput((report) => junitDocument(command, report, spell)),
  },
  codequality: {
    commands: ['validate', 'diff'],
    open: ({ spell, treePath }) =>
      documentOutput((report) => codequalityDocument(report, { spell, prefix: treePath() })),
  },
  tfplan: { commands: planned, open: () => documentOutput(tfplanDocument) },
  'gitlab-note': { commands: ['diff'], open: undefined },
} as const satisfies Record<string, FormatRow>;

export type Format = keyof typeof formats;

/** The formats of a command, in the order of the table. */
export function formatsOf(command: string): readonly Format[] {
  return Object.entries<FormatRow>(formats).flatMap(([format, { commands }]) =>
    commands === 'all' || commands.includes(command) ? [format as Format] : [],
  );
}

/** Whether a format is neither printed nor written. */
export function isSent(format: Format): boolean {
  return formats[format].open === undefined;
}

/** The page is long: it is loaded where it is asked for. */
function pageOutput({ command, spell, now }: Pick<OutputOptions, 'command' | 'spell' | 'now'>): Output {
  return documentOutput(
    async (report, events) => {
      const { pageDocument } = await import('./page/page-document.ts');
      return pageDocument({ command, report, events, spell, now: now() });
    },
    ['change-explained'],
  );
}

/** Written once, at the end, from the report and events of the kinds that it does not fold. */
function documentOutput(
  write: (report: Report, events: readonly Event[]) => string | Promise<string>,
  kinds: readonly Event['type'][] = [],
): Output {
  const events: Event[] = [];
  return {
    handle: (event) => {
      if (kinds.includes(event.type)) events.push(event);
      return '';
    },
    end: (report) => write(report, events),
  };
}
