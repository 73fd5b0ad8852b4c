// Some sources of credentials wait for ever: a program that asks for something, a server that takes a connection and is silent.
// Requests to AWS have time limits of their own.
import { promisify } from 'node:util';
import type { Clock } from '../../core/model/clock.ts';
import { failure } from '../../core/problem/problem.ts';
import { type CredentialSources, containerVariable, profileChain, readSources } from './credential-sources.ts';
import type { Fault } from './fault.ts';

/** Bounds of the sources that the SDK asks for credentials. */
export interface SourceBounds {
  readonly clock: Clock;
  /** The longest that a program or a container's server may take, in milliseconds. */
  readonly timeoutMs: number;
  /** The output of a program that a profile names. The signal ends it. */
  readonly startProgram: (command: string, signal: AbortSignal) => Promise<string>;
}

/** Runs what asks a source, within the bounds. */
export function sourceTimeLimit(
  { timeoutMs, startProgram, clock }: SourceBounds,
  awsProfile: string | undefined,
): <T>(provide: () => Promise<T>) => Promise<T> {
  // What was late once is not tried again.
  const late = new AbortController();
  let programs: Promise<void> | undefined;
  return async <T>(provide: () => Promise<T>): Promise<T> => {
    late.signal.throwIfAborted();
    programs ??= startProgramsBy((command) => startProgram(command, late.signal));
    await programs;
    const ended = new AbortController();
    const limit = clock.sleep(timeoutMs, ended.signal).then(async () => {
      const fault = lateSource(await readSources(awsProfile), `within ${timeoutMs / 1000} s`);
      if (fault === undefined) return new Promise<never>(() => {});
      late.abort(failure('credentials-invalid', fault.message, { hint: { text: fault.hint } }));
      throw late.signal.reason;
    });
    // It rejects when it is ended, too.
    limit.catch(() => {});
    try {
      return await Promise.race([provide(), limit]);
    } finally {
      ended.abort();
    }
  };
}

/** The SDK starts programs itself, without a limit. It has no option for that, but a member for its own tests. */
async function startProgramsBy(start: (command: string) => Promise<string>): Promise<void> {
  const { externalDataInterceptor } = await import('@smithy/core/config');
  const run = async (command: string) => ({ stdout: await start(command) });
  Object.assign(externalDataInterceptor.getTokenRecord(), {
    exec: Object.assign(() => {}, { [promisify.custom]: run }),
  });
}

/** Which source did not answer in time; undefined where AWS is the source. */
function lateSource(sources: CredentialSources, time: string): Fault | undefined {
  const name = profileChain(sources).find((each) => sources.sections[each]?.credential_process !== undefined);
  if (name !== undefined) {
    return {
      message: `the credential_process of the profile "${name}" did not end ${time} and was stopped`,
      hint: 'run it by itself to see what it waits for',
    };
  }
  const variable = containerVariable(sources.variables);
  if (variable === undefined) return undefined;
  return {
    message: `the server that ${variable} names does not answer ${time}`,
    hint: `unset ${variable} outside of the container, or check the server`,
  };
}
