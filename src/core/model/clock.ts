// Time, passed in, and how it is written. Only bin/ and tests make a clock.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Runs it after so many milliseconds, unless the process ends before. @returns what cancels it */
export type After = (ms: number, act: () => void) => () => void;

/** Milliseconds of `3h`, `90m`, `1h30m`, `45s`; 0 of an empty text, undefined of any other. */
export function durationOf(text: string): number | undefined {
  const match = /^(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?$/.exec(text);
  if (match === null) return undefined;
  const [, hours = 0, minutes = 0, seconds = 0] = match;
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}

/** `2026-03-01 12:04` of an ISO 8601 time. */
export function minuteText(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
