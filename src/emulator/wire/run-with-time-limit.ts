// Work on what clients sent, for a bounded time: a regular expression of theirs may take longer than anybody lives.
import { type Context, createContext, Script } from 'node:vm';
import { badRequest } from './service-error.ts';

const longest = 1_000;
const script = new Script('work()');

/** Made once: it costs more than most of the work. */
let context: Context | undefined;

/** Does something, and gives up after a second. @throws ServiceError if it took too long */
export function withinTime<T>(work: () => T): T {
  let result: { readonly value: T } | undefined;
  context ??= createContext({});
  context.work = () => {
    result = { value: work() };
  };
  try {
    script.runInContext(context, { timeout: longest });
  } catch (error) {
    if (!isTimeout(error)) throw error;
    throw badRequest('The content took longer than a second to check, as regular expressions may.');
  } finally {
    context.work = undefined;
  }
  if (result === undefined) throw new Error('the work was not done');
  return result.value;
}

function isTimeout(error: unknown): boolean {
  // It is an Error of the context, which is another class than ours.
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
