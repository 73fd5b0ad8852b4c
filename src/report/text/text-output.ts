// The text form of a command's result, as its events come.
import type { Event } from '../../core/events/event.ts';
import { type EventHandlers, type EventOf, handleEvent, ignored } from '../../core/events/event-handlers.ts';
import type { Report } from '../../core/events/report.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { count } from '../../core/problem/quantity.ts';
import { prunedSection } from '../plan/other-sections.ts';
import { planText } from '../plan/plan-text.ts';
import { checksText } from '../results/checks.ts';
import { explainedText } from '../results/explained.ts';
import { filesChangedText } from '../results/files-changed.ts';
import { historyText } from '../results/history.ts';
import { importedText } from '../results/imported.ts';
import { jobsText } from '../results/jobs.ts';
import { pipelineText } from '../results/pipeline.ts';
import { RenderedContents } from '../results/rendered.ts';
import { serverStartedText } from '../results/server-started.ts';
import { tidiedText } from '../results/tidied.ts';
import { addressText } from '../style/address-text.ts';
import { visible } from '../style/escape.ts';
import type { TextOptions } from '../style/text-options.ts';
import { outcomeText } from './outcome.ts';
import { scheduleText } from './schedule.ts';
import { StatusOutput } from './status.ts';
import { TimeSpent } from './time-spent.ts';

export interface TextOutputOptions extends TextOptions {
  /** Control characters in rendered content are escaped. */
  readonly terminal: boolean;
  /** Live rows show what changes. */
  readonly animated: boolean;
  /** Spells the commands that hints propose. */
  readonly spell: SpellCommand;
  /** Milliseconds since 1970 by this machine's clock. */
  readonly now: () => number;
  /** Undefined of a command that has no dry run. */
  readonly isDryRun?: boolean | undefined;
}

export class TextOutput {
  readonly #options: TextOutputOptions;
  readonly #contents: RenderedContents;
  readonly #status: StatusOutput;
  readonly #time: TimeSpent;

  readonly #handlers: EventHandlers<string | undefined> = {
    'plan-made': ({ plan, review }) => planText(plan, review, this.#options),
    'prune-planned': ({ plan }) => prunedSection(plan, this.#options).join('\n'),
    'schedule-made': (event) => scheduleText(event, this.#options),
    'tree-validated': ({ tenants, environments, addresses }) =>
      `${count(tenants, 'tenant')}, ${count(environments, 'environment')}, ${count(addresses, 'address', 'addresses')}: valid\n`,
    'tree-tidied': tidiedText,
    'content-rendered': (event) => this.#contents.add(event),
    'files-written': ({ files, directory }) => `${count(files, 'file')} written to ${visible(directory)}\n`,
    'files-changed': (event) => filesChangedText(event, this.#options),
    'configuration-explained': ({ values }) => explainedText(values, this.#options),
    'configuration-pulled': pulledText,
    'tree-imported': (event) => importedText(event, this.#options),
    'pipeline-generated': pipelineText,
    'jobs-read': jobsText,
    'checks-made': (event) => checksText(event, { ...this.#options, showsAll: this.#options.verbose }),
    'history-read': ({ histories }) => historyText(histories, this.#options),
    'status-read': (event) => this.#status.read(event),
    'status-changed': (event) => this.#status.changed(event),
    'deployment-polled': (event) => this.#status.deploymentSeen(event),
    'server-started': (event) => serverStartedText(event, this.#options.style),
    ...ignored('change-explained', 'file-written', 'run-started', 'phase-started', 'reading-progressed'),
    ...ignored('call-throttled', 'problem-found', 'interrupted', 'note-kept'),
    ...ignored('step-started', 'deployment-progressed', 'step-finished', 'wave-begun', 'wave-soaking', 'wave-changed'),
  };

  constructor(options: TextOutputOptions) {
    this.#options = options;
    this.#contents = new RenderedContents(options.terminal);
    this.#status = new StatusOutput(options);
    this.#time = new TimeSpent(options.now);
  }

  /** @returns what is printed at once */
  handle(event: Event): string {
    this.#time.handle(event);
    return handleEvent(this.#handlers, event) ?? '';
  }

  /** Whether the result shows the problem. */
  shows(problem: Problem): boolean {
    return this.#status.shows(problem);
  }

  /** @param failed the exit code is neither success nor "differences" */
  end(report: Report, failed: boolean): string {
    const { isDryRun } = this.#options;
    const outcome = outcomeText(report, { failed, time: this.#time, isDryRun }, this.#options);
    return this.#contents.end() + this.#status.end(report) + outcome;
  }
}

function pulledText({ address, file, isWritten }: EventOf<'configuration-pulled'>): string {
  const how =
    file === undefined
      ? 'the tree has the live content'
      : `${isWritten ? 'written to' : 'to write to'} ${visible(file)}`;
  return `${addressText(address)}  ${how}\n`;
}
