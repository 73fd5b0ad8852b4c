// Time, passed in, and how it is written. Only bin/ and tests make a clock.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** `2026-03-01 12:04` of an ISO 8601 time. */
export function minuteText(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
