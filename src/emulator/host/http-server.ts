// The embedded AppConfig behind HTTP.
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorResponse, type WireRequest, type WireResponse } from '../wire/message.ts';
import { ConnectionDropped, ServiceError } from '../wire/service-error.ts';
import { answerAgent } from './agent.ts';
import type { Emulator } from './emulator.ts';

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
  /** Hears of what a call failed with that is not an answer of AppConfig; the client is told 500. */
  readonly onUnexpected?: ((error: unknown) => void) | undefined;
}

/** How requests are answered. */
interface Service {
  readonly answer: (request: WireRequest) => Promise<WireResponse>;
  readonly emulator: Emulator;
  /** It listens to this machine only, so no other name of it is right. */
  readonly guarded: boolean;
  readonly onUnexpected: ListenOptions['onUnexpected'];
}

/** Serves an embedded AppConfig; to this machine only, unless a host is given. */
export function listen(emulator: Emulator, options: ListenOptions): Promise<EmulatorServer> {
  const answer = async (request: WireRequest) => {
    if (!request.path.startsWith('/_emulator/')) return await emulator.answer(request);
    // Rarely needed, and it costs a library: what is not asked for should not delay the start.
    const { administer } = await import('./control-endpoints.ts');
    const response = administer(emulator, request);
    await emulator.kept();
    return emulator.stamped(response);
  };
  return listenWith(emulator, answer, options);
}

/** Serves what an AppConfig Agent beside an application serves. */
export function listenAsAgent(emulator: Emulator, options: ListenOptions): Promise<EmulatorServer> {
  const answer = async (request: WireRequest) => {
    const response = answerAgent(request, (address) => emulator.configuration(address, 'agent'));
    await emulator.kept();
    return emulator.stamped(response);
  };
  return listenWith(emulator, answer, options);
}

async function listenWith(
  emulator: Emulator,
  answer: Service['answer'],
  options: ListenOptions,
): Promise<EmulatorServer> {
  const { host = '127.0.0.1', onUnexpected } = options;
  const service: Service = { answer, emulator, guarded: isLoopback(host), onUnexpected };
  const take = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    serve(service, incoming, outgoing).catch(() => outgoing.destroy());
  };
  // What Node would answer by itself says nothing of the emulator; a request without a host is looked at in `serve`.
  const server = createServer({ requireHostHeader: false }, take);
  server.on('checkExpectation', take);
  server.on('clientError', (error, socket) => {
    // Every other answer is written whole, so this one comes after those.
    if (socket.writable) socket.end(answerUnreadable(emulator, error));
    else socket.destroy();
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

async function serve(service: Service, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { answer, emulator, guarded, onUnexpected } = service;
  const refusal = refusalOf(incoming, guarded);
  if (refusal !== undefined) {
    send(outgoing, emulator.stamped(errorResponse(new ServiceError(403, 'AccessDeniedException', refusal))));
    return;
  }
  const body = await readBody(incoming);
  if (body === undefined) {
    const response = emulator.stamped(errorResponse(tooLarge(incoming)));
    send(outgoing, { ...response, headers: { ...response.headers, connection: 'close' } });
    return;
  }
  try {
    send(outgoing, await answer(wireRequest(incoming, body)));
  } catch (error) {
    if (error instanceof ConnectionDropped) {
      outgoing.destroy();
      return;
    }
    onUnexpected?.(error);
    const message = 'The embedded AppConfig failed to carry out this call.';
    send(outgoing, emulator.stamped(errorResponse(new ServiceError(500, 'InternalServerException', message))));
  }
}

/** What is not HTTP gets an answer of HTTP nevertheless. */
function answerUnreadable(emulator: Emulator, error: Error): string {
  const [status, message] = unreadable('code' in error ? error.code : undefined);
  const { headers, body } = emulator.stamped(errorResponse(new ServiceError(status, 'BadRequestException', message)));
  const lines = Object.entries({ ...headers, ...fixedHeaders(body), connection: 'close' });
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines.map(([name, value]) => `${name}: ${value}`)];
  return `${head.join('\r\n')}\r\n\r\n${body.toString('utf8')}`;
}

function unreadable(code: unknown): [number, string] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return [431, 'The headers of the request are too long.'];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'The request took too long to arrive.'];
    default:
      return [400, 'The request is not HTTP.'];
  }
}

function tooLarge(incoming: IncomingMessage): ServiceError {
  const size = Number(incoming.headers['content-length'] ?? Number.NaN);
  return new ServiceError(413, 'PayloadTooLargeException', 'Request body too large.', {
    Measure: 'KILOBYTES',
    Limit: largestBody / 1024,
    ...(Number.isNaN(size) ? {} : { Size: Math.ceil(size / 1024) }),
  });
}

/** Web pages must not reach this server, be it through a name of theirs that resolves to this machine. */
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
  const { 'content-length': length, ...others } = fixedHeaders(body);
  outgoing.writeHead(status, { ...headers, ...(status === 204 ? {} : { 'content-length': length }), ...others });
  outgoing.end(body);
}

function fixedHeaders(body: Buffer) {
  return { 'content-length': String(body.length), server: 'appcfg-emulator' };
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
