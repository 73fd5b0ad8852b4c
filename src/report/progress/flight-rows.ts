// Deployments in flight, a row each: what needs attention first.
import { formatAddress } from '../../core/model/address.ts';
import { number } from '../../core/problem/quantity.ts';
import { addressText } from '../style/address-text.ts';
import { cut, lineOf, padded, widthOf } from '../style/columns.ts';
import { duration } from '../style/quantities.ts';
import { deploymentStates } from '../style/state-words.ts';
import type { Style } from '../style/style.ts';
import type { ShownDeployment, Tally } from './tally.ts';

/** Columns below which rows have no bar. */
const narrowest = 70;

/**
 * First what AppConfig is rolling back, then what takes longest; a last row counts those that do not fit.
 * @param room.most rows
 */
export function flightRows(
  tally: Tally,
  room: { readonly most: number; readonly width: number; readonly style: Style },
): readonly string[] {
  const { most, width, style } = room;
  const running = [...tally.running.values()]
    .map((each) => ({ each, left: tally.timeLeft(each), address: formatAddress(each.subject) }))
    .sort((a, b) => rankOf(a) - rankOf(b) || (a.address < b.address ? -1 : 1));
  const fits = running.length <= most;
  const shown = running.slice(0, fits ? most : Math.max(0, most - 1));
  const hidden = running.length - shown.length;
  const widest = Math.max(10, ...shown.map(({ each }) => widthOf(addressText(each.subject))));
  const addressWidth = Math.min(widest, Math.floor(width / 2));
  return [
    ...shown.map(({ each, left }) => flightRow(each, { left, addressWidth, width, style })),
    ...(hidden > 0 ? [style.faint(cut(`  … and ${number(hidden)} more`, width))] : []),
  ];
}

/** Time counts in whole seconds: rows that often change their order are hard to read. */
function rankOf({ each, left }: { readonly each: ShownDeployment; readonly left: number }): number {
  return each.latest.state === 'ROLLING_BACK' ? Number.NEGATIVE_INFINITY : -Math.round(left / 1000);
}

function flightRow(
  { subject, latest }: ShownDeployment,
  room: { readonly left: number; readonly addressWidth: number; readonly width: number; readonly style: Style },
): string {
  const { left, addressWidth, width, style } = room;
  const percent = Math.round(latest.percentageComplete);
  const filled = Math.round(percent / 10);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(10 - filled)} `;
  return lineOf(
    [
      [`${padded(cut(addressText(subject), addressWidth), addressWidth)}  `],
      ...(width < narrowest ? [] : ([[bar, style.changed]] as const)),
      [`${String(percent).padStart(3)} %  ${padded(deploymentStates[latest.state].word, 12)} `],
      [left >= 500 ? `${duration(left)} left` : 'any moment', style.faint],
    ],
    width,
  );
}
