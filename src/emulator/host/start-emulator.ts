// The emulator as a library: the module that the package exports as `./emulator`.
import type { Alarm } from '../model/alarms.ts';
import type { Fault } from '../model/faults.ts';
import type { OtherQuotas, Quotas } from '../model/quotas.ts';
import { highestSpeed } from '../model/service-clock.ts';
import { parsePolicy } from '../rules/iam-policy.ts';
import { isObject } from '../wire/is-object.ts';
import {
  accountRegionShape,
  alarmShape,
  checkInput,
  delay,
  type Expected,
  faultShape,
  numberWithin,
  type Shape,
} from './check-input.ts';
import { clientEnvironment } from './client-environment.ts';
import { type Configuration, configurationShape, deployConfiguration, type Send } from './deploy-configuration.ts';
import { createEmulator } from './emulator.ts';
import { type EmulatorServer, listen, listenAsAgent } from './http-server.ts';

export type { Alarm, Configuration, Fault };

/** The settings of the emulator. All are optional. */
export interface StartOptions {
  /** The port to listen on, on this machine only; a free one by default. */
  readonly port?: number | undefined;
  /** Also serves the local path of an AppConfig Agent on this port to listen on; 0: any free port. Not served by default. */
  readonly agentPort?: number | undefined;
  /** The account of callers whose credentials do not name one; 123456789012 by default. */
  readonly account?: string | undefined;
  /** The Region of callers that do not sign; us-east-1 by default. */
  readonly region?: string | undefined;
  /** How many times as fast as `now` the service's clock runs, at most 1000000; 1 by default. */
  readonly speed?: number | undefined;
  /** Your clock, in milliseconds since 1970; the machine's clock by default. */
  readonly now?: (() => number) | undefined;
  /** How many milliseconds longer every response takes; 0 by default. */
  readonly latencyMs?: number | undefined;
  /** Refuses calls above the rates that AWS publishes. */
  readonly rates?: boolean | undefined;
  /** Quotas that differ from AWS's defaults. */
  readonly quotas?: OtherQuotas | undefined;
  /** An IAM policy: callers may do what it allows, and nothing else. Everything by default. */
  readonly policy?: object | undefined;
  /** Receives errors that are not responses of AppConfig: bugs, which the client sees as 500. */
  readonly onUnexpected?: ((error: unknown) => void) | undefined;
  /** Configurations that are live from the start; see `deploy`. */
  readonly configurations?: readonly Configuration[] | undefined;
}

/** An AppConfig that is listening. */
export interface RunningEmulator {
  /** The endpoint of control plane, data plane and STS. */
  readonly url: string;
  /** The Agent's endpoint, if it is served. */
  readonly agentUrl: string | undefined;
  /** Environment variables with which AWS's SDKs and CLI find it. */
  readonly environment: Readonly<Record<string, string>>;
  /** How many calls there were of each operation. */
  stats(): Record<string, number>;
  /** Sets the counts to zero. */
  resetStats(): void;
  /** The service's time, in milliseconds since 1970. */
  now(): number;
  /** Moves the service's clock forward: deployments proceed, tokens expire. */
  advance(ms: number): void;
  /**
   * Sets the alarms of an environment. Unless they are `OK`, a deployment in progress is rolled back, and so is every
   * deployment that starts, with or without monitors. @throws RangeError if the environment does not exist
   * @throws TypeError or RangeError for an invalid alarm
   */
  setAlarm(alarm: Alarm): void;
  /** Makes later calls fail. @throws TypeError or RangeError for an invalid fault */
  injectFault(fault: Fault): void;
  /** Removes all pending faults. */
  clearFaults(): void;
  /** Callers may do from now on what this IAM policy allows; everything without one. @throws PolicyError for a policy that it cannot evaluate */
  setPolicy(policy: object | undefined): void;
  /**
   * Makes a configuration live at once, and creates application, environment and profile if they do not exist. It is not
   * counted, and rates, latency and faults do not apply to it. @throws Error if AppConfig refuses a call, as during a
   * deployment, and if the environment has monitors or an alarm, because then the deployment is not live at once
   */
  deploy(configuration: Configuration): Promise<void>;
  /** Stops listening and breaks open connections. The state is lost. */
  close(): Promise<void>;
}

const port: Expected = numberWithin(0, 65_535, 'a port from 0 to 65535');
const quota: Expected = numberWithin(0, Infinity, 'a number of at least 0');

const optionsShape: Shape<StartOptions> = {
  ...accountRegionShape,
  port,
  agentPort: port,
  speed: numberWithin(Number.MIN_VALUE, highestSpeed, `a number above 0 and at most ${highestSpeed}`),
  now: { what: 'a function', type: 'function' },
  onUnexpected: { what: 'a function', type: 'function' },
  latencyMs: delay,
  rates: { what: 'true or false', type: 'boolean' },
  quotas: { what: 'an object', type: 'object', fits: isObject },
  policy: { what: 'an IAM policy, an object', type: 'object' },
  configurations: { what: 'a list', type: 'object', fits: Array.isArray },
};

const quotasShape: Shape<Quotas> = {
  applications: quota,
  environments: quota,
  profiles: quota,
  strategies: quota,
  extensions: quota,
  content: quota,
};

/**
 * Starts a local AppConfig for tests and development. Its state is in memory, until it is closed.
 * @throws TypeError or RangeError for invalid options, PolicyError for a policy that it cannot evaluate
 */
export async function startEmulator(options: StartOptions = {}): Promise<RunningEmulator> {
  checkOptions(options);
  const { port = 0, agentPort, configurations = [], onUnexpected, policy: document, ...settings } = options;
  const { now = Date.now, region = 'us-east-1' } = settings;
  const policy = document === undefined ? undefined : parsePolicy(document);
  const emulator = createEmulator({ ...settings, now, region, policy });
  const send: Send = (method, path, { headers = {}, body = '' }) => {
    const [pathname = '/', query = ''] = path.split('?');
    return emulator.handleDirectly({
      method,
      path: pathname,
      query: new URLSearchParams(query),
      headers,
      body: Buffer.from(body),
    });
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
      // Other members are ignored, so that callers can spread a configuration's address.
      checkInput(alarm, alarmShape, { caller: 'setAlarm', unknownMembers: 'ignored' });
      emulator.setAlarm(alarm);
    },
    injectFault: (fault) => {
      checkInput(fault, faultShape, { caller: 'injectFault' });
      emulator.injectFault(fault);
    },
    clearFaults: () => emulator.clearFaults(),
    setPolicy: (document) => {
      emulator.policy = document === undefined ? undefined : parsePolicy(document);
    },
    deploy: async (configuration) => {
      checkInput(configuration, configurationShape, { caller: 'deploy', path: 'configuration' });
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

function checkOptions(options: StartOptions): void {
  const caller = 'startEmulator';
  checkInput(options, optionsShape, { caller });
  const { quotas = {}, configurations = [] } = options;
  checkInput(quotas, quotasShape, { caller, path: 'quotas' });
  for (const [index, configuration] of configurations.entries()) {
    checkInput(configuration, configurationShape, { caller, path: `configurations[${index}]` });
  }
}
