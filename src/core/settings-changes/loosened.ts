// What makes a changed setting a loosened one, by kind of setting. Each returns why, or undefined.
import { isDeepStrictEqual } from 'node:util';
import type { StrategyNumbers } from '../model/resource.ts';
import type { SeveritySetting } from '../problem/severities.ts';
import type { Limit } from '../settings/settings.ts';

/** Called only where the two differ. */
export type Loosens<T> = (before: T | undefined, after: T | undefined) => string | undefined;

export const never: Loosens<unknown> = () => undefined;

/** @param what the setting decides */
export function anyChange(what: string): Loosens<unknown> {
  return () => `it decides ${what}`;
}

/** An item of a list is missing, or is another. */
export function missing<T>(how: string): Loosens<readonly T[]> {
  return (before = [], after = []) => {
    const left = before.filter((item) => !after.some((other) => isDeepStrictEqual(item, other)));
    return left.length === 0 ? undefined : how;
  };
}

/** @param removed why it matters that the list is removed; undefined where it does not */
export function entryAdded(added: string | undefined, removed: string | undefined): Loosens<readonly string[]> {
  return (before, after) => {
    if (after === undefined) return removed;
    const isNew = before !== undefined && after.some((entry) => !before.includes(entry));
    return isNew ? added : undefined;
  };
}

export const missingOrReplaced: Loosens<string> = (before, after) => {
  if (before === undefined || before === '') return undefined;
  return after === undefined || after === '' ? 'it is removed' : 'it is replaced';
};

export const switchedOff: Loosens<boolean> = (before, after) =>
  before === true && after !== true ? 'it is switched off' : undefined;

export const largerNumber: Loosens<number> = (before, after) =>
  after === undefined || (before !== undefined && after < before) ? undefined : 'a larger number';

export const keepsFewer: Loosens<number> = (before, after) =>
  after !== undefined && (before === undefined || after < before) ? 'fewer versions are kept' : undefined;

export const largerLimit: Loosens<Limit> = (before, after) => {
  if (before === undefined || after === undefined) return undefined;
  if ('percent' in before && 'count' in after) return 'a number instead of a percentage';
  const numberOf = (limit: Limit) => ('count' in limit ? limit.count : limit.percent);
  return 'percent' in before === 'percent' in after && numberOf(after) > numberOf(before)
    ? 'a larger limit'
    : undefined;
};

/** @param what is found */
export function lessSevere(what: string): Loosens<SeveritySetting> {
  return (before, after) => {
    const severities: readonly (SeveritySetting | undefined)[] = ['off', 'warn', 'error'];
    if (severities.indexOf(after) >= severities.indexOf(before)) return undefined;
    return after === 'off' ? `${what} is no problem` : `${what} is no error`;
  };
}

/** What a deployment strategy comes to. */
export interface EffectiveStrategy {
  readonly name: string;
  /** Undefined where only AppConfig has them. */
  readonly numbers: StrategyNumbers | undefined;
}

export const faster: Loosens<EffectiveStrategy> = (before, after) => {
  const [old, wanted] = [before?.numbers, after?.numbers];
  if (old === undefined || wanted === undefined) return 'the numbers of the strategy are unknown';
  const reasons = [
    ...(wanted.durationMinutes < old.durationMinutes
      ? [`duration ${old.durationMinutes} → ${wanted.durationMinutes} min`]
      : []),
    ...(wanted.bakeMinutes < old.bakeMinutes ? [`bake time ${old.bakeMinutes} → ${wanted.bakeMinutes} min`] : []),
    ...(wanted.growthFactor > old.growthFactor ? [`growth factor ${old.growthFactor} → ${wanted.growthFactor} %`] : []),
    ...(wanted.growthType === old.growthType ? [] : [`growth ${old.growthType} → ${wanted.growthType}`.toLowerCase()]),
  ];
  return reasons.length === 0 ? undefined : reasons.join(', ');
};

/** The wave of an address, and what comes before it. */
export interface EffectiveWave {
  readonly wave: string;
  readonly earlier: readonly string[];
  /** Of the earlier waves together. */
  readonly soakMinutes: number;
  readonly maxFailures: Limit;
}

/** Without waves, everything is one wave. */
const noWave: EffectiveWave = { wave: '', earlier: [], soakMinutes: 0, maxFailures: { count: 0 } };

export const soonerWave: Loosens<EffectiveWave> = (before = noWave, after = noWave) => {
  const reasons = [
    ...(after.earlier.length < before.earlier.length ? ['fewer waves come before'] : []),
    ...(after.soakMinutes < before.soakMinutes
      ? [`soak before it ${before.soakMinutes} → ${after.soakMinutes} min`]
      : []),
    ...(largerLimit(before.maxFailures, after.maxFailures) === undefined ? [] : ['more failures are allowed']),
  ];
  return reasons.length === 0 ? undefined : reasons.join(', ');
};
