// The board of waves: a row for each, while a sync runs.

import { number } from '../../core/problem/quantity.ts';
import { cut, firstFitting, padded, widthOf } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import { duration, estimate } from '../style/quantities.ts';
import type { Style, Tone } from '../style/style.ts';
import type { WaveRow } from '../view/wave-view.ts';

export interface WaveTextOptions {
  readonly style: Style;
  /** Columns; infinite without a terminal. */
  readonly width: number;
  /** Milliseconds by this machine's clock until a wave, or its soak, ends; undefined where that is unknown. */
  readonly msLeft: (row: WaveRow) => number | undefined;
}

type StateName = WaveRow['state']['is'];

export const waveTones: Readonly<Record<StateName, Tone>> = {
  done: 'added',
  running: 'changed',
  soaking: 'changed',
  verifying: 'changed',
  waiting: 'faint',
  stopped: 'changed',
  failed: 'removed',
  blocked: 'removed',
};

/** Names are cut to it. */
const widestName = 30;

/** `canary  done 9 of 9`, `gold  running 41 of 99, 2 failed, about 4 min`. */
export function waveLines(rows: readonly WaveRow[], options: WaveTextOptions): readonly string[] {
  const { style, width } = options;
  const nameWidth = Math.min(
    widestName,
    rows.reduce((most, { name }) => Math.max(most, widthOf(visible(name))), 0),
  );
  const left = Math.max(10, width - nameWidth - 4);
  return rows.map((row) => {
    const name = padded(cut(visible(row.name), nameWidth), nameWidth);
    return `  ${name}  ${style[waveTones[row.state.is]](cut(firstFitting(waveTexts(row, options), left), left))}`;
  });
}

/** From the longest to the shortest. */
function waveTexts(row: WaveRow, options: WaveTextOptions): readonly string[] {
  const text = words[row.state.is](row, options);
  const time = row.state.is === 'running' ? estimate(options.msLeft(row)) : undefined;
  const note = 'note' in row.state ? `: ${visible(row.state.note)}` : '';
  const short = [text, ...notDoneTexts(row)].join(', ');
  return [...(note === '' ? [] : [`${text}${note}`]), ...(time === undefined ? [] : [`${short}, ${time}`]), short];
}

/** `2 failed`, `1 blocked`, `3 in flight`: what there is of each. */
export function notDoneTexts({ failed, blocked, inFlight }: WaveRow): readonly string[] {
  return [
    ...(failed > 0 ? [`${number(failed)} failed`] : []),
    ...(blocked > 0 ? [`${number(blocked)} blocked`] : []),
    ...(inFlight > 0 ? [`${number(inFlight)} in flight`] : []),
  ];
}

/** A state without a row does not compile. */
const words: Readonly<Record<StateName, (row: WaveRow, options: Pick<WaveTextOptions, 'msLeft'>) => string>> = {
  done: (row) => `done ${doneText(row)}`,
  running: (row) => `running ${doneText(row)}`,
  verifying: (row) => `verifying ${doneText(row)}`,
  stopped: (row) => `stopped ${doneText(row)}`,
  failed: (row) => `failed ${doneText(row)}`,
  blocked: (row) => `blocked ${doneText(row)}`,
  soaking: ({ state, ...row }, { msLeft }) => {
    const until = state.is === 'soaking' ? ` until ${new Date(state.until).toISOString().slice(11, 16)} UTC` : '';
    const ms = msLeft({ state, ...row });
    return `soaking${until}${ms === undefined ? '' : ` (${duration(ms)})`}`;
  },
  waiting: ({ state }) => {
    const after = state.is === 'waiting' ? state.wave : undefined;
    return after === undefined ? 'waiting' : `waiting for ${visible(after)}`;
  },
};

function doneText({ done, of }: WaveRow): string {
  return `${number(done)} of ${number(of)}`;
}

/**
 * As many rows as fit on a screen: waves that are done are counted first, then those that wait.
 * @param most at least 3
 */
export function fittingWaves(
  rows: readonly WaveRow[],
  most: number,
): { readonly done: number; readonly shown: readonly WaveRow[]; readonly waiting: number } {
  const over = rows.length - most;
  if (over <= 0) return { done: 0, shown: rows, waiting: 0 };
  const firstOpen = rows.findIndex(({ state }) => state.is !== 'done');
  const open = firstOpen === -1 ? rows.length : firstOpen;
  // A line that counts takes a row itself.
  const done = open === 0 ? 0 : Math.min(open, over + 1);
  const rest = rows.slice(done);
  const room = most - Number(done > 0);
  if (rest.length <= room) return { done, shown: rest, waiting: 0 };
  return { done, shown: rest.slice(0, room - 1), waiting: rest.length - room + 1 };
}
