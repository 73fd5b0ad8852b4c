import { failure } from '../../core/errors.ts';
import { createEmulator } from '../../emulator/emulator.ts';
import { listen } from '../../emulator/server.ts';
import type { Context } from '../context.ts';
import { openLocalState } from '../local-state.ts';
import type { EmulatorOptions } from '../options.ts';

/** Serves the embedded AppConfig over HTTP until it is interrupted. */
export async function emulator(options: EmulatorOptions, context: Context): Promise<void> {
  const { speed, latencyMs, rates, quotas } = options;
  const settings = { now: context.clock.now, speed, latencyMs, rates, quotas };
  const { data } = options;
  const opened =
    data === undefined
      ? { emulator: createEmulator(settings), close: async () => {} }
      : await openLocalState(async () => {
          const { openStateFile } = await import('../../emulator/state-file.ts');
          return openStateFile({ ...settings, path: data });
        });
  const server = await listen(opened.emulator, { host: options.host, port: options.port }).catch(
    async (error: unknown) => {
      await opened.close();
      throw listenFailure(error, options);
    },
  );
  try {
    context.emit({
      type: 'server-started',
      url: server.url,
      speed,
      environment: {
        AWS_ENDPOINT_URL: server.url,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_REGION: 'us-east-1',
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    });
    await new Promise<void>((resolve) => {
      if (context.signal.aborted) resolve();
      else context.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    await server.close();
    await opened.close();
  }
}

function listenFailure(error: unknown, options: EmulatorOptions): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return failure('usage-wrong', `port ${options.port} is in use`, {
        hint: 'take another one with --port, or a free one with --port 0',
      });
    case 'EACCES':
      return failure('usage-wrong', `you may not listen on port ${options.port}`, { hint: 'take one above 1023' });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return failure('usage-wrong', `--host "${options.host}" is not an address of this machine`, {
        hint: 'leave it out to listen on 127.0.0.1',
      });
    default:
      return error;
  }
}
