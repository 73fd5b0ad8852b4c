// The embedded AppConfig behind HTTP.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerAgent } from './agent.ts';
import type { Emulator } from './emulator.ts';
import { ConnectionDropped } from './errors.ts';
import { jsonResponse, type WireRequest, type WireResponse } from './wire.ts';

/** A server that is listening. */
export interface EmulatorServer {
  readonly url: string;
  /** Ends at once, breaking what is still open. */
  close(): Promise<void>;
}

const largestBody = 5 * 1024 * 1024;

/** Where to listen. */
export interface ListenOptions {
  readonly host?: string | undefined;
  /** 0 takes a free one. */
  readonly port: number;
}

type Answer = (request: WireRequest) => Promise<WireResponse>;

/** Serves an embedded AppConfig; to this machine only, unless a host is given. */
export function listen(emulator: Emulator, options: ListenOptions): Promise<EmulatorServer> {
  return listenWith(async (request) => {
    if (!request.path.startsWith('/_emulator/')) return await emulator.answer(request);
    // Rarely needed, and it costs a library: what is not asked for should not delay the start.
    const { administer } = await import('./administration.ts');
    const response = administer(emulator, request);
    await emulator.kept();
    return response;
  }, options);
}

/** Serves what an AppConfig Agent beside an application serves. */
export function listenAsAgent(emulator: Emulator, options: ListenOptions): Promise<EmulatorServer> {
  return listenWith(async (request) => {
    const response = answerAgent(request, (address) => emulator.configuration(address, 'agent'));
    await emulator.kept();
    return response;
  }, options);
}

async function listenWith(answer: Answer, options: ListenOptions): Promise<EmulatorServer> {
  const host = options.host ?? '127.0.0.1';
  const guarded = isLoopback(host);
  const server = createServer((incoming, outgoing) => {
    serve(answer, guarded, incoming, outgoing).catch(() => outgoing.destroy());
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
  answer: Answer,
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
    send(outgoing, await answer(request));
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

function isLoopbackUrl(url: string): boolean {
  return URL.canParse(url) && isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, ''));
}

/** Whether only this machine can reach a host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
