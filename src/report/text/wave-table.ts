// The last table of a run with waves: how each has ended.
import type { Report } from '../../core/events/report.ts';
import { isDeployment } from '../../core/plan/operations.ts';
import { number } from '../../core/problem/quantity.ts';
import { alignedRows, fittingColumns } from '../style/aligned-rows.ts';
import { cut } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import { duration } from '../style/quantities.ts';
import type { Style, Tone } from '../style/style.ts';
import { addressesWith } from '../view/plan-summary.ts';
import { type WaveRow, waveCounts, waveRows } from '../view/wave-view.ts';
import { waveTones } from './waves.ts';

export interface WaveTableOptions {
  readonly style: Style;
  /** Columns; infinite without a terminal. */
  readonly width: number;
  /** Milliseconds that the deployments of a wave took, by its name. */
  readonly waveTimes: ReadonlyMap<string, number>;
}

const header = ['wave', 'state', 'addresses live', 'failed', 'guard blocks', 'duration'] as const;
/** With a longer name a row of a large fleet would not fit into 80 columns. */
const widestName = 18;
const none = '–';

/** A row for each wave, and one for all where they are several. Empty without waves, and where the next stage deploys. */
export function waveTable({ plan, results, waves }: Report, options: WaveTableOptions): readonly string[] {
  if (plan === undefined || waves.length === 0) return [];
  const isDeployedLater = addressesWith(plan, 'create', 'update').length > 0;
  if (isDeployedLater && !plan.steps.some(isDeployment)) return [];
  const { style, width, waveTimes } = options;
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const rows = waveRows(plan.waves, waves, { counts: waveCounts(steps, results), hasEnded: true });
  const cells = [header, ...rows.map((row) => cellsOf(row, waveTimes)), ...(rows.length > 1 ? [totalsOf(rows)] : [])];
  const lines = alignedRows(fittingColumns(cells, { width: width - 2, always: 3 }));
  const tones = ['faint' as const, ...rows.map(toneOf)];
  return lines.map((line, index) => style[tones[index] ?? 'plain'](`  ${line}`));
}

function cellsOf(row: WaveRow, waveTimes: WaveTableOptions['waveTimes']): readonly string[] {
  const ms = waveTimes.get(row.name);
  const name = cut(visible(row.name), widestName);
  return [name, row.state.is, ...numbersOf([row]), ms === undefined ? none : duration(ms)];
}

function totalsOf(rows: readonly WaveRow[]): readonly string[] {
  return ['all', '', ...numbersOf(rows), ''];
}

function numbersOf(rows: readonly WaveRow[]): readonly string[] {
  const sumOf = (member: 'done' | 'of' | 'failed' | 'blocked') => rows.reduce((sum, row) => sum + row[member], 0);
  const numberOr = (value: number) => (value === 0 ? none : number(value));
  return [`${number(sumOf('done'))} of ${number(sumOf('of'))}`, numberOr(sumOf('failed')), numberOr(sumOf('blocked'))];
}

function toneOf({ state, failed, blocked }: WaveRow): Tone {
  return failed + blocked > 0 ? 'removed' : waveTones[state.is];
}
