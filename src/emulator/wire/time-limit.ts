// Bounds work on client input: a regular expression from a client may backtrack for longer than any client waits.
import { type Context, createContext, Script } from 'node:vm';
import { badRequest } from './service-error.ts';

const timeoutMs = 1_000;
const script = new Script('work()');

/** Runs synchronous work and aborts it after one second. */
export class TimeLimit {
  /** Created once, because creating it costs more than most of the work. */
  #context: Context | undefined;

  /** @throws ServiceError after the timeout */
  run<T>(work: () => T): T {
    let result: { readonly value: T } | undefined;
    this.#context ??= createContext({});
    const context = this.#context;
    context.work = () => {
      result = { value: work() };
    };
    try {
      script.runInContext(context, { timeout: timeoutMs });
    } catch (error) {
      if (!isTimeout(error)) throw error;
      throw badRequest(
        'Checking the content took longer than one second, for example because of a regular expression.',
      );
    } finally {
      context.work = undefined;
    }
    if (result === undefined) throw new Error('the work did not run');
    return result.value;
  }
}

function isTimeout(error: unknown): boolean {
  // The context has its own Error class, so `instanceof Error` is false here.
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
