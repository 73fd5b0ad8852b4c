import { AppcfgError } from '../../src/core/problem/problem.ts';

/** The message of the problem that something throws, or `accepted`. */
export function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof AppcfgError) return error.message;
    throw error;
  }
  return 'accepted';
}
