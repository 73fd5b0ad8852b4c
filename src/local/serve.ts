import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppcfgError, failure, type Problem } from '../core/problem/problem.ts';
import { clientEnvironment } from '../emulator/host/client-environment.ts';
import { createEmulator, type Emulator } from '../emulator/host/emulator.ts';
import { type EmulatorServer, type ListenOptions, listen, listenAsAgent } from '../emulator/host/http-server.ts';
import { isLoopback } from '../emulator/host/loopback.ts';
import type { Policy } from '../emulator/rules/iam-policy.ts';
import type { Context } from '../engine/context.ts';
import type { EmulatorOptions } from '../engine/options.ts';
import { localStateError, namedFileHints, withLocalState } from './open-local.ts';
import type { SeedResult } from './seed.ts';

/** Serves a local AppConfig over HTTP until the run is interrupted. */
export async function emulator(options: EmulatorOptions, context: Context): Promise<void> {
  const seeded = await seedOf(options, context);
  if (seeded === 'refused') return;
  const opened = await openEmulator(options, { context, seeded });
  if (options.seedFrom !== undefined && seeded === undefined) reportIgnoredSeed(options, context);
  const servers: EmulatorServer[] = [];
  try {
    let last: unknown;
    const onUnexpected = (error: unknown) => {
      // While the state cannot be saved, every request fails with the same error.
      if (error !== last) void reportUnexpected(error, context);
      last = error;
    };
    const server = await listen(opened.emulator, { ...options, onUnexpected }).catch(
      failureToListen('--port', options.port, options),
    );
    servers.push(server);
    const agent = await openAgent({ ...options, onUnexpected }, opened.emulator);
    if (agent !== undefined) servers.push(agent);
    if (options.host !== undefined && !isLoopback(options.host)) warnOfExposure(options.host, context);
    context.emit({
      type: 'server-started',
      url: server.url,
      ...(agent === undefined ? {} : { agentUrl: agent.url }),
      speed: options.speed,
      environment: clientEnvironment(server.url, opened.emulator.defaults.region),
    });
    await new Promise<void>((resolve) => {
      if (context.signal.aborted) resolve();
      else context.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    opened.emulator.close();
    await Promise.all(servers.map((server) => server.close()));
    await withLocalState(opened.close);
  }
}

async function seedOf(options: EmulatorOptions, context: Context): Promise<SeedResult | undefined | 'refused'> {
  const { seedFrom, data } = options;
  if (seedFrom === undefined) return undefined;
  if (data !== undefined && existsSync(data)) return undefined;
  const { seed } = await import('./seed.ts');
  return (await seed({ ...options, seedFrom }, context)) ?? 'refused';
}

interface Opened {
  readonly emulator: Emulator;
  readonly close: () => Promise<void>;
}

/** @throws AppcfgError for a state file that cannot be used */
async function openEmulator(
  options: EmulatorOptions,
  run: { readonly context: Context; readonly seeded: SeedResult | undefined },
): Promise<Opened> {
  const { speed, latencyMs, rates, quotas, account, data } = options;
  const { context, seeded } = run;
  const region = options.region ?? seeded?.region;
  const policy = await readPolicy(options.policy, context);
  const settings = { now: context.clock.now, speed, latencyMs, rates, quotas, account, region, policy };
  if (data === undefined) {
    return { emulator: createEmulator({ ...settings, state: seeded?.state }), close: async () => {} };
  }
  return await withLocalState(async () => {
    const { openStateFile } = await import('../emulator/host/state-file.ts');
    return openStateFile({ ...settings, path: data, initial: seeded?.state });
  }, namedFileHints);
}

/** @throws AppcfgError for a policy that cannot be read or evaluated */
async function readPolicy(file: string | undefined, { cwd }: Context): Promise<Policy | undefined> {
  if (file === undefined) return undefined;
  const { parsePolicy, PolicyError } = await import('../emulator/rules/iam-policy.ts');
  try {
    return parsePolicy(JSON.parse(readFileSync(resolve(cwd, file), 'utf8')));
  } catch (error) {
    if (
      !(error instanceof PolicyError || error instanceof SyntaxError || (error instanceof Error && 'code' in error))
    ) {
      throw error;
    }
    const reason = error instanceof SyntaxError ? 'it is not JSON' : error.message;
    throw failure('usage-invalid', `--policy "${file}" cannot be used: ${reason}`, {
      hint: { text: policyHint(error) },
    });
  }
}

function policyHint(error: Error): string {
  if (error instanceof SyntaxError) return 'fix the JSON';
  if ('code' in error) return 'check the path';
  return 'node_modules/@appcfg/cli/docs/emulator.md#permissions lists what is supported';
}

function openAgent(
  options: EmulatorOptions & Pick<ListenOptions, 'onUnexpected'>,
  emulator: Emulator,
): Promise<EmulatorServer> | undefined {
  const { agentPort: port, host, allowedHosts, onUnexpected } = options;
  if (port === undefined) return undefined;
  return listenAsAgent(emulator, { port, host, allowedHosts, onUnexpected }).catch(
    failureToListen('--agent-port', port, options),
  );
}

/** The client only gets a response 500. */
async function reportUnexpected(error: unknown, { emit }: Context): Promise<void> {
  const cause = await localStateError(error);
  const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  const internal: Problem = {
    code: 'internal-error',
    severity: 'error',
    message: `internal error in appcfg: ${stack}`,
    hint: { text: 'report this text and the request that was sent' },
  };
  const problems = cause instanceof AppcfgError ? cause.problems : [internal];
  for (const problem of problems) emit({ type: 'problem-found', problem });
}

/** The state file was opened: it is one. */
function reportIgnoredSeed({ data }: EmulatorOptions, { emit }: Context): void {
  emit({
    type: 'problem-found',
    problem: {
      code: 'seed-ignored',
      severity: 'warning',
      message: `--seed-from is ignored: the state file ${data} exists`,
      hint: { text: 'delete the file to start with the tree' },
    },
  });
}

function warnOfExposure(host: string, { emit }: Context): void {
  emit({
    type: 'problem-found',
    problem: {
      code: 'emulator-exposed',
      severity: 'warning',
      message: `--host ${host} exposes the local AppConfig: it checks no signatures, so any machine that reaches this port can read and change its state`,
      hint: { text: 'leave out --host to listen on this machine only' },
    },
  });
}

/** @returns throws the problem that an error of listening is */
function failureToListen(flag: string, port: number, { host }: EmulatorOptions): (error: unknown) => never {
  return (error) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    switch (code) {
      case 'EADDRINUSE':
        throw failure('usage-invalid', `port ${port} is in use`, {
          hint: { text: `choose another port with ${flag}, or take a free one with ${flag} 0` },
        });
      case 'EACCES':
        throw failure('usage-invalid', `no permission to listen on port ${port}`, {
          hint: { text: 'choose a port above 1023' },
        });
      case 'EADDRNOTAVAIL':
      case 'ENOTFOUND':
        throw failure('usage-invalid', `--host "${host}" is not an address of this machine`, {
          hint: { text: 'leave out --host to listen on 127.0.0.1' },
        });
      default:
        throw error;
    }
  };
}
