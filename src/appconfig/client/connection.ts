// The one door to AWS: AppConfig's client and that of STS, behind a limiter. It repeats only calls that may be repeated.
import {
  type $Command,
  AppConfigClient,
  type AppConfigClientConfig,
  type AppConfigClientResolvedConfig,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-appconfig';
import type { Clock } from '../../core/model/clock.ts';
import { AppcfgError } from '../../core/problem/problem.ts';
import { checkedCredentials } from '../credentials/checked-credentials.ts';
import type { SourceBounds } from '../credentials/source-time-limit.ts';
import { CallFailure, describeFailure } from './call-failure.ts';
import { responseChecks } from './check-responses.ts';
import { Limiter } from './rate-limiter.ts';
import { ServiceClock } from './service-clock.ts';
import type { Slots } from './slots.ts';

export interface ConnectOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly endpointUrl?: string;
  readonly awsProfile?: string;
  readonly credentials?: NonNullable<AppConfigClientConfig['credentials']>;
  readonly sourceBounds?: SourceBounds;
  /** Instead of the network: the local AppConfig. */
  readonly requestHandler?: NonNullable<AppConfigClientConfig['requestHandler']>;
  /** Instead of signatures, for a request handler that ignores them: signing is most of the cost of such a call. */
  readonly signer?: NonNullable<AppConfigClientConfig['signer']>;
  /** Requests in flight at most; over all connections that share the slots. */
  readonly concurrency?: number | Slots;
  /** Whether to keep to AWS's published rates. */
  readonly publishedRates: boolean;
  readonly onThrottled?: (operation: string) => void;
  /** Called with the credentials of each call: they may be renewed, and a role's are known only then. */
  readonly onCredentials?: (credentials: Credentials) => void;
  /** Whether to trust the headers that report the emulator's clock: only in the process, or on loopback. */
  readonly trustClockHeaders: boolean;
}

/** As the SDK has them. */
export interface Credentials {
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
}

export interface Identity {
  readonly account: string;
  readonly arn: string;
}

/** Any command of AppConfig, with the types of its request and its response. */
export type Command<I extends ServiceInputTypes, O extends ServiceOutputTypes> = $Command<
  I,
  O,
  AppConfigClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes
>;

/** Requests in flight at most. */
export const defaultConcurrency = 64;

/** How long a throttled call is repeated, in milliseconds. */
const throttlingTimeout = 5 * 60_000;

const attemptsWhenBroken = 5;

const attemptsWhenUnreachable = 3;

export class Connection {
  readonly region: string;
  readonly clock: Clock;
  readonly serviceClock: ServiceClock;
  /** Requests in flight at most. */
  readonly concurrency: number;
  readonly #client: AppConfigClient;
  readonly #limiter: Limiter;
  readonly #options: ConnectOptions;
  #identity: Promise<Identity> | undefined;

  constructor(options: ConnectOptions) {
    this.region = options.region;
    this.clock = options.clock;
    this.serviceClock = new ServiceClock(options.clock, { trusted: options.trustClockHeaders });
    this.#options = options;
    const concurrency = options.concurrency ?? defaultConcurrency;
    this.concurrency = typeof concurrency === 'number' ? concurrency : concurrency.most;
    this.#limiter = new Limiter(options.clock, { published: options.publishedRates, concurrency });
    this.#client = new AppConfigClient({ ...clientConfig(options), maxAttempts: 1, cacheMiddleware: true });
    copyFast(this.#client.config);
    responseChecks(options.clock).applyToStack(this.#client.middlewareStack);
    if (options.credentials === undefined) {
      this.#client.config.credentials = checkedCredentials(this.#client.config.credentials, options);
    }
    observeCredentials(this.#client, options);
    this.#client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        this.serviceClock.observe((result.response as { headers?: Record<string, string> }).headers ?? {});
        return result;
      },
      { step: 'deserialize', priority: 'high', name: 'observeServiceClock' },
    );
  }

  /**
   * One attempt of a call, at its rate. A throttled call is repeated for a while, because AppConfig did not act on it; all
   * other failures are the caller's to judge. The signal ends the wait before the call, and the call itself where it only
   * reads: a write that is interrupted may have acted or not.
   * @param target what the call is for, in messages: `tenant1/dev`, or empty
   * @throws CallFailure
   */
  async once<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    command: Command<I, O>,
    target: string,
    signal?: AbortSignal,
  ): Promise<O> {
    const operation = operationOf(command);
    const abortSignal = isRead(operation) ? signal : undefined;
    const call = { operation, target, awsProfile: this.#options.awsProfile };
    const describe = (error: unknown) => describeFailure(error, call);
    let throttledSince: number | undefined;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#limiter.run(operation, () => unlessAborted(this.#client.send(command), abortSignal), {
          signal,
          again: attempt > 1,
          isThrottling: (error) => describe(error).kind === 'throttled',
        });
      } catch (error) {
        if (signal?.aborted && (error === signal.reason || isRead(operation))) throw aborted(operation, error);
        const failure = describe(error);
        if (failure.kind !== 'throttled') throw failure;
        this.#options.onThrottled?.(operation);
        throttledSince ??= this.clock.now();
        if (this.clock.now() - throttledSince > throttlingTimeout) throw failure;
        await this.#pause(Math.min(30_000, 500 * 2 ** Math.min(attempt, 6)), attempt, signal);
      }
    }
  }

  /** A call that may be repeated: a read, or a write that has the same effect when it is done twice. @throws CallFailure */
  async repeatable<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    command: Command<I, O>,
    target: string,
    signal?: AbortSignal,
  ): Promise<O> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(command, target, signal);
      } catch (error) {
        if (!(error instanceof CallFailure) || !(await this.mayTryAgain(error, attempt, signal))) throw error;
      }
    }
  }

  /** Whether a failed call gets another attempt. Waits before it returns true. */
  async mayTryAgain(failure: CallFailure, attempt: number, signal?: AbortSignal): Promise<boolean> {
    const attempts =
      failure.kind === 'server-error' || failure.kind === 'lost'
        ? attemptsWhenBroken
        : failure.kind === 'unreachable'
          ? attemptsWhenUnreachable
          : 1;
    if (attempt >= attempts) return false;
    await this.#pause(250 * 2 ** attempt, attempt, signal);
    return true;
  }

  /** Account and ARN of the credentials. Calls STS once in a run. @throws AppcfgError */
  identity(): Promise<Identity> {
    this.#identity ??= this.#readIdentity();
    return this.#identity;
  }

  destroy(): void {
    this.#client.destroy();
  }

  async #readIdentity(): Promise<Identity> {
    const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
    // The client's own provider caches credentials: a role is assumed once, for AppConfig and STS together.
    const { credentials } = this.#client.config;
    const client = new STSClient({ ...clientConfig(this.#options), credentials, maxAttempts: 3 });
    responseChecks(this.clock).applyToStack(client.middlewareStack);
    observeCredentials(client, this.#options);
    try {
      const { Account: account = '', Arn: arn = '' } = await client.send(new GetCallerIdentityCommand({}));
      return { account, arn };
    } catch (error) {
      const { awsProfile } = this.#options;
      const { problem } = describeFailure(error, { operation: 'GetCallerIdentity', target: '', awsProfile });
      throw new AppcfgError([problem], { cause: error });
    } finally {
      client.destroy();
    }
  }

  async #pause(ms: number, attempt: number, signal: AbortSignal | undefined): Promise<void> {
    // Spread without randomness: calls fail at different times, and their attempts wait for different times.
    await this.clock.sleep(ms * (0.75 + ((attempt * 37) % 50) / 100), signal);
  }
}

/** Reports the credentials that a client uses, before a call is signed with them. */
export function observeCredentials(client: object, { onCredentials }: Pick<ConnectOptions, 'onCredentials'>): void {
  if (onCredentials === undefined) return;
  let last: Credentials | undefined;
  // The clients of AppConfig and STS have no type in common; nothing of a command is used here.
  const { middlewareStack } = client as AppConfigClient;
  middlewareStack.add(
    (next, context) => async (args) => {
      // Where the SDK keeps what it has chosen to sign with. Source: @smithy/core, httpAuthSchemeMiddleware.
      const identity = context.__smithy_context?.selectedHttpAuthScheme?.identity as Credentials | undefined;
      if (identity !== undefined && identity !== last) onCredentials(identity);
      last = identity;
      return next(args);
    },
    { step: 'build', name: 'observeCredentials' },
  );
}

/** In milliseconds. */
export const requestLimits = { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true } as const;

/** What the clients of AppConfig and of STS have in common. */
export function clientConfig(options: ConnectOptions) {
  return {
    region: options.region,
    ...(options.endpointUrl === undefined ? {} : { endpoint: options.endpointUrl }),
    ...(options.awsProfile === undefined ? {} : { profile: options.awsProfile }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    ...(options.signer === undefined ? {} : { signer: options.signer }),
    requestHandler: options.requestHandler ?? {
      ...requestLimits,
      httpAgent: { maxSockets: 128 },
      httpsAgent: { maxSockets: 128 },
    },
  };
}

/** The SDK copies its configuration three times for each call. V8 copies an object that is a prototype ten times as fast. */
function copyFast(config: object): void {
  Object.create(config);
}

function isRead(operation: string): boolean {
  return operation.startsWith('Get') || operation.startsWith('List');
}

/** `ListApplications` */
export function operationOf(command: object): string {
  return command.constructor.name.replace(/Command$/, '');
}

function aborted(what: string, cause: unknown): CallFailure {
  return new CallFailure(
    'aborted',
    {
      code: 'request-rejected',
      severity: 'error',
      message: `${what} was interrupted`,
      hint: { text: 'run the same command again' },
    },
    cause,
  );
}

/** The result of a call, unless the signal aborts first: its response is then ignored. */
function unlessAborted<T>(call: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return call;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
    call.finally(() => signal.removeEventListener('abort', onAbort)).then(resolve, reject);
  });
}
