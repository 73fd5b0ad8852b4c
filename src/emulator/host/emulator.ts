// A local AppConfig inside the process. It handles requests as they are on the wire, from HTTP or from an SDK.
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Alarm, setAlarmState } from '../model/alarms.ts';
import { type Fault, Faults } from '../model/faults.ts';
import { findViolations } from '../model/find-violations.ts';
import { type OtherQuotas, type Quotas, quotasWith } from '../model/quotas.ts';
import { RateLimiter, usualRate } from '../model/rate-limiter.ts';
import { type AccountRegion, findByIdOrName } from '../model/resources.ts';
import { createServiceClock, type ServiceClock } from '../model/service-clock.ts';
import { Store } from '../model/store.ts';
import { authorize } from '../operations/authorize.ts';
import { type Configuration, type ConfigurationAddress, readConfiguration } from '../operations/read-configuration.ts';
import { findRoute, isOperation, type RouteMatch, unknownOperation } from '../operations/routes.ts';
import { runStsOperation, stsErrorResponse, stsForm, stsOperation } from '../operations/sts.ts';
import type { Policy } from '../rules/iam-policy.ts';
import { hasJsonSchema, type JsonSchemaLibrary, loadJsonSchema } from '../rules/run-validators.ts';
import type { RestoredState } from '../state/restore.ts';
import type { Snapshot } from '../state/snapshot.ts';
import { SnapshotTaker } from '../state/snapshot-taker.ts';
import { UnsavedChanges } from '../state/unsaved-changes.ts';
import { type Caller, callerOf } from '../wire/caller.ts';
import { errorResponse, type WireRequest, type WireResponse } from '../wire/message.ts';
import { type SdkHandler, sdkHandler } from '../wire/sdk-handler.ts';
import { ConnectionDropped, ServiceError, throttled } from '../wire/service-error.ts';
import { TimeLimit } from '../wire/time-limit.ts';
import { faultEffect } from './fault-effect.ts';

/** The settings of an emulator. */
export interface EmulatorOptions {
  /** The caller's clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** How many times as fast the service's clock runs; 1 by default. */
  readonly speed?: number | undefined;
  /** The account of callers whose credentials do not name one. */
  readonly account?: string | undefined;
  /** The Region of callers that do not sign. */
  readonly region?: string | undefined;
  /** Extra time for every response. */
  readonly latencyMs?: number | undefined;
  /** Refuse calls above AWS's published rates. */
  readonly rates?: boolean | undefined;
  /** What callers may do; everything if omitted. */
  readonly policy?: Policy | undefined;
  /** Waits for latency and slow faults; a timer by default. */
  readonly sleep?: ((ms: number, signal: AbortSignal) => Promise<unknown>) | undefined;
  /** Quotas that differ from AWS's defaults. */
  readonly quotas?: OtherQuotas | undefined;
  /** The state to start with, from `restore`. */
  readonly state?: RestoredState | undefined;
}

/**
 * Creates an emulator.
 * @param save saves all changes. The response to a call that changes something waits for it.
 */
export function createEmulator(options: EmulatorOptions, save = async () => {}): Emulator {
  return new Emulator(options, save);
}

/** A local AppConfig inside the process. */
export class Emulator {
  /** Called before each call is carried out. */
  onCall?: ((call: { readonly operation: string }) => void) | undefined;
  /** The account and Region of callers that name none. */
  readonly defaults: { readonly account: string; readonly region: string };
  /** What callers may do; undefined: everything. */
  policy: Policy | undefined;
  readonly #options: EmulatorOptions;
  readonly #changes: UnsavedChanges;
  readonly #store: Store;
  readonly #clock: ServiceClock;
  readonly #quotas: Quotas;
  readonly #rateLimiter: RateLimiter | undefined;
  readonly #faults = new Faults();
  readonly #snapshots = new SnapshotTaker();
  readonly #timeLimit = new TimeLimit();
  #jsonSchema: JsonSchemaLibrary | undefined;
  readonly #stats = new Map<string, number>();
  readonly #closed = new AbortController();
  #requests = 0;

  constructor(options: EmulatorOptions, save: () => Promise<void>) {
    const { now, speed = 1, quotas } = options;
    const { store, account, region, ...earlier } = options.state ?? { store: new Store(), time: 0 };
    this.#options = options;
    this.policy = options.policy;
    this.defaults = {
      account: options.account ?? account ?? '123456789012',
      region: options.region ?? region ?? 'us-east-1',
    };
    // Every delayed call adds a listener; Node would warn about more than ten.
    setMaxListeners(0, this.#closed.signal);
    this.#changes = new UnsavedChanges(save);
    this.#store = store;
    this.#clock = createServiceClock({ now, speed, earlier });
    this.#quotas = quotasWith(quotas);
    this.#rateLimiter = options.rates ? new RateLimiter(now) : undefined;
  }

  /** A value for `requestHandler` of the AWS SDK's clients for AppConfig and STS. */
  requestHandler(): SdkHandler {
    return sdkHandler((request) => this.handle(request));
  }

  /** Handles a request. @throws ConnectionDropped if a fault drops the connection */
  async handle(request: WireRequest): Promise<WireResponse> {
    const received = this.#receive(request);
    const { operation, caller, requestId } = received;
    this.#stats.set(operation, (this.#stats.get(operation) ?? 0) + 1);
    this.onCall?.({ operation });
    const hits = this.#faults.next(operation, request);
    const delay = (this.#options.latencyMs ?? 0) + hits.delayMs;
    if (delay > 0) await this.#delay(delay);
    const nextDeployment = () => this.#lastDeployment(received) + 1;
    const { instead, refusal, after } = faultEffect(hits.kind, { operation, caller, nextDeployment });
    if (instead !== undefined) return this.#withHeaders(instead(), requestId);
    const response = await this.#respond(received, () => {
      if (refusal !== undefined) throw refusal;
      const rate = received.match?.route.rate ?? usualRate(operation);
      if (this.#rateLimiter?.allow(operation, rate, caller) === false) throw throttled();
      this.#authorize(received);
    });
    after?.();
    return this.#withHeaders(response, requestId);
  }

  /** Handles a request of the host itself: not counted, and without latency, rates and faults. */
  async handleDirectly(request: WireRequest): Promise<WireResponse> {
    const received = this.#receive(request);
    return this.#withHeaders(await this.#respond(received, () => {}), received.requestId);
  }

  /** Adds the headers that every response has. */
  withCommonHeaders(response: WireResponse): WireResponse {
    return this.#withHeaders(response, this.#nextRequestId());
  }

  /** Aborts calls that wait for their latency or a slow fault. */
  close(): void {
    this.#closed.abort();
  }

  /** How many calls there were of each operation. */
  stats(): Record<string, number> {
    return Object.fromEntries(this.#stats);
  }

  resetStats(): void {
    this.#stats.clear();
  }

  /** The service's time. */
  now(): number {
    return this.#clock.now();
  }

  /** Moves the service's clock forward. @throws RangeError */
  advance(ms: number): void {
    this.#clock.advance(ms);
    this.#changes.recordChange();
  }

  /** @throws RangeError if the environment does not exist */
  setAlarm({ application, environment, state, account, region }: Alarm): void {
    const accountRegion = this.#accountRegion({
      account: account ?? this.defaults.account,
      region: region ?? this.defaults.region,
    });
    const { environments } = findByIdOrName(accountRegion.applications, application) ?? {};
    const found = environments && findByIdOrName(environments, environment);
    if (found === undefined) {
      const where = `account ${accountRegion.account}, Region ${accountRegion.region}`;
      throw new RangeError(`there is no environment "${environment}" in an application "${application}" (${where})`);
    }
    setAlarmState(found, state, this.now());
    this.#changes.recordChange();
  }

  /** The configuration that a client receives, in the default account and Region. @throws ServiceError */
  configuration(address: ConfigurationAddress, client: string): Configuration {
    const poll = { client, now: this.now() };
    const found = readConfiguration(this.#accountRegion(this.defaults), address, poll);
    this.#changes.recordRead(poll.now);
    return found;
  }

  /** Waits until all changes are saved. Resolves at once without a state file. */
  saved(): Promise<void> {
    return this.#changes.saved();
  }

  /** @throws RangeError for an unknown operation, or a kind that its calls cannot have */
  injectFault(fault: Fault): void {
    if (!isOperation(fault.operation)) throw new RangeError(`there is no operation "${fault.operation}"`);
    this.#faults.add(fault);
  }

  /** Removes all pending faults. */
  clearFaults(): void {
    this.#faults.clear();
  }

  /** The state as plain JSON values. */
  snapshot(): Snapshot {
    return this.#snapshots.take(this.#store, { time: this.now(), savedAt: this.#options.now(), ...this.defaults });
  }

  /** The rules of AppConfig that the state breaks. Empty unless the emulator has a bug. */
  violations(): string[] {
    return findViolations(this.#store);
  }

  #accountRegion({ account, region }: Emulator['defaults']): AccountRegion {
    return this.#store.accountRegion(account, region);
  }

  #nextRequestId(): string {
    this.#requests += 1;
    return `00000000-0000-4000-8000-${this.#requests.toString(16).padStart(12, '0')}`;
  }

  #withHeaders(response: WireResponse, requestId: string): WireResponse {
    const headers = {
      ...response.headers,
      'x-amzn-requestid': requestId,
      'x-appcfg-clock-speed': String(this.#clock.speed),
      'x-appcfg-clock-time': new Date(this.#clock.now()).toISOString(),
    };
    return { ...response, headers };
  }

  #receive(request: WireRequest): ReceivedCall {
    const form = stsForm(request);
    const match = form === undefined ? findRoute(request.method, request.path) : undefined;
    return {
      request,
      requestId: this.#nextRequestId(),
      caller: callerOf(request.headers, this.defaults),
      form,
      match,
      operation: form === undefined ? (match?.route.operation ?? 'Unknown') : stsOperation(form),
    };
  }

  async #delay(ms: number): Promise<void> {
    const wait = this.#options.sleep ?? ((time, signal) => sleep(time, undefined, { signal }));
    await wait(ms, this.#closed.signal).catch(() => {
      throw new ConnectionDropped();
    });
  }

  /** @param before may refuse the call by throwing a ServiceError */
  async #respond(received: ReceivedCall, before: () => void): Promise<WireResponse> {
    const { match, form, caller, requestId } = received;
    if (match?.route.validates && hasJsonSchema(match.params.ApplicationId, this.#accountRegion(caller))) {
      this.#jsonSchema ??= await loadJsonSchema();
    }
    let response: WireResponse;
    try {
      before();
      response = this.#carryOut(received);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      response = form === undefined ? errorResponse(error) : stsErrorResponse(error, requestId);
    }
    if (response.status < 300) {
      if (match?.route.mutating) this.#changes.recordChange();
      if (match?.route.reads) this.#changes.recordRead(this.now());
    }
    await this.saved();
    return response;
  }

  #authorize({ operation, request, match, form, caller }: ReceivedCall): void {
    const { policy } = this;
    if (policy === undefined) return;
    const accountRegion = this.#accountRegion(caller);
    authorize(policy, { operation, request, params: match?.params ?? {}, form, caller, accountRegion });
  }

  #carryOut({ request, match, form, caller, requestId }: ReceivedCall): WireResponse {
    if (form !== undefined) return runStsOperation({ form, caller, requestId, now: this.#options.now() });
    if (match === undefined) {
      throw new ServiceError(404, 'UnknownOperationException', unknownOperation(request.method, request.path));
    }
    return match.route.run({
      operation: match.route.operation,
      request,
      params: match.params,
      store: this.#store,
      accountRegion: this.#accountRegion(caller),
      quotas: this.#quotas,
      now: this.now(),
      jsonSchema: this.#jsonSchema,
      timeLimit: this.#timeLimit,
    });
  }

  #lastDeployment({ match, caller }: ReceivedCall): number {
    const { ApplicationId = '', EnvironmentId = '' } = match?.params ?? {};
    const { applications } = this.#accountRegion(caller);
    return applications.get(ApplicationId)?.environments.get(EnvironmentId)?.lastDeployment ?? 0;
  }
}

/** A request, and the call it was recognized as. */
interface ReceivedCall {
  readonly request: WireRequest;
  readonly requestId: string;
  readonly caller: Caller;
  /** The form of a call of STS. */
  readonly form: URLSearchParams | undefined;
  readonly match: RouteMatch | undefined;
  readonly operation: string;
}
