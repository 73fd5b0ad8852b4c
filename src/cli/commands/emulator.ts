import { createEmulator } from '../../emulator/emulator.ts';
import { listen } from '../../emulator/server.ts';
import { openStateFile } from '../../emulator/state-file.ts';
import type { Context } from '../context.ts';
import type { EmulatorOptions } from '../options.ts';
import { openLocalState } from '../session.ts';

/** Serves the embedded AppConfig over HTTP until it is interrupted. */
export async function emulator(options: EmulatorOptions, context: Context): Promise<void> {
  const { speed, latencyMs, rates, quotas } = options;
  const settings = { now: context.clock.now, speed, latencyMs, rates, quotas };
  const { data } = options;
  const opened =
    data === undefined
      ? { emulator: createEmulator(settings), close: async () => {} }
      : await openLocalState(() => openStateFile({ ...settings, path: data }));
  const server = await listen(opened.emulator, { host: options.host, port: options.port });
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
