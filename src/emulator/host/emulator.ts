// An AppConfig inside the process: it answers what is on the wire, whichever door it comes through.
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, Faults } from '../model/faults.ts';
import { violationsIn } from '../model/find-violations.ts';
import { type OtherQuotas, type Quotas, quotasWith } from '../model/quotas.ts';
import { Rates } from '../model/rate-limiter.ts';
import { createServiceClock, type ServiceClock } from '../model/service-clock.ts';
import { type AlarmState, named, Store } from '../model/store.ts';
import type { Call } from '../operations/call.ts';
import { setAlarm } from '../operations/deployment-operations.ts';
import { type Configuration, type ConfigurationAddress, readConfiguration } from '../operations/read-configuration.ts';
import { findRoute, isOperation, type RouteMatch, unknownOperation } from '../operations/routes.ts';
import { answerSts, stsError, stsForm, stsOperation } from '../operations/sts.ts';
import { loadSchemas, needsSchemas } from '../rules/run-validators.ts';
import type { Restored, Snapshot } from '../state/restore.ts';
import { takeSnapshot } from '../state/take-snapshot.ts';
import { Keeper } from '../state/unsaved-changes.ts';
import { type Caller, callerOf } from '../wire/caller.ts';
import { errorResponse, type SdkHandler, sdkHandler, type WireRequest, type WireResponse } from '../wire/message.ts';
import { ConnectionDropped, ServiceError, throttled } from '../wire/service-error.ts';
import { effectOf } from './fault-effect.ts';

/** How an embedded AppConfig is to be. */
export interface EmulatorOptions {
  /** The caller's clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** How many times as fast the service's clock runs; 1 unless told. */
  readonly speed?: number | undefined;
  /** The account of callers whose credentials do not tell one. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  /** How long every answer takes. */
  readonly latencyMs?: number | undefined;
  /** Refuse calls above the published rates. */
  readonly rates?: boolean | undefined;
  /** Waits for latency and slow faults; for real unless told. */
  readonly sleep?: ((ms: number, signal: AbortSignal) => Promise<unknown>) | undefined;
  /** Other quotas than AWS's defaults. */
  readonly quotas?: OtherQuotas | undefined;
  /** What `restore` made of a snapshot. */
  readonly state?: Restored | undefined;
}

/** An AppConfig inside the process. */
export interface Emulator {
  /** For `requestHandler` of the AWS SDK's clients for AppConfig and STS. */
  requestHandler(): SdkHandler;
  /** Answers a request. @throws ConnectionDropped where a fault says so */
  answer(request: WireRequest): Promise<WireResponse>;
  /** The same for its owner: not counted, without latency, rates and faults. */
  answerOwner(request: WireRequest): Promise<WireResponse>;
  /** Puts on an answer what every answer has. */
  stamped(response: WireResponse): WireResponse;
  /** The account and the Region of callers that do not tell theirs. */
  readonly defaults: { readonly account: string; readonly region: string };
  /** How many calls there were of each operation. */
  stats(): Record<string, number>;
  resetStats(): void;
  /** The service's time. */
  now(): number;
  /** Moves the service's clock forward. */
  advance(ms: number): void;
  /** @throws RangeError if there is no such environment */
  setAlarm(alarm: Alarm): void;
  /** What the client of that name receives, in the default account and Region. @throws ServiceError */
  configuration(address: ConfigurationAddress, client: string): Configuration;
  /** Waits until what was set by hand, and what was read, is kept; there is nothing to wait for without a state file. */
  kept(): Promise<void>;
  /** @throws RangeError for an operation that is not there, or a kind that its calls never meet */
  injectFault(fault: Fault): void;
  /** Takes back the faults that no call has met yet. */
  clearFaults(): void;
  /** Hears of every call that is about to be carried out. */
  onCall?: ((call: { readonly operation: string }) => void) | undefined;
  /** The state, ready for JSON. */
  snapshot(): Snapshot;
  /** Rules of the service that are seen broken; there should be none. */
  violations(): string[];
  /** Breaks off what waits for its latency or a slow fault. */
  close(): void;
}

/** The alarms of an environment, told by names or ids; in the default account and Region unless told. */
export interface Alarm {
  readonly application: string;
  readonly environment: string;
  readonly state: AlarmState;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/**
 * Creates an embedded AppConfig.
 * @param changed is awaited before any call that changed something is answered
 */
export function createEmulator(options: EmulatorOptions, changed = async () => {}): Emulator {
  return new EmbeddedAppConfig(options, new Keeper(changed));
}

class EmbeddedAppConfig implements Emulator {
  onCall?: Emulator['onCall'];
  readonly #options: EmulatorOptions;
  readonly #keeper: Keeper;
  readonly #store: Store;
  readonly #clock: ServiceClock;
  readonly #quotas: Quotas;
  readonly #rates: Rates | undefined;
  readonly #faults = new Faults();
  readonly #stats = new Map<string, number>();
  readonly defaults: Emulator['defaults'];
  readonly #closed = new AbortController();
  #requests = 0;

  constructor(options: EmulatorOptions, keeper: Keeper) {
    const { now, speed = 1, quotas } = options;
    const { store, account, region, ...earlier } = options.state ?? { store: new Store(), time: 0 };
    this.#options = options;
    this.defaults = {
      account: options.account ?? account ?? '123456789012',
      region: options.region ?? region ?? 'us-east-1',
    };
    // Every call that takes its time listens to it.
    setMaxListeners(0, this.#closed.signal);
    this.#keeper = keeper;
    this.#store = store;
    this.#clock = createServiceClock({ now, speed, earlier });
    this.#quotas = quotasWith(quotas);
    this.#rates = options.rates ? new Rates(now) : undefined;
  }

  requestHandler(): SdkHandler {
    return sdkHandler((request) => this.answer(request));
  }

  async answer(request: WireRequest): Promise<WireResponse> {
    const requestId = this.#nextRequestId();
    const asked = this.#ask(request, requestId);
    this.#stats.set(asked.operation, (this.#stats.get(asked.operation) ?? 0) + 1);
    this.onCall?.({ operation: asked.operation });
    const trouble = this.#faults.next(asked.operation, request);
    const delay = (this.#options.latencyMs ?? 0) + trouble.delayMs;
    if (delay > 0) await this.#delay(delay);
    const { operation, caller } = asked;
    const nextDeployment = () => this.#lastDeployment(asked) + 1;
    const { instead, refusal, after } = effectOf(trouble.kind, { operation, caller, nextDeployment });
    if (instead !== undefined) return this.#stamped(instead(), requestId);
    const response = await this.#respond(asked, () => {
      if (refusal !== undefined) throw refusal;
      if (this.#rates?.allow(operation, `${caller.account} ${caller.region}`) === false) throw throttled();
    });
    after?.();
    return this.#stamped(response, requestId);
  }

  async answerOwner(request: WireRequest): Promise<WireResponse> {
    const requestId = this.#nextRequestId();
    return this.#stamped(await this.#respond(this.#ask(request, requestId), () => {}), requestId);
  }

  stamped(response: WireResponse): WireResponse {
    return this.#stamped(response, this.#nextRequestId());
  }

  close(): void {
    this.#closed.abort();
  }

  stats(): Record<string, number> {
    return Object.fromEntries(this.#stats);
  }

  resetStats(): void {
    this.#stats.clear();
  }

  now(): number {
    return this.#clock.now();
  }

  advance(ms: number): void {
    this.#clock.advance(ms);
    this.#keeper.noteChange();
  }

  setAlarm({ application, environment, state, ...place }: Alarm): void {
    const { account = this.defaults.account, region = this.defaults.region } = place;
    const { applications } = this.#store.place(account, region);
    const found = named(named(applications, application)?.environments ?? new Map(), environment);
    if (found === undefined) {
      const where = `account ${account}, Region ${region}`;
      throw new RangeError(`there is no environment ${environment} in an application ${application} (${where})`);
    }
    setAlarm(found, state, this.now());
    this.#keeper.noteChange();
  }

  configuration(address: ConfigurationAddress, client: string): Configuration {
    const { account, region } = this.defaults;
    const found = readConfiguration(this.#store.place(account, region), address, { client, now: this.now() });
    this.#keeper.noteRead(this.now());
    return found;
  }

  kept(): Promise<void> {
    return this.#keeper.kept();
  }

  injectFault(fault: Fault): void {
    if (!isOperation(fault.operation)) throw new RangeError(`there is no operation "${fault.operation}"`);
    this.#faults.add(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  snapshot(): Snapshot {
    return takeSnapshot(this.#store, { time: this.now(), savedAt: this.#options.now(), ...this.defaults });
  }

  violations(): string[] {
    return violationsIn(this.#store);
  }

  #nextRequestId(): string {
    this.#requests += 1;
    return `00000000-0000-4000-8000-${this.#requests.toString(16).padStart(12, '0')}`;
  }

  #stamped(response: WireResponse, requestId: string): WireResponse {
    const headers = {
      ...response.headers,
      'x-amzn-requestid': requestId,
      'x-appcfg-clock-speed': String(this.#clock.speed),
      'x-appcfg-clock-time': new Date(this.#clock.now()).toISOString(),
    };
    return { ...response, headers };
  }

  #ask(request: WireRequest, requestId: string): Asked {
    const form = stsForm(request);
    const match = form === undefined ? findRoute(request.method, request.path) : undefined;
    return {
      request,
      requestId,
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

  /** @param before may refuse the call with a ServiceError */
  async #respond(asked: Asked, before: () => void): Promise<WireResponse> {
    const { form, match, caller, operation, requestId } = asked;
    const place = this.#store.place(caller.account, caller.region);
    if (needsSchemas(operation, place, match?.params.ApplicationId)) await loadSchemas();
    const response = this.#attempt(
      () => {
        before();
        if (form !== undefined) return answerSts({ form, caller, requestId, now: this.#options.now() });
        return this.#carryOut(asked);
      },
      form === undefined ? errorResponse : (error) => stsError(error, requestId),
    );
    if (match?.route.mutating && response.status < 300) this.#keeper.noteChange();
    if (isRead(operation) && response.status < 300) this.#keeper.noteRead(this.now());
    await this.kept();
    return response;
  }

  #attempt(act: () => WireResponse, shown: (error: ServiceError) => WireResponse): WireResponse {
    try {
      return act();
    } catch (error) {
      if (error instanceof ServiceError) return shown(error);
      throw error;
    }
  }

  #carryOut({ request, match, caller }: Asked): WireResponse {
    if (match === undefined) {
      throw new ServiceError(404, 'UnknownOperationException', unknownOperation(request.method, request.path));
    }
    const call: Call = {
      operation: match.route.operation,
      request,
      params: match.params,
      store: this.#store,
      place: this.#store.place(caller.account, caller.region),
      quotas: this.#quotas,
      now: this.now(),
    };
    return match.route.run(call);
  }

  #lastDeployment({ match, caller }: Asked): number {
    const { ApplicationId = '', EnvironmentId = '' } = match?.params ?? {};
    const { applications } = this.#store.place(caller.account, caller.region);
    return applications.get(ApplicationId)?.environments.get(EnvironmentId)?.lastDeployment ?? 0;
  }
}

/** A request, and what it is found to ask for. */
interface Asked {
  readonly request: WireRequest;
  readonly requestId: string;
  readonly caller: Caller;
  /** Of a call of STS. */
  readonly form: URLSearchParams | undefined;
  readonly match: RouteMatch | undefined;
  readonly operation: string;
}

function isRead(operation: string): boolean {
  return operation === 'GetLatestConfiguration' || operation === 'GetConfiguration';
}
