// What is live at each address: a table, and with --watch a line for each change.

import { countBy } from 'es-toolkit/array/countBy';
import type { AddressStatus } from '../../core/assess/address-status.ts';
import type { EventOf } from '../../core/events/event-handlers.ts';
import { formatAddress } from '../../core/model/address.ts';
import { isInFlight } from '../../core/model/resource.ts';
import { addressText, areInSeveral } from '../style/address-text.ts';
import { alignedRows, fittingColumns } from '../style/aligned-rows.ts';
import { count, number, utcTime } from '../style/quantities.ts';
import { addressStateTones, deploymentStates } from '../style/state-words.ts';
import type { TextOptions } from '../style/text-options.ts';
import { commitText } from './history.ts';

export type StatusOptions = Omit<TextOptions, 'verbose'> & {
  /** Live rows show what changes. */
  readonly animated: boolean;
};

/** Each method returns what is printed at once. */
export class StatusOutput {
  readonly #options: StatusOptions;
  readonly #addresses = new Map<string, AddressStatus>();
  readonly #latest = new Map<string, string>();
  #isWatching = false;

  constructor(options: StatusOptions) {
    this.#options = options;
  }

  read({ addresses, environmentsInFlight }: EventOf<'status-read'>): string {
    this.#isWatching = environmentsInFlight > 0;
    for (const status of addresses) this.#addresses.set(formatAddress(status.address), status);
    if (this.#options.animated && this.#isWatching) return '';
    return `${statusText(addresses, this.#options)}${this.#isWatching ? '\n' : ''}`;
  }

  changed({ status }: EventOf<'status-changed'>): string {
    this.#addresses.set(formatAddress(status.address), status);
    return this.#options.animated || status.state === 'deploying' ? '' : `${statusLine(status)}\n`;
  }

  deploymentSeen(event: EventOf<'deployment-polled'>): string {
    const { address, state, deploymentNumber } = event;
    const text = `${deploymentStates[state].word}, deployment ${deploymentNumber}`;
    if (this.#options.animated || !isInFlight(state) || this.#latest.get(formatAddress(address)) === text) return '';
    this.#latest.set(formatAddress(address), text);
    return `${addressText(event.address)}  ${text}\n`;
  }

  end(): string {
    if (!this.#isWatching) return '';
    const addresses = [...this.#addresses.values()];
    return this.#options.animated
      ? statusText(addresses, this.#options)
      : `\n${this.#options.style.strong(statusCounts(addresses))}\n`;
  }
}

/** `acme/prod/Limits  synced, version 3`. */
export function statusLine(status: AddressStatus): string {
  const { state, versionNumber } = status;
  return `${addressText(status.address)}  ${state}${versionNumber === undefined ? '' : `, version ${versionNumber}`}`;
}

/** `3 addresses: 2 synced, 1 missing`. */
export function statusCounts(addresses: readonly Pick<AddressStatus, 'state'>[]): string {
  const counts = Object.entries(countBy(addresses, ({ state }) => state)).map(([state, n]) => `${number(n)} ${state}`);
  return `${count(addresses.length, 'address', 'addresses')}: ${counts.join(', ')}`;
}

/** On a narrow terminal the last columns are left out. */
function statusText(addresses: readonly AddressStatus[], { style, width }: StatusOptions): string {
  if (addresses.length === 0) return 'No addresses.\n';
  const hasAccountRegions = areInSeveral(addresses);
  const table = [
    ['address', 'state', 'version', 'since', 'commit', ...(hasAccountRegions ? ['account/Region'] : [])],
    ...addresses.map((status) => [
      addressText(status.address),
      status.state,
      status.versionNumber === undefined ? '-' : String(status.versionNumber),
      status.since === undefined ? '-' : utcTime(status.since),
      commitText(status),
      ...(hasAccountRegions ? [status.accountRegion] : []),
    ]),
  ];
  const [header = '', ...rows] = alignedRows(fittingColumns(table, { width, always: 2 }));
  const lines = addresses.map(({ state }, index) => style[addressStateTones[state]](rows[index] ?? ''));
  return `${[style.faint(header), ...lines].join('\n')}\n\n${style.strong(statusCounts(addresses))}\n`;
}
