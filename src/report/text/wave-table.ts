// The last table of a run with waves: what became of each, in numbers.
import type { Report } from '../../core/events/report.ts';
import { groupMap } from '../../core/model/groups-by.ts';
import { laneOf } from '../../core/plan/plan.ts';
import { number } from '../../core/problem/quantity.ts';
import { alignedRows } from '../style/aligned-rows.ts';
import { cut, firstFitting, widthOf } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import { duration } from '../style/quantities.ts';
import type { Style } from '../style/style.ts';
import { type RunResult, runOutcomes, runResults } from '../view/run-results.ts';
import { type WaveRow, waveCounts, waveRows } from '../view/wave-view.ts';
import { endStateTexts, waveLines, waveTones } from './waves.ts';

export interface WaveTableOptions {
  readonly style: Style;
  /** Columns; infinite without a terminal. */
  readonly width: number;
  /** Milliseconds that the deployments of a wave took, by its name. */
  readonly waveTimes: ReadonlyMap<string, number>;
}

/** A job's log wraps where the reader's window ends: a wider table would be no table. */
const widest = 100;
const widestName = 30;
const narrowestName = 12;
/** `blocked 0 of 9`; and with a reason. */
const narrowestState = 14;
const stateWidth = 24;
const none = '–';

/** A row for each wave, and one for all; where the terminal is too narrow, a line for each. Empty without waves. */
export function waveTable(report: Report, options: WaveTableOptions): readonly string[] {
  const { plan, results, waves } = report;
  if (plan === undefined || waves.length === 0) return [];
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const rows = waveRows(plan.waves, waves, waveCounts(steps, results)).map((row) =>
    // What an interrupted wave did not start makes it a waiting one.
    row.state.is === 'waiting' && options.waveTimes.has(row.name) ? { ...row, state: { is: 'running' as const } } : row,
  );
  const width = Math.min(widest, options.width);
  const lines = tableLines(rows, runResults(report), { ...options, width });
  if (lines.every((line) => widthOf(line) <= width)) return lines;
  return waveLines(rows, { ...options, hasEnded: true, msLeft: () => undefined });
}

function tableLines(
  rows: readonly WaveRow[],
  results: readonly RunResult[],
  { style, width, waveTimes }: WaveTableOptions,
): readonly string[] {
  const own = groupMap(results, ({ planned }) => planned.wave);
  const cells = rightAligned(cellsOf(rows, { own, results, waveTimes }));
  // The number of environments is what a reader misses least.
  const isTooWide = widthOfRow(cells[0]) + narrowestName + narrowestState + 6 > width;
  const numbers = alignedRows(isTooWide ? cells.map((row) => row.slice(1)) : cells);
  const used = Math.max(...numbers.map(widthOf)) + 6;
  const longest = Math.max(...rows.map(({ name }) => widthOf(visible(name))), 'wave'.length);
  const nameWidth = Math.min(longest, widestName, Math.max(narrowestName, width - used - stateWidth));
  const names = ['wave', ...rows.map(({ name }) => cut(visible(name), nameWidth)), 'all'];
  const left = Math.max(1, width - used - Math.min(longest, nameWidth));
  const states = ['', ...rows.map((row) => cut(firstFitting(endStateTexts(row), left), left)), ''];
  const lines = alignedRows(numbers.map((line, index) => [`  ${names[index]}`, line, states[index] ?? '']));
  return lines.map((line, index) => {
    const row = rows[index - 1];
    if (index === 0) return style.faint(line);
    if (row === undefined) return line;
    const isDone = (own.get(row.name) ?? []).every(({ outcome }) => outcome === 'succeeded');
    return style[isDone ? waveTones[row.state.is] : 'removed'](line);
  });
}

/** Environments, a number for each outcome that there is, and the time: a header, the waves, and all of them if they are several. */
function cellsOf(
  rows: readonly WaveRow[],
  run: {
    readonly own: ReadonlyMap<string | undefined, readonly RunResult[]>;
    readonly results: readonly RunResult[];
    readonly waveTimes: ReadonlyMap<string, number>;
  },
): readonly (readonly string[])[] {
  const { own, results, waveTimes } = run;
  const outcomes = runOutcomes.filter(
    (outcome) => outcome === 'succeeded' || results.some((each) => each.outcome === outcome),
  );
  const cells = (those: readonly RunResult[], time: string) => [
    numberOr(new Set(those.map(({ planned }) => laneOf(planned))).size),
    ...outcomes.map((outcome) => numberOr(those.filter((each) => each.outcome === outcome).length)),
    time,
  ];
  const timeOf = (ms: number | undefined) => (ms === undefined ? none : duration(ms));
  return [
    ['environments', ...outcomes.map((outcome) => (outcome === 'succeeded' ? 'deployed' : outcome)), 'time'],
    ...rows.map(({ name }) => cells(own.get(name) ?? [], timeOf(waveTimes.get(name)))),
    ...(rows.length > 1 ? [cells(results, '')] : []),
  ];
}

function widthOfRow(row: readonly string[] = []): number {
  return widthOf(row.join('  '));
}

function numberOr(value: number): string {
  return value === 0 ? none : number(value);
}

/** Numbers end below each other. */
function rightAligned(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)));
}
