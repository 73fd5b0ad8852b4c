import { WorkLimitExceeded } from './bounded-worker.ts';

/**
 * Makes a check in the worker one that is done once for each object, and never again after it failed: the first failure is
 * the result, and all checks after it find nothing.
 * @param check resolves to what it finds, or to why it failed
 * @param onExceeded the failure of a check that took more than it may
 */
export function checkOnce<Subject, Found, Failure extends object>(
  check: (subject: Subject) => Promise<readonly Found[] | Failure>,
  onExceeded: (message: string) => Failure,
): (subject: Subject) => Promise<readonly Found[] | Failure> {
  const results = new WeakMap<object, Promise<readonly Found[] | Failure>>();
  let hasFailed = false;
  const tryCheck = async (subject: Subject): Promise<readonly Found[] | Failure> => {
    if (hasFailed) return [];
    const result = await check(subject).catch((error: unknown) => {
      if (!(error instanceof WorkLimitExceeded)) throw error;
      return onExceeded(error.message);
    });
    if (Array.isArray(result)) return result;
    if (hasFailed) return [];
    hasFailed = true;
    return result;
  };
  return (subject) => {
    if (typeof subject !== 'object' || subject === null) return tryCheck(subject);
    const result = results.get(subject) ?? tryCheck(subject);
    results.set(subject, result);
    return result;
  };
}
