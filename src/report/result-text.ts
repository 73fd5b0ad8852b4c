// What a command came to, as people read it: the part that goes to stdout.
import type { AddressStatus } from '../core/assess/address-status.ts';
import type { Event, StepResult } from '../core/events/event.ts';
import type { Report } from '../core/events/report.ts';
import { wasApplied } from '../core/events/report.ts';
import { formatAddress } from '../core/model/address.ts';
import { isInFlight } from '../core/model/resource.ts';
import type { Plan } from '../core/plan/plan.ts';
import type { Operation } from '../core/plan/step.ts';
import type { ExplainedValue } from '../core/render/explain.ts';
import { count, duration, number, padded, type Style, widthOf, wrapped } from './style.ts';
import type { TimeSpent } from './time-spent.ts';
import { visible, visibleLines } from './visible.ts';

const mostListed = 20;

/** The end of a sync or a cleanup. */
export function outcomeText(
  report: Report,
  about: { readonly style: Style; readonly width: number; readonly time: TimeSpent; readonly verbose: boolean },
): string {
  const { plan, results } = report;
  if (plan === undefined || plan.steps.length === 0) return '';
  const { style, verbose } = about;
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const lines: string[] = [''];
  const failed = results.filter((result) => result.status === 'failed');
  const leftRunning = results.filter(isLeftRunning);
  const skipped = results.filter((result) => result.status === 'skipped' && !isLeftRunning(result));
  for (const result of failed.slice(0, verbose ? undefined : mostListed)) {
    const step = steps.get(result.step);
    const where = step?.accountRegion === undefined ? '' : ` in ${step.accountRegion}`;
    lines.push(`${style.error('failed')}   ${visible(step?.address ?? '')}${where}  ${step?.operation}`);
  }
  if (failed.length > mostListed && !verbose)
    lines.push(`… and ${number(failed.length - mostListed)} more failed; -o json has them all`);
  const causes = [
    ...groupedBy(skipped, (result) => (result.status === 'skipped' ? `${result.blockedBy}\n${result.note ?? ''}` : '')),
  ];
  for (const [cause, ids] of causes.slice(0, verbose ? undefined : mostListed)) {
    const addresses = [...new Set(ids.map((result) => steps.get(result.step)?.address ?? ''))];
    const some = addresses.slice(0, 5).map(visible).join(', ');
    const [blockedBy = ''] = cause.split('\n');
    const note = ids[0]?.status === 'skipped' && ids[0].note !== undefined ? ` (${visible(ids[0].note)})` : '';
    lines.push(
      `${style.warning('skipped')}  ${count(ids.length, 'step')} because of ${reasonText(blockedBy)}${note}: ${some}${addresses.length > 5 ? ', …' : ''}`,
    );
  }
  if (causes.length > mostListed && !verbose) {
    const others = causes.slice(mostListed);
    const steps = others.reduce((sum, [, ids]) => sum + ids.length, 0);
    lines.push(
      `… and ${count(steps, 'more step')} skipped because of ${count(others.length, 'other')}; -o json has them all`,
    );
  }
  const done = doneText(plan, report);
  const rest = [
    failed.length === 0 ? undefined : `${number(failed.length)} failed`,
    leftRunning.length === 0 ? undefined : `${count(leftRunning.length, 'deployment')} left running`,
    skipped.length === 0 ? undefined : `${number(skipped.length)} skipped`,
  ].filter((part) => part !== undefined);
  const summary = [done === '' ? 'Nothing done' : `Done: ${done}`, ...rest].join(', ');
  lines.push(style.strong(`${summary}. It took ${duration(about.time.ms)}.`));
  const spent = about.time.line();
  if (spent !== '') lines.push(style.faint(spent));
  return `${wrapped(lines.join('\n'), about.width)}\n`;
}

function reasonText(blockedBy: string): string {
  switch (blockedBy) {
    case 'interrupted':
      return 'the interrupt';
    case 'timeout':
      return '--timeout';
    case 'fail-fast':
      return 'the first failure (--fail-fast)';
    default:
      return `"${visible(blockedBy)}"`;
  }
}

function groupedBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

const doneNouns: readonly (readonly [Operation, string, string, string?])[] = [
  ['CreateApplication', 'application', 'created'],
  ['CreateEnvironment', 'environment', 'created'],
  ['CreateConfigurationProfile', 'profile', 'created'],
  ['CreateDeploymentStrategy', 'deployment strategy', 'created', 'deployment strategies'],
  ['UpdateDeploymentStrategy', 'deployment strategy', 'updated', 'deployment strategies'],
  ['UpdateEnvironment', 'environment', 'updated'],
  ['TagResource', 'resource', 'tagged'],
  ['UpdateApplication', 'application', 'described as ours'],
  ['CreateHostedConfigurationVersion', 'version', 'created'],
  ['StopDeployment', 'deployment', 'stopped'],
  ['AwaitDeployment', 'running deployment', 'complete'],
  ['StartDeployment', 'deployment', 'complete'],
  ['DeleteEnvironment', 'environment', 'deleted'],
  ['DeleteHostedConfigurationVersion', 'version', 'deleted'],
  ['DeleteConfigurationProfile', 'profile', 'deleted'],
  ['DeleteApplication', 'application', 'deleted'],
  ['DeleteDeploymentStrategy', 'deployment strategy', 'deleted', 'deployment strategies'],
];

function doneText(plan: Plan, report: Report): string {
  const succeeded = new Map(
    report.results.flatMap((result) => (result.status === 'succeeded' ? [[result.step, result] as const] : [])),
  );
  return doneNouns
    .flatMap(([operation, noun, what, plural]) => {
      const results = plan.steps
        .filter((step) => step.operation === operation)
        .map((step) => succeeded.get(step.id))
        .filter((result) => result !== undefined);
      const started = results.filter(({ running, unchanged }) => running !== undefined && unchanged !== true).length;
      const left = results.filter(({ running, unchanged }) => running !== undefined && unchanged === true).length;
      const there = results.filter(({ running, unchanged }) => running === undefined && unchanged === true).length;
      const parts = [
        [
          results.length - started - left - there,
          operation === 'StopDeployment' && plan.kind === 'rollback' ? 'taken back' : what,
        ],
        [started, 'started'],
        [left, 'left running'],
        [there, 'already there'],
      ] as const;
      return parts.flatMap(([many, how]) => (many === 0 ? [] : [`${count(many, noun, plural)} ${how}`]));
    })
    .join(', ');
}

/** What is in flight, and how to go on. */
export function interruptedText(report: Report): string {
  const how = 'To go on: run the same command again; it continues from what AppConfig has.';
  if (report.plan === undefined || !wasApplied(report)) return `Interrupted (${report.interruptedBy}).\n${how}\n`;
  const addresses = new Map(report.plan.steps.map((step) => [step.id, step.address]));
  const running = report.results.filter(isLeftRunning).map((result) => addresses.get(result.step) ?? result.step);
  const flight =
    running.length === 0
      ? 'No deployment is running.'
      : `${count(running.length, 'deployment goes', 'deployments go')} on in AppConfig: ${running.slice(0, 10).map(visible).join(', ')}${running.length > 10 ? ', …' : ''}`;
  return `Interrupted (${report.interruptedBy}). ${flight}\n${how}\n`;
}

/** A deployment that this run has started or followed, and that goes on without it. */
function isLeftRunning(result: StepResult): boolean {
  return result.status === 'skipped' && result.running !== undefined;
}

/** The table of a status; or, of what is watched, a line for each change, where no rows move. */
export class WatchedStatus {
  readonly #options: { readonly style: Style; readonly width: number; readonly animated: boolean };
  readonly #addresses = new Map<string, AddressStatus>();
  readonly #states = new Map<string, string>();
  #watched = false;

  constructor(options: { readonly style: Style; readonly width: number; readonly animated: boolean }) {
    this.#options = options;
  }

  /** What is to be shown at once. */
  handle(event: Extract<Event, { type: 'status-read' | 'status-changed' | 'deployment-watched' }>): string {
    const { animated } = this.#options;
    switch (event.type) {
      case 'status-read':
        this.#watched = event.watched > 0;
        for (const status of event.addresses) this.#addresses.set(status.address, status);
        return animated && this.#watched
          ? ''
          : `${statusText(event.addresses, this.#options)}${this.#watched ? '\n' : ''}`;
      case 'status-changed':
        this.#addresses.set(event.status.address, event.status);
        return animated || event.status.state === 'deploying' ? '' : `${statusLine(event.status)}\n`;
      case 'deployment-watched': {
        const { address, state, deploymentNumber } = event;
        const said = `${state.toLowerCase().replace('_', ' ')}, deployment ${deploymentNumber}`;
        if (animated || !isInFlight(state) || this.#states.get(address) === said) return '';
        this.#states.set(address, said);
        return `${visible(address)}  ${said}\n`;
      }
      default:
        return event satisfies never;
    }
  }

  end(): string {
    if (!this.#watched) return '';
    const addresses = [...this.#addresses.values()];
    return this.#options.animated
      ? statusText(addresses, this.#options)
      : `\n${this.#options.style.strong(statusCounts(addresses))}\n`;
  }
}

/** What became of an address, in a line. */
export function statusLine({ address, state, versionNumber }: AddressStatus): string {
  return `${visible(address)}  ${state}${versionNumber === undefined ? '' : `, version ${versionNumber}`}`;
}

/** `3 addresses: 2 synced, 1 missing`. */
export function statusCounts(addresses: readonly Pick<AddressStatus, 'state'>[]): string {
  const counts = [...groupedBy(addresses, (status) => status.state)].map(
    ([state, group]) => `${number(group.length)} ${state}`,
  );
  return `${count(addresses.length, 'address', 'addresses')}: ${counts.join(', ')}`;
}

function statusText(
  addresses: readonly AddressStatus[],
  options: { readonly style: Style; readonly width: number },
): string {
  const { style, width } = options;
  if (addresses.length === 0) return 'No addresses.\n';
  const places = addresses.some(({ accountRegion: place }) => place !== undefined);
  const table = [
    ['address', 'state', 'version', 'since', 'commit', ...(places ? ['place'] : [])],
    ...addresses.map((status) => [
      visible(status.address),
      status.state,
      status.versionNumber === undefined ? '-' : String(status.versionNumber),
      status.since === undefined ? '-' : `${status.since.slice(0, 16).replace('T', ' ')}Z`,
      status.commit === undefined ? '-' : `${visible(status.commit.slice(0, 10))}${status.dirty ? '+' : ''}`,
      ...(places ? [status.accountRegion ?? '-'] : []),
    ]),
  ];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => widthOf(row[column] ?? ''))));
  const columns = columnsThatFit(widths, width);
  const lines = table.map((row, index) => {
    const text = columns
      .map((column) => padded(row[column] ?? '', widths[column] ?? 0))
      .join('  ')
      .trimEnd();
    return coloured(text, addresses[index - 1]?.state, style);
  });
  return `${lines.join('\n')}\n\n${style.strong(statusCounts(addresses))}\n`;
}

/** On a narrow terminal the last columns are left out; address and state always stay. */
function columnsThatFit(widths: readonly number[], width: number): readonly number[] {
  let used = (widths[0] ?? 0) + 2 + (widths[1] ?? 0);
  const columns = [0, 1];
  for (let column = 2; column < widths.length; column += 1) {
    used += 2 + (widths[column] ?? 0);
    if (used > width) break;
    columns.push(column);
  }
  return columns;
}

function coloured(text: string, state: AddressStatus['state'] | undefined, style: Style): string {
  switch (state) {
    case undefined:
      return style.faint(text);
    case 'synced':
      return text;
    case 'rolled-back':
    case 'missing':
    case 'unknown':
      return style.removed(text);
    case 'out-of-sync':
    case 'deploying':
      return style.changed(text);
    default:
      return state satisfies never;
  }
}

export function explainText(
  values: readonly ExplainedValue[],
  options: { readonly style: Style; readonly width: number },
): string {
  const { style, width } = options;
  const rows = values.map((value) => ({
    value,
    path: value.path === '' ? '(the whole content)' : visible(value.path),
    shown: value.value === undefined ? 'deleted' : visible(value.value),
    source: visible(value.source),
    note: value.note === undefined || value.note === 'deleted' ? '' : `  (${value.note})`,
  }));
  const pathWidth = Math.max(...rows.map((row) => widthOf(row.path)));
  const valueWidth = Math.max(
    ...rows.map((row) => widthOf(row.shown)).filter((columns) => columns <= longestAligned),
    0,
  );
  const lines = rows.flatMap(({ value, path, shown, source, note }) => {
    const text = value.value === undefined ? style.removed(shown) : shown;
    const where = style.faint(`${source}${note}`);
    const filler = ' '.repeat(Math.max(0, valueWidth - widthOf(shown)));
    const needed = pathWidth + 3 + Math.max(valueWidth, widthOf(shown)) + 2 + widthOf(source) + widthOf(note);
    return [
      ...(needed <= width
        ? [`${padded(path, pathWidth)}   ${text}${filler}  ${where}`]
        : [`${path}   ${text}`, `    set by ${where}`]),
      ...value.overrode.map((over) => style.faint(`    overrode ${visible(over.value)}  ${visible(over.source)}`)),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/** Values up to this width are given a common one. */
const longestAligned = 40;

type ContentRendered = Extract<Event, { type: 'content-rendered' }>;

/** Contents as they come: one as it is, several with a line before each that names its address. Made harmless for a terminal. */
export class RenderedContents {
  readonly #terminal: boolean;
  /** Whether it is the only one, the second tells. */
  #first: ContentRendered | undefined;
  #several = false;

  constructor(options: { readonly terminal: boolean }) {
    this.#terminal = options.terminal;
  }

  /** What is to be shown at once. */
  add(event: ContentRendered): string {
    if (this.#several) return `\n${this.#titled(event)}`;
    if (this.#first === undefined) {
      this.#first = event;
      return '';
    }
    this.#several = true;
    return `${this.#titled(this.#first)}\n${this.#titled(event)}`;
  }

  end(): string {
    return this.#several || this.#first === undefined ? '' : this.#textOf(this.#first);
  }

  #titled(event: ContentRendered): string {
    return `# ${visible(formatAddress(event.address))}\n${this.#textOf(event)}`;
  }

  #textOf({ content }: ContentRendered): string {
    return this.#terminal ? visibleLines(content.text) : content.text;
  }
}
