import { existsSync } from 'node:fs';
import { AppcfgError, failure, type Problem } from '../core/problem/problem.ts';
import { clientEnvironment } from '../emulator/host/client-environment.ts';
import { createEmulator, type Emulator } from '../emulator/host/emulator.ts';
import { type EmulatorServer, type ListenOptions, listen, listenAsAgent } from '../emulator/host/http-server.ts';
import { isLoopback } from '../emulator/host/loopback.ts';
import type { Context } from '../engine/context.ts';
import type { EmulatorOptions } from '../engine/options.ts';
import { localStateError, withLocalState } from './open-local.ts';
import type { Seeded } from './seed.ts';

/** Serves the embedded AppConfig over HTTP until it is interrupted. */
export async function emulator(options: EmulatorOptions, context: Context): Promise<void> {
  const seeded = await seedOf(options, context);
  if (seeded === 'refused') return;
  const opened = await openEmulator(options, { context, seeded });
  const servers: EmulatorServer[] = [];
  try {
    let last: unknown;
    const onUnexpected = (error: unknown) => {
      // While saving fails for one reason, it fails with the same error.
      if (error !== last) void tellUnexpected(error, context);
      last = error;
    };
    const server = await listen(opened.emulator, { ...options, onUnexpected }).catch(
      refuse('--port', options.port, options),
    );
    servers.push(server);
    const agent = await openAgent({ ...options, onUnexpected }, opened.emulator);
    if (agent !== undefined) servers.push(agent);
    if (options.host !== undefined && !isLoopback(options.host)) warnOfOthers(options.host, context);
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

async function seedOf(options: EmulatorOptions, context: Context): Promise<Seeded | undefined | 'refused'> {
  const { seedFrom: from, account, data, region, quotas } = options;
  if (from === undefined) return undefined;
  if (data !== undefined && existsSync(data)) {
    tellSeedIgnored(data, context);
    return undefined;
  }
  const { seedFrom } = await import('./seed.ts');
  return (await seedFrom(from, { context, account, region, quotas })) ?? 'refused';
}

interface Opened {
  readonly emulator: Emulator;
  readonly close: () => Promise<void>;
}

/** With a file that is there already, what it holds stays, and no tree comes in. */
async function openEmulator(
  options: EmulatorOptions,
  about: { readonly context: Context; readonly seeded: Seeded | undefined },
): Promise<Opened> {
  const { speed, latencyMs, rates, quotas, account, data } = options;
  const { context, seeded } = about;
  const region = options.region ?? seeded?.region;
  const settings = { now: context.clock.now, speed, latencyMs, rates, quotas, account, region };
  if (data === undefined) {
    return { emulator: createEmulator({ ...settings, state: seeded?.state }), close: async () => {} };
  }
  return await withLocalState(async () => {
    const { openStateFile } = await import('../emulator/host/state-file.ts');
    return openStateFile({ ...settings, path: data, initial: seeded?.state });
  });
}

function openAgent(
  options: EmulatorOptions & Pick<ListenOptions, 'onUnexpected'>,
  emulator: Emulator,
): Promise<EmulatorServer> | undefined {
  const { agentPort: port, host, onUnexpected } = options;
  if (port === undefined) return undefined;
  return listenAsAgent(emulator, { port, host, onUnexpected }).catch(refuse('--agent-port', port, options));
}

/** The client sees no more than a 500. */
async function tellUnexpected(error: unknown, context: Context): Promise<void> {
  const told = await localStateError(error);
  const stack = told instanceof Error ? (told.stack ?? told.message) : String(told);
  const defect: Problem = { code: 'internal-error', severity: 'error', message: `internal error in appcfg: ${stack}` };
  const problems = told instanceof AppcfgError ? told.problems : [defect];
  for (const problem of problems) context.emit({ type: 'problem-found', problem });
}

function tellSeedIgnored(data: string, context: Context): void {
  context.emit({
    type: 'problem-found',
    problem: {
      code: 'seed-ignored',
      severity: 'warning',
      message: `${data} is there already, so what it holds stays, and --seed-from is not used`,
      hint: { text: 'delete the file to start with the tree' },
    },
  });
}

function warnOfOthers(host: string, context: Context): void {
  context.emit({
    type: 'problem-found',
    problem: {
      code: 'emulator-exposed',
      severity: 'warning',
      message: `with --host ${host} everybody who reaches this machine can read and change what is in the embedded AppConfig: it checks no signatures`,
      hint: { text: 'leave --host out to listen on this machine only' },
    },
  });
}

function refuse(flag: string, port: number, options: EmulatorOptions): (error: unknown) => never {
  return (error) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    switch (code) {
      case 'EADDRINUSE':
        throw failure('usage-invalid', `port ${port} is in use`, {
          hint: { text: `take another one with ${flag}, or a free one with ${flag} 0` },
        });
      case 'EACCES':
        throw failure('usage-invalid', `you may not listen on port ${port}`, { hint: { text: 'take one above 1023' } });
      case 'EADDRNOTAVAIL':
      case 'ENOTFOUND':
        throw failure('usage-invalid', `--host "${options.host}" is not an address of this machine`, {
          hint: { text: 'leave it out to listen on 127.0.0.1' },
        });
      default:
        throw error;
    }
  };
}
