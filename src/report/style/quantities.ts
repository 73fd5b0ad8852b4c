// Durations and times as people read them.
import { minuteText } from '../../core/model/clock.ts';
import type { StrategyNumbers } from '../../core/model/resource.ts';

/** `45 s`, `2 min`, `1 h 30 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** In whole minutes from one minute on: strategies and plans are not known to the second. */
export function minutes(value: number): string {
  return duration(Math.round(value) * 60_000);
}

/** `about 4 min`: from two minutes on in whole minutes, since an estimate is not better than that. Undefined of less than a second. */
export function estimate(ms: number | undefined): string | undefined {
  if (ms === undefined || ms < 1_000) return undefined;
  return `about ${duration(ms < 120_000 ? ms : Math.round(ms / 60_000) * 60_000)}`;
}

/** How a deployment strategy reaches all: `at once`, `in one step, 10 min`, `20 % steps over 10 min`. */
export function growthText({ durationMinutes, growthFactor }: StrategyNumbers): string {
  if (durationMinutes === 0) return 'at once';
  return growthFactor === 100
    ? `in one step, ${minutes(durationMinutes)}`
    : `${growthFactor} % steps over ${minutes(durationMinutes)}`;
}

/** `20 % steps over 10 min, bakes 10 min`. */
export function strategyTimes(numbers: StrategyNumbers): string {
  const { bakeMinutes } = numbers;
  return `${growthText(numbers)}${bakeMinutes === 0 ? '' : `, bakes ${minutes(bakeMinutes)}`}`;
}

/** `1:05`: hours and minutes. @param value minutes */
export function clock(value: number): string {
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** `2026-03-01 12:04Z` of an ISO 8601 time in UTC. */
export function utcTime(time: string): string {
  return `${minuteText(time)}Z`;
}

/** `12:04:30 UTC`. @param ms since 1970 */
export function timeOfDay(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`;
}
