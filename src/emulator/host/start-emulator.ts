// The embedded AppConfig as a library: what `appcfg/emulator` exports.

import type { FaultKind } from '../model/faults.ts';
import type { OtherQuotas } from '../model/quotas.ts';
import { checkAlarm, checkConfiguration, checkFault, checkOptions } from './check-input.ts';
import { clientEnvironment } from './client-environment.ts';
import { type Configuration, deployConfiguration, type Send } from './deploy-configuration.ts';
import { createEmulator } from './emulator.ts';
import { type EmulatorServer, listen, listenAsAgent } from './http-server.ts';

export type { Configuration };

/** How the emulator is to be; all of it may be left out. */
export interface StartOptions {
  /** The port to listen on, on this machine only; a free one unless given. */
  readonly port?: number | undefined;
  /** Also serve what an AppConfig Agent serves, on this port; 0 takes a free one. Not served unless given. */
  readonly agentPort?: number | undefined;
  /** The account of callers whose credentials do not tell one; 123456789012 unless given. */
  readonly account?: string | undefined;
  /** The Region of callers that do not sign; us-east-1 unless given. */
  readonly region?: string | undefined;
  /** How many times as fast as `now` the service's clock runs, at most 1000000; 1 unless given. */
  readonly speed?: number | undefined;
  /** Your clock, in milliseconds since 1970; the machine's unless given. */
  readonly now?: (() => number) | undefined;
  /** How many milliseconds longer every answer takes; 0 unless given. */
  readonly latencyMs?: number | undefined;
  /** Refuse calls above the rates that AWS publishes. */
  readonly rates?: boolean | undefined;
  /** Quotas other than AWS's defaults. */
  readonly quotas?: OtherQuotas | undefined;
  /** Hears of what a call failed with that is no answer of AppConfig: a defect, which the client sees as 500. Nobody unless given. */
  readonly onUnexpected?: ((error: unknown) => void) | undefined;
  /** What is live from the start; see `deploy`. */
  readonly configurations?: readonly Configuration[] | undefined;
}

/** The alarms of an environment, told by names or ids. */
export interface Alarm {
  readonly application: string;
  readonly environment: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** Where the environment is; the emulator's own account and Region unless given. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** A fault that calls of an operation run into. */
export interface Fault {
  /** `StartDeployment` and its like; `*` for any. */
  readonly operation: string;
  readonly kind: FaultKind;
  /** Only calls that hold this text, in their path or body: an id, a name, the ARN of a role. */
  readonly about?: string | undefined;
  /** How many calls meet it, also `Infinity`; 1 unless given. */
  readonly times?: number | undefined;
  /** How many calls are spared first. */
  readonly after?: number | undefined;
  /** Only every so many calls meets it; each one unless given. */
  readonly every?: number | undefined;
  /** For `slow`: milliseconds, at most 60000. */
  readonly delayMs?: number | undefined;
}

/** An AppConfig that is listening. */
export interface RunningEmulator {
  /** For control plane, data plane and STS alike. */
  readonly url: string;
  /** The Agent's address, if one was asked for. */
  readonly agentUrl: string | undefined;
  /** Environment variables with which AWS's SDKs and CLI find it. */
  readonly environment: Readonly<Record<string, string>>;
  /** How many calls there were of each operation. */
  stats(): Record<string, number>;
  /** Counts anew. */
  resetStats(): void;
  /** The service's time, in milliseconds since 1970. */
  now(): number;
  /** Moves the service's clock forward: deployments proceed, tokens expire. */
  advance(ms: number): void;
  /**
   * Sets the alarms of an environment: a deployment that is under way is rolled back, with or without monitors, and so is
   * every one that starts before they are `OK` again. @throws Error if there is no such environment @throws TypeError or
   * RangeError for what is no alarm
   */
  setAlarm(alarm: Alarm): void;
  /** Lets coming calls go wrong. @throws RangeError for an operation or a kind that is not there, a kind that calls of the operation never meet, and a delay that is too long */
  injectFault(fault: Fault): void;
  /** Takes back the faults that no call has met yet. */
  clearFaults(): void;
  /**
   * Makes a configuration live at once, and creates application, environment and profile where they are missing. Rates,
   * latency and faults are for clients: they do not meet it, and it is not counted. @throws Error where AppConfig
   * refuses, as it does during a deployment, and where the environment has monitors or alarms: the deployment takes its
   * time there
   */
  deploy(configuration: Configuration): Promise<void>;
  /** Stops listening, and breaks what is still open. The state is gone. */
  close(): Promise<void>;
}

/**
 * Starts an AppConfig on this machine, for tests and development. It keeps its state in memory, until it is closed.
 * @throws TypeError or RangeError for options that are wrong
 */
export async function startEmulator(options: StartOptions = {}): Promise<RunningEmulator> {
  checkOptions(options);
  const { port = 0, agentPort, configurations = [], onUnexpected, ...settings } = options;
  const { now = Date.now, region = 'us-east-1' } = settings;
  const emulator = createEmulator({ ...settings, now, region });
  const send: Send = (method, path, { headers = {}, body = '' }) => {
    const [pathname = '/', query = ''] = path.split('?');
    const request = {
      method,
      path: pathname,
      query: new URLSearchParams(query),
      headers,
      body: typeof body === 'string' ? Buffer.from(body) : body,
    };
    return emulator.answerOwner(request);
  };
  for (const configuration of configurations) await deployConfiguration(configuration, send);
  const server = await listen(emulator, { port, onUnexpected });
  let deploying: Promise<void> = Promise.resolve();
  let agent: EmulatorServer | undefined;
  try {
    if (agentPort !== undefined) agent = await listenAsAgent(emulator, { port: agentPort, onUnexpected });
  } catch (error) {
    await server.close();
    throw error;
  }
  return {
    url: server.url,
    agentUrl: agent?.url,
    environment: clientEnvironment(server.url, emulator.defaults.region),
    stats: () => emulator.stats(),
    resetStats: () => emulator.resetStats(),
    now: () => emulator.now(),
    advance: (ms) => emulator.advance(ms),
    setAlarm: (alarm) => {
      checkAlarm(alarm);
      emulator.setAlarm(alarm);
    },
    injectFault: (fault) => {
      checkFault(fault);
      emulator.injectFault(fault);
    },
    clearFaults: () => emulator.clearFaults(),
    deploy: async (configuration) => {
      checkConfiguration(configuration);
      // One after the other: two that need the same application would both create it.
      deploying = deploying.catch(() => {}).then(() => deployConfiguration(configuration, send));
      await deploying;
    },
    close: async () => {
      emulator.close();
      await Promise.all([server.close(), agent?.close()]);
    },
  };
}
