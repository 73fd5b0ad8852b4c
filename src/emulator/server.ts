// The embedded AppConfig behind HTTP.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Emulator } from './emulator.ts';
import { ConnectionDropped } from './errors.ts';
import { faultKinds } from './faults.ts';
import { jsonResponse, type WireRequest, type WireResponse } from './wire.ts';

/** A server that is listening. */
export interface EmulatorServer {
  readonly url: string;
  /** Ends at once, breaking what is still open. */
  close(): Promise<void>;
}

const largestBody = 5 * 1024 * 1024;

/** Serves an embedded AppConfig; to this machine only, unless a host is given. */
export async function listen(
  emulator: Emulator,
  options: { readonly host?: string | undefined; readonly port: number },
): Promise<EmulatorServer> {
  const host = options.host ?? '127.0.0.1';
  const guarded = isLoopback(host);
  const server = createServer((incoming, outgoing) => {
    serve(emulator, guarded, incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port, address } = server.address() as AddressInfo;
  const shown = address.includes(':') ? `[${address}]` : address;
  return {
    url: `http://${shown === '0.0.0.0' || shown === '[::]' ? 'localhost' : shown}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  emulator: Emulator,
  guarded: boolean,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const refusal = refusalOf(incoming, guarded);
  if (refusal !== undefined) {
    send(outgoing, jsonResponse(403, { Message: refusal }, { 'x-amzn-errortype': 'AccessDeniedException:' }));
    return;
  }
  const body = await readBody(incoming);
  if (body === undefined) {
    const error = { Message: 'Request body too large.' };
    const headers = { 'x-amzn-errortype': 'PayloadTooLargeException:', connection: 'close' };
    send(outgoing, jsonResponse(413, error, headers));
    return;
  }
  const request = wireRequest(incoming, body);
  try {
    const administrative = request.path.startsWith('/_emulator/');
    send(outgoing, administrative ? administer(emulator, request) : await emulator.answer(request));
  } catch (error) {
    if (error instanceof ConnectionDropped) {
      outgoing.destroy();
      return;
    }
    const failure = { Message: 'The embedded AppConfig failed to carry out this call.' };
    send(outgoing, jsonResponse(500, failure, { 'x-amzn-errortype': 'InternalServerException:' }));
  }
}

/**
 * Web pages must not reach this server, be it through a name of theirs that resolves to this machine.
 * @param guarded it listens to this machine only, so no other name of it is right
 */
function refusalOf(incoming: IncomingMessage, guarded: boolean): string | undefined {
  const { host, origin } = incoming.headers;
  if (guarded && (host === undefined || !isLoopbackUrl(`http://${host}`)))
    return 'The Host header does not name this machine.';
  if (origin !== undefined && !isLoopbackUrl(origin)) return 'Requests of other origins are refused.';
  return undefined;
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > largestBody) {
      // What is still on its way is let go, or the client would not get to see the answer.
      incoming.resume();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function wireRequest(incoming: IncomingMessage, body: Buffer): WireRequest {
  const [path = '/', query = ''] = splitOnce(incoming.url ?? '/', '?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { method: incoming.method ?? 'GET', path, query: new URLSearchParams(query), headers, body };
}

function send(outgoing: ServerResponse, response: WireResponse): void {
  const { status, headers, body } = response;
  const length = status === 204 ? {} : { 'content-length': String(body.length) };
  outgoing.writeHead(status, { ...headers, ...length, server: 'appcfg-emulator' });
  outgoing.end(body);
}

const advanceSchema = z.strictObject({ advanceMs: z.number().nonnegative() });
const alarmSchema = z.strictObject({
  application: z.string(),
  environment: z.string(),
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
});
const faultSchema = z.strictObject({
  operation: z.string(),
  kind: z.enum(faultKinds),
  times: z.number().int().positive().optional(),
  after: z.number().int().nonnegative().optional(),
  delayMs: z.number().nonnegative().optional(),
});

/** What clients of AppConfig do not call: the strings of the puppet. */
function administer(emulator: Emulator, request: WireRequest): WireResponse {
  try {
    const done = administration(emulator, request);
    return done === undefined
      ? jsonResponse(404, { Message: 'There is no such thing here.' })
      : jsonResponse(200, done);
  } catch (error) {
    const message = error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : '';
    return jsonResponse(400, { Message: message });
  }
}

function administration(emulator: Emulator, request: WireRequest): unknown {
  const clock = () => ({ time: new Date(emulator.now()).toISOString(), now: emulator.now() });
  switch (`${request.method} ${request.path}`) {
    case 'GET /_emulator/stats':
      return { calls: emulator.stats(), violations: emulator.violations() };
    case 'POST /_emulator/reset':
      emulator.resetStats();
      emulator.clearFaults();
      return {};
    case 'GET /_emulator/clock':
      return clock();
    case 'POST /_emulator/clock':
      emulator.advance(advanceSchema.parse(parsed(request)).advanceMs);
      return clock();
    case 'POST /_emulator/alarms':
      emulator.setAlarm(alarmSchema.parse(parsed(request)));
      return {};
    case 'POST /_emulator/faults':
      emulator.injectFault(faultSchema.parse(parsed(request)));
      return {};
    default:
      return undefined;
  }
}

function parsed(request: WireRequest): unknown {
  return JSON.parse(Buffer.from(request.body).toString('utf8'));
}

function isLoopbackUrl(url: string): boolean {
  return URL.canParse(url) && isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, ''));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
