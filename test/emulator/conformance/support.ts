import { AppConfigClient } from '@aws-sdk/client-appconfig';
import { STSClient } from '@aws-sdk/client-sts';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../../src/emulator/host/emulator.ts';

export const start = Date.parse('2026-03-01T12:00:00Z');

export interface Bench {
  readonly emulator: Emulator;
  readonly client: AppConfigClient;
  readonly sts: STSClient;
}

/** An emulator whose clock stands still until it is advanced, and clients of it. */
export function bench(options: Partial<EmulatorOptions> = {}): Bench {
  const emulator = createEmulator({ now: () => start, ...options });
  return { emulator, ...clientsOf(emulator) };
}

export function clientsOf(
  emulator: Emulator,
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } = {
    accessKeyId: 'AKIALOCAL',
    secretAccessKey: 'local',
  },
  region = 'us-east-1',
) {
  const settings = { region, credentials, requestHandler: emulator.requestHandler(), maxAttempts: 1 };
  return { client: new AppConfigClient(settings), sts: new STSClient(settings) };
}

/** The error a call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<{ name: string; message: string; status: number }> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { name, message, status: $metadata?.httpStatusCode ?? 0 };
  }
  throw new Error('the call was expected to fail');
}

/** Creates a resource with each call: `await make('/applications', { Name: 'shop' })`. */
export function creator(emulator: Emulator) {
  return async (path: string, body: object | string, headers = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return (await raw(emulator, 'POST', path, { body: text, headers })).json as { Id: string };
  };
}

/** Sends a request without the SDK. */
export async function raw(
  emulator: Emulator,
  method: string,
  path: string,
  more: { headers?: Record<string, string>; body?: string } = {},
) {
  const [pathname = '/', query = ''] = path.split('?');
  const response = await emulator.handle({
    method,
    path: pathname,
    query: new URLSearchParams(query),
    headers: more.headers ?? {},
    body: Buffer.from(more.body ?? ''),
  });
  const text = response.body.toString('utf8');
  return { ...response, text, json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {} };
}
