// What is live at each address: how many are in each state, then what is not synced; with --watch a line for each change.

import { countBy } from 'es-toolkit/array/countBy';
import type { AddressState, AddressStatus } from '../../core/assess/address-status.ts';
import type { EventOf } from '../../core/events/event-handlers.ts';
import { formatAddress } from '../../core/model/address.ts';
import { isInFlight } from '../../core/model/resource.ts';
import type { Hint, SpellCommand } from '../../core/problem/hint.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { count, number } from '../../core/problem/quantity.ts';
import { commitText } from '../results/history.ts';
import { addressText, areInSeveral } from '../style/address-text.ts';
import { alignedRows, fittingColumns } from '../style/aligned-rows.ts';
import { cut, padded, widthOf, wrapped } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import { namedRows } from '../style/named-rows.ts';
import { utcTime } from '../style/quantities.ts';
import { firstOf } from '../style/shortened.ts';
import { addressStateTones, deploymentStates } from '../style/state-words.ts';
import type { TextOptions } from '../style/text-options.ts';
import { hintText } from '../view/problem-parts.ts';
import { occurringStates, type StatusCause, statusCauses, statusTotals } from '../view/status-view.ts';

export type StatusTextOptions = TextOptions & {
  readonly spell: SpellCommand;
  /** What changes follows, in rows that are redrawn or in lines. */
  readonly isFollowed?: boolean;
};

export type StatusOptions = StatusTextOptions & {
  /** Live rows show what changes. */
  readonly animated: boolean;
};

/** What `status` has found. */
export interface FoundStatuses {
  readonly addresses: readonly AddressStatus[];
  /** In the order of reports. */
  readonly environments: readonly string[];
}

/** Each method returns what is printed at once. */
export class StatusOutput {
  readonly #options: StatusOptions;
  readonly #shownProblems = new Set<string>();
  readonly #latest = new Map<string, string>();
  #failOn: readonly AddressState[] = [];
  #isFollowed = false;
  /** Changes were printed after the first board. */
  #hasLines = false;

  constructor(options: StatusOptions) {
    this.#options = options;
  }

  read({ addresses, environments, isFollowed, failOn = [] }: EventOf<'status-read'>): string {
    this.#isFollowed = isFollowed;
    this.#failOn = failOn;
    for (const status of addresses) this.#add(status);
    if (this.#options.animated && isFollowed) return '';
    return statusText({ addresses, environments }, { ...this.#options, isFollowed });
  }

  changed({ status }: EventOf<'status-changed'>): string {
    this.#add(status);
    return this.#options.animated || status.state === 'deploying' ? '' : this.#line(statusLine(status));
  }

  deploymentSeen(event: EventOf<'deployment-polled'>): string {
    const { address, state, deploymentNumber } = event;
    const text = `${deploymentStates[state].word}, deployment ${deploymentNumber}`;
    if (this.#options.animated || !isInFlight(state) || this.#latest.get(formatAddress(address)) === text) return '';
    this.#latest.set(formatAddress(address), text);
    return this.#line(`${addressText(event.address)}  ${text}`);
  }

  /** An empty line between the first board and the changes. */
  #line(text: string): string {
    const separator = this.#hasLines ? '' : '\n';
    this.#hasLines = true;
    return `${separator}${text}\n`;
  }

  /** Whether the result shows the problem. */
  shows({ code, message }: Problem): boolean {
    return this.#shownProblems.has(`${code} ${message}`);
  }

  end(found: FoundStatuses): string {
    const isShown = this.#isFollowed && (this.#options.animated || this.#hasLines);
    const separator = this.#hasLines ? '\n' : '';
    return (isShown ? separator + statusText(found, this.#options) : '') + this.#failure(found.addresses);
  }

  #add(status: AddressStatus): void {
    const { problem } = status;
    if (problem !== undefined) this.#shownProblems.add(`${problem.code} ${problem.message}`);
  }

  #failure(addresses: readonly AddressStatus[]): string {
    const failing = addresses.filter(({ state }) => this.#failOn.includes(state));
    if (failing.length === 0) return '';
    const { style, width } = this.#options;
    return `${style.error(wrapped(`Failed: ${countsText(failing)} (--fail-on).`, width))}\n`;
  }
}

/** `acme/prod/Limits  synced, version 3`. */
function statusLine(status: AddressStatus): string {
  const { state, versionNumber, problem } = status;
  const version = versionNumber === undefined ? '' : `, version ${versionNumber}`;
  const reason = problem === undefined ? '' : `: ${visible(problem.message)}`;
  return `${addressText(status.address)}  ${state}${version}${reason}`;
}

export function statusText(found: FoundStatuses, options: StatusTextOptions): string {
  const { style, width } = options;
  const { addresses } = found;
  const board = addresses.length === 0 ? [] : [...boardLines(found, options), ''];
  const summary = style.strong(wrapped(summaryText(addresses), width));
  return `${[...board, ...causeLines(addresses, options), summary].join('\n')}\n`;
}

/** `All 1,500 addresses are synced.` */
export function summaryText(addresses: readonly AddressStatus[]): string {
  const off = addresses.filter(({ state }) => state !== 'synced');
  if (addresses.length === 0) return 'No addresses.';
  if (off.length === 0)
    return addresses.length === 1 ? 'The address is synced.' : `All ${ofAll(addresses)} are synced.`;
  const verb = off.length === 1 ? 'is' : 'are';
  return `${number(off.length)} of ${ofAll(addresses)} ${verb} not synced: ${countsText(off)}.`;
}

function ofAll(addresses: readonly AddressStatus[]): string {
  return count(addresses.length, 'address', 'addresses');
}

/** `1 drifted, 12 out-of-sync`. */
function countsText(addresses: readonly AddressStatus[]): string {
  const counts = countBy(addresses, ({ state }) => state);
  return occurringStates(addresses)
    .map((state) => `${number(counts[state] ?? 0)} ${state}`)
    .join(', ');
}

/** Environments that have a row of their own without -v. */
const mostEnvironments = 20;

/** Environment × state. On a terminal that is too narrow for the columns, a line for each environment names its states. */
export function boardLines(
  { addresses, environments }: FoundStatuses,
  { style, width, verbose }: TextOptions,
  mostRows = mostEnvironments,
): readonly string[] {
  const states = occurringStates(addresses);
  const counts = new Map(
    statusTotals(addresses, environments).map((total) => [`${total.state} ${total.environment}`, total.addresses]),
  );
  const isOff = (environment: string) =>
    states.some((state) => state !== 'synced' && counts.has(`${state} ${environment}`));
  const { shown, more } = shownEnvironments(environments, isOff, verbose ? environments.length : mostRows);
  const rows = shown.map((environment) => ({
    environment,
    cells: states.map((state) => ({ state, addresses: counts.get(`${state} ${environment}`) ?? 0 })),
  }));
  const nameWidth = rows.reduce((most, { environment }) => Math.max(most, widthOf(visible(environment))), 11);
  const widths = states.map((state, index) =>
    rows.reduce((most, { cells }) => Math.max(most, number(cells[index]?.addresses ?? 0).length), state.length),
  );
  const boardWidth = widths.reduce((sum, each) => sum + 2 + each, nameWidth);
  if (boardWidth > width) {
    const named = rows.map(({ environment, cells }) => ({
      name: visible(environment),
      text: cells
        .filter((cell) => cell.addresses > 0)
        .map((cell) => `${number(cell.addresses)} ${cell.state}`)
        .join(', '),
    }));
    return [...namedRows(named, width), ...more];
  }
  const header = [
    padded('environment', nameWidth),
    ...states.map((state, index) => state.padStart(widths[index] ?? 0)),
  ];
  return [
    style.faint(header.join('  ')),
    ...rows.map(({ environment, cells }) =>
      [
        padded(visible(environment), nameWidth),
        ...cells.map((cell, index) => {
          const text = (cell.addresses === 0 ? '-' : number(cell.addresses)).padStart(widths[index] ?? 0);
          return cell.addresses === 0 ? style.faint(text) : style[addressStateTones[cell.state]](text);
        }),
      ].join('  '),
    ),
    ...more,
  ];
}

/** Of many environments those in which something is not synced come first, and the rest is counted. */
function shownEnvironments(
  environments: readonly string[],
  isOff: (environment: string) => boolean,
  most: number,
): { readonly shown: readonly string[]; readonly more: readonly string[] } {
  if (environments.length <= most) return { shown: environments, more: [] };
  const first = new Set(
    [...environments.filter(isOff), ...environments.filter((each) => !isOff(each))].slice(0, Math.max(1, most - 1)),
  );
  const shown = environments.filter((environment) => first.has(environment));
  const hidden = environments.filter((environment) => !first.has(environment));
  const off = hidden.filter(isOff).length;
  const what = off === 0 ? 'all synced' : `${number(off)} of them not synced`;
  return { shown, more: [`… and ${count(hidden.length, 'more environment')}, ${what}`] };
}

/** Causes that are shown without -v. */
const mostCauses = 20;
/** Without -v, all addresses of a cause are shown if they are so few, else the first three. */
const fewAddresses = 5;
const firstAddresses = 3;

function causeLines(addresses: readonly AddressStatus[], options: StatusTextOptions): readonly string[] {
  const { verbose } = options;
  const causes = statusCauses(addresses);
  const hasAccountRegions = areInSeveral(addresses);
  const { shown, more } = firstOf(causes, verbose ? causes.length : mostCauses, 'cause');
  const stateWidth = shown.reduce((most, { state }) => Math.max(most, state.length), 0);
  const synced = addresses.filter(({ state }) => state === 'synced');
  return [
    ...shown.flatMap((cause) => [...causeSection(cause, { ...options, stateWidth, hasAccountRegions }), '']),
    ...(more.length === 0 ? [] : [...more, '']),
    ...(verbose && synced.length > 0 ? ['synced', ...addressRows(synced, { ...options, hasAccountRegions }), ''] : []),
  ];
}

export interface RowOptions extends StatusTextOptions {
  readonly hasAccountRegions: boolean;
}

/** One cause: its reason, its addresses, and what to do. */
export function causeSection(
  cause: StatusCause,
  options: RowOptions & { readonly stateWidth: number },
): readonly string[] {
  const { style, width, verbose, stateWidth } = options;
  const { state, addresses, reason, hasOwnReasons } = cause;
  const hint = state === 'deploying' && options.isFollowed ? undefined : cause.hint;
  const most = verbose || addresses.length <= fewAddresses ? addresses.length : firstAddresses;
  const { shown, more } = firstOf(addresses, most);
  const indent = stateWidth + 2;
  const [first = '', ...rest] = wrapped(`${visible(reason)}${extentText(cause)}`, Math.max(20, width - indent)).split(
    '\n',
  );
  return [
    `${style[addressStateTones[state]](padded(state, stateWidth))}  ${first}`,
    ...rest.map((line) => `${' '.repeat(indent)}${line}`),
    ...(hasOwnReasons
      ? shown.flatMap((status) => [
          ...addressRows([status], options),
          ...(status.problem === undefined ? [] : [style.faint(cut(`    ${visible(status.problem.message)}`, width))]),
        ])
      : addressRows(shown, options)),
    ...more.map((line) => style.faint(cut(`  ${line}`, width))),
    ...(hint === undefined ? [] : hintLines(hint, options).map((line) => style.faint(line))),
  ];
}

/** A command that is too long is a line of its own, which the terminal breaks: so it can be copied. */
function hintLines(hint: Hint, { width, spell, isFollowed }: StatusTextOptions): readonly string[] {
  const whole = `  ${visible(hintText(hint, spell))}`;
  if (hint.command === undefined || widthOf(whole) <= width) return indented(whole.trim(), width);
  const command = `    ${visible(hintText({ text: '', command: hint.command }, spell).slice(2))}`;
  // Rows that are redrawn must not be broken by the terminal.
  return [...indented(`${visible(hint.text)}:`, width), isFollowed ? cut(command, width) : command];
}

function indented(text: string, width: number): readonly string[] {
  return wrapped(text, Math.max(20, width - 2))
    .split('\n')
    .map((line) => `  ${line}`);
}

/** `, in 300 addresses of 100 tenants`. */
export function extentText({ addresses }: StatusCause): string {
  if (addresses.length === 1) return '';
  const tenants = new Set(addresses.map(({ address }) => address.tenant)).size;
  const where = `, in ${count(addresses.length, 'address', 'addresses')}`;
  return tenants === 1 || tenants === addresses.length ? where : `${where} of ${count(tenants, 'tenant')}`;
}

/** On a narrow terminal the last columns are left out. */
function addressRows(addresses: readonly AddressStatus[], { width, hasAccountRegions }: RowOptions): readonly string[] {
  const table = addresses.map((status) => [
    addressText(status.address),
    status.since === undefined ? '' : `since ${utcTime(status.since)}`,
    status.commit === undefined ? '' : `commit ${commitText(status)}`,
    status.versionNumber === undefined ? '' : `version ${status.versionNumber}`,
    hasAccountRegions ? `in ${status.accountRegion}` : '',
    status.experiment === true ? 'in an experiment' : '',
  ]);
  // A column that no row has takes no room.
  const isUsed = (_: string, column: number) => table.some((row) => row[column] !== '');
  const rows = table.map((row) => row.filter(isUsed));
  return alignedRows(fittingColumns(rows, { width: width - 2, always: 1 })).map((row) => `  ${cut(row, width - 2)}`);
}
