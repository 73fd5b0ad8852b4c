// The live rows of `status --watch`: how many addresses are in each state, deployments in flight, and what else is not synced.

import { count } from '../../core/problem/quantity.ts';
import { areInSeveral } from '../style/address-text.ts';
import { cut } from '../style/columns.ts';
import { boardLines, causeSection, type FoundStatuses, type StatusTextOptions, summaryText } from '../text/status.ts';
import { statusCauses } from '../view/status-view.ts';

export interface StatusRoom extends Omit<StatusTextOptions, 'verbose' | 'isFollowed'> {
  /** Lines that fit on the screen. */
  readonly height: number;
}

/** Lines that the board of environments leaves at least to what is below it. */
const belowBoard = 8;

/**
 * As many lines as fit on the screen.
 * @param other.flightRows draws at most so many rows of deployments in flight
 * @param other.footer when it was read
 */
export function statusRows(
  found: FoundStatuses,
  other: { readonly flightRows: (most: number) => readonly string[]; readonly footer: string },
  room: StatusRoom,
): readonly string[] {
  const { style, width, height } = room;
  const options = { ...room, verbose: false, isFollowed: true };
  const board = [...boardLines(found, options, Math.max(2, height - belowBoard)), ''];
  const last = [style.strong(cut(summaryText(found.addresses), width)), style.faint(cut(other.footer, width))];
  const left = height - board.length - last.length;
  const flight = left < 3 ? [] : other.flightRows(Math.floor(left / 2));
  const flightSection = flight.length === 0 ? [] : [...flight, ''];
  return [...board, ...flightSection, ...causeRows(found, options, left - flightSection.length), ...last];
}

/** What is not synced and not in flight: causes whole, then by their first line, then counted. */
function causeRows({ addresses }: FoundStatuses, options: StatusTextOptions, height: number): readonly string[] {
  const causes = statusCauses(addresses).filter(({ state }) => state !== 'deploying');
  const stateWidth = causes.reduce((most, { state }) => Math.max(most, state.length), 0);
  const hasAccountRegions = areInSeveral(addresses);
  const lines: string[] = [];
  for (const [index, cause] of causes.entries()) {
    const after = causes.length - index - 1;
    // One line stays for what counts the rest, and one is empty.
    const left = height - lines.length - (after === 0 ? 0 : 2);
    const section = causeSection(cause, { ...options, stateWidth, hasAccountRegions });
    if (section.length < left) lines.push(...section, '');
    else if (left >= 2) lines.push(...section.slice(0, 1), '');
    else {
      if (left >= 0) lines.push(options.style.faint(`… and ${count(after + 1, 'more cause')}`), '');
      break;
    }
  }
  return lines.slice(0, Math.max(0, height));
}
