// An AppConfig inside the process: it answers what is on the wire, whichever door it comes through.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, Quotas } from './call.ts';
import { type Caller, callerOf } from './caller.ts';
import { createServiceClock, type EarlierTime, type ServiceClock } from './clock.ts';
import { type Configuration, type ConfigurationAddress, readConfiguration } from './data-plane-operations.ts';
import { setAlarm } from './deployment-operations.ts';
import { ConnectionDropped, conflict, ServiceError, throttled } from './errors.ts';
import { type Fault, Faults, type Trouble } from './faults.ts';
import { Rates } from './rates.ts';
import { findRoute, type RouteMatch, unknownOperation } from './routes.ts';
import { type AlarmState, type Environment, Store } from './store.ts';
import { answerSts, stsError, stsForm, stsOperation } from './sts.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { loadSchemas, needsSchemas } from './validators.ts';
import { errorResponse, type SdkHandler, sdkHandler, type WireRequest, type WireResponse } from './wire.ts';

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
  /** Other quotas than AWS's defaults. */
  readonly quotas?: { readonly [Name in keyof Quotas]?: number | undefined } | undefined;
  /** What `restore` made of a snapshot. */
  readonly state?: Restored | undefined;
}

/** The state of an earlier embedded AppConfig. */
export interface Restored extends EarlierTime {
  readonly store: Store;
}

/** A call that is about to be carried out. */
export interface CallNotice {
  readonly operation: string;
  readonly mutating: boolean;
}

/** An AppConfig inside the process. */
export interface Emulator {
  /** For `requestHandler` of the AWS SDK's clients for AppConfig and STS. */
  requestHandler(): SdkHandler;
  /** Answers a request. @throws ConnectionDropped where a fault says so */
  answer(request: WireRequest): Promise<WireResponse>;
  /** How many calls there were of each operation. */
  stats(): Record<string, number>;
  resetStats(): void;
  /** The service's time. */
  now(): number;
  /** Moves the service's clock forward. */
  advance(ms: number): void;
  /** Sets the alarms of an environment, told by names or ids. @throws Error if there is no such environment */
  setAlarm(alarm: { readonly application: string; readonly environment: string; readonly state: AlarmState }): void;
  /** What the client of that name receives, in the default account and Region. @throws ServiceError */
  configuration(address: ConfigurationAddress, client: string): Configuration;
  /** Waits until what was set by hand, and what was read, is kept; there is nothing to wait for without a state file. */
  kept(): Promise<void>;
  injectFault(fault: Fault): void;
  /** Takes back the faults that no call has met yet. */
  clearFaults(): void;
  /** Hears of every call, and may break its connection. */
  onCall?: ((call: CallNotice) => 'drop-before' | 'drop-after' | undefined) | undefined;
  /** The state, ready for JSON. */
  snapshot(): unknown;
  /** Rules of the service that were seen broken; there should be none. */
  violations(): string[];
}

/** Deletion protection counts minutes: not every poll needs to be on disk. */
const readsKeptEveryMs = 60_000;

const awsQuotas: Quotas = {
  applications: 100,
  environments: 20,
  profiles: 100,
  strategies: 20,
  // AWS publishes no number of extensions.
  extensions: 100,
  content: 2048,
};

/**
 * Creates an embedded AppConfig.
 * @param changed is awaited before any call that changed something is answered
 */
export function createEmulator(options: EmulatorOptions, changed?: () => Promise<void>): Emulator {
  return new EmbeddedAppConfig(options, changed);
}

class EmbeddedAppConfig implements Emulator {
  onCall?: Emulator['onCall'];
  readonly #options: EmulatorOptions;
  readonly #changed: (() => Promise<void>) | undefined;
  readonly #store: Store;
  readonly #clock: ServiceClock;
  readonly #quotas: Quotas;
  readonly #rates: Rates | undefined;
  readonly #faults = new Faults();
  readonly #stats = new Map<string, number>();
  readonly #defaults: { readonly account: string; readonly region: string };
  #requests = 0;
  #unkept = false;
  #readsKeptAt = 0;

  constructor(options: EmulatorOptions, changed: (() => Promise<void>) | undefined) {
    const { now, speed = 1, quotas } = options;
    const { store, ...earlier } = options.state ?? { store: new Store(), time: 0 };
    this.#options = options;
    this.#defaults = { account: options.account ?? '123456789012', region: options.region ?? 'us-east-1' };
    this.#changed = changed;
    this.#store = store;
    this.#clock = createServiceClock({ now, speed, earlier });
    this.#quotas = {
      applications: quotas?.applications ?? awsQuotas.applications,
      environments: quotas?.environments ?? awsQuotas.environments,
      profiles: quotas?.profiles ?? awsQuotas.profiles,
      strategies: quotas?.strategies ?? awsQuotas.strategies,
      extensions: quotas?.extensions ?? awsQuotas.extensions,
      content: quotas?.content ?? awsQuotas.content,
    };
    this.#rates = options.rates ? new Rates(now) : undefined;
  }

  requestHandler(): SdkHandler {
    return sdkHandler((request) => this.answer(request));
  }

  async answer(request: WireRequest): Promise<WireResponse> {
    this.#requests += 1;
    const requestId = `00000000-0000-4000-8000-${this.#requests.toString(16).padStart(12, '0')}`;
    const response = await this.#respond(request, requestId);
    const headers = {
      ...response.headers,
      'x-amzn-requestid': requestId,
      'x-appcfg-clock-speed': String(this.#clock.speed),
      'x-appcfg-clock-time': new Date(this.#clock.now()).toISOString(),
    };
    return { ...response, headers };
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
    this.#unkept = true;
  }

  setAlarm(alarm: { readonly application: string; readonly environment: string; readonly state: AlarmState }): void {
    const environments = this.#environments(alarm.application, alarm.environment);
    if (environments.length === 0) {
      throw new Error(`there is no environment ${alarm.environment} in an application ${alarm.application}`);
    }
    for (const environment of environments) setAlarm(environment, alarm.state, this.now());
    this.#unkept = true;
  }

  configuration(address: ConfigurationAddress, client: string): Configuration {
    const { account, region } = this.#defaults;
    const found = readConfiguration(this.#store.place(account, region), address, { client, now: this.now() });
    this.#noteRead();
    return found;
  }

  async kept(): Promise<void> {
    if (!this.#unkept) return;
    this.#unkept = false;
    try {
      await this.#changed?.();
    } catch (error) {
      this.#unkept = true;
      throw error;
    }
  }

  #noteRead(): void {
    const now = this.now();
    if (now - this.#readsKeptAt < readsKeptEveryMs) return;
    this.#readsKeptAt = now;
    this.#unkept = true;
  }

  injectFault(fault: Fault): void {
    this.#faults.add(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  snapshot(): unknown {
    return takeSnapshot(this.#store, { time: this.now(), savedAt: this.#options.now() });
  }

  violations(): string[] {
    return [...this.#store.violations];
  }

  async #respond(request: WireRequest, requestId: string): Promise<WireResponse> {
    const caller = callerOf(request.headers, this.#defaults);
    const form = stsForm(request);
    const match = form === undefined ? findRoute(request.method, request.path) : undefined;
    const operation = form === undefined ? (match?.route.operation ?? 'Unknown') : stsOperation(form);
    this.#stats.set(operation, (this.#stats.get(operation) ?? 0) + 1);
    const mutating = match?.route.mutating ?? false;
    const dropped = this.onCall?.({ operation, mutating });
    const trouble = this.#faults.next(operation, request.headers);
    const delay = (this.#options.latencyMs ?? 0) + trouble.delayMs;
    if (delay > 0) await sleep(delay);
    if (dropped === 'drop-before' || trouble.kind === 'drop-before') throw new ConnectionDropped();
    if (trouble.kind === 'html') return htmlPage();
    const place = this.#store.place(caller.account, caller.region);
    if (needsSchemas(operation, place, match?.params.ApplicationId)) await loadSchemas();
    const response = this.#attempt(
      () => {
        refuse(trouble, operation, caller);
        if (this.#rates?.allow(operation, `${caller.account} ${caller.region}`) === false) throw throttled();
        if (form !== undefined) return answerSts({ form, caller, requestId, now: this.#options.now() });
        return this.#carryOut(request, match, caller, trouble);
      },
      form === undefined ? errorResponse : (error) => stsError(error, requestId),
    );
    if (mutating && response.status < 300) this.#unkept = true;
    if (isRead(operation) && response.status < 300) this.#noteRead();
    await this.kept();
    if (dropped === 'drop-after' || trouble.kind === 'drop-after') throw new ConnectionDropped();
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

  #carryOut(request: WireRequest, match: RouteMatch | undefined, caller: Caller, trouble: Trouble): WireResponse {
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
    if (trouble.kind === 'race') {
      const { ApplicationId = '', EnvironmentId = '' } = match.params;
      const environment = call.place.applications.get(ApplicationId)?.environments.get(EnvironmentId);
      throw conflict(`Deployment number ${(environment?.lastDeployment ?? 0) + 1} already exists`);
    }
    return match.route.run(call);
  }

  #environments(application: string, environment: string): Environment[] {
    return [...this.#store.places.values()]
      .flatMap((place) => [...place.applications.values()])
      .filter((each) => each.id === application || each.name === application)
      .flatMap((each) => [...each.environments.values()])
      .filter((each) => each.id === environment || each.name === environment);
  }
}

function isRead(operation: string): boolean {
  return operation === 'GetLatestConfiguration' || operation === 'GetConfiguration';
}

function refuse(trouble: Trouble, operation: string, caller: Caller): void {
  switch (trouble.kind) {
    case 'throttle':
      throw throttled();
    case 'error':
      throw new ServiceError(500, 'InternalServerException', 'There has been an internal error.');
    case 'deny': {
      const action = operation.includes('Role') || operation === 'GetCallerIdentity' ? 'sts' : 'appconfig';
      throw new ServiceError(
        403,
        'AccessDeniedException',
        `User: ${caller.arn} is not authorized to perform: ${action}:${operation}`,
      );
    }
    case 'expired':
      throw new ServiceError(403, 'ExpiredTokenException', 'The security token included in the request is expired');
    case 'protected':
      throw new ServiceError(
        400,
        'BadRequestException',
        'The resource is protected from deletion: it was used within the deletion protection period.',
      );
    default:
  }
}

function htmlPage(): WireResponse {
  const body = Buffer.from('<!doctype html><html><title>Sign in</title><body>Please sign in.</body></html>\n');
  return { status: 200, headers: { 'content-type': 'text/html' }, body };
}
