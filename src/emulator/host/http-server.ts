// Serves the emulator over HTTP.
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorResponse, type WireRequest, type WireResponse } from '../wire/message.ts';
import { ConnectionDropped, ServiceError } from '../wire/service-error.ts';
import { handleAgentRequest } from './agent.ts';
import { handleControlRequest } from './control-endpoints.ts';
import type { Emulator } from './emulator.ts';
import { refusalOf } from './loopback.ts';

/** A server that is listening. */
export interface EmulatorServer {
  readonly url: string;
  /** Stops at once and breaks open connections. */
  close(): Promise<void>;
}

const maxBodyBytes = 5 * 1024 * 1024;

/** Milliseconds in which a request must have arrived. */
const requestTimeout = 30_000;

/** Milliseconds without a byte after which a connection is closed: longer than the longest delay of a response. */
const idleTimeout = 3 * 60_000;

const controlPath = '/_emulator/';

/** Where to listen. */
export interface ListenOptions {
  readonly host?: string | undefined;
  /** Names by which clients call it, besides `host`: of a service in a container network, for example. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** 0 takes a free port. */
  readonly port: number;
  /** Milliseconds in which a request must have arrived; 30 s by default. */
  readonly requestTimeoutMs?: number | undefined;
  /** Receives errors that are not responses of AppConfig: bugs, which the client sees as 500. */
  readonly onUnexpected?: ((error: unknown) => void) | undefined;
}

/** How a server handles requests. */
interface Service {
  readonly handle: (request: WireRequest) => Promise<WireResponse>;
  readonly emulator: Emulator;
  /** Where it listens. */
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly onUnexpected: ListenOptions['onUnexpected'];
}

/** Serves AppConfig and the control endpoints. Only to this machine unless a host is given. */
export function listen(emulator: Emulator, options: ListenOptions): Promise<EmulatorServer> {
  const handle = async (request: WireRequest) => {
    if (!request.path.startsWith(controlPath)) return await emulator.handle(request);
    const response = handleControlRequest(emulator, request);
    await emulator.saved();
    return emulator.withCommonHeaders(response);
  };
  return listenWith(emulator, handle, options);
}

/** Serves the local path of an AppConfig Agent. */
export function listenAsAgent(emulator: Emulator, options: ListenOptions): Promise<EmulatorServer> {
  const handle = async (request: WireRequest) => {
    const response = handleAgentRequest(request, (address) => emulator.configuration(address, 'agent'));
    await emulator.saved();
    return emulator.withCommonHeaders(response);
  };
  return listenWith(emulator, handle, options);
}

async function listenWith(
  emulator: Emulator,
  handle: Service['handle'],
  options: ListenOptions,
): Promise<EmulatorServer> {
  const { host = '127.0.0.1', allowedHosts = [], requestTimeoutMs = requestTimeout, onUnexpected } = options;
  const service: Service = { handle, emulator, host, allowedHosts, onUnexpected };
  const take = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    serve(service, incoming, outgoing).catch(() => outgoing.destroy());
  };
  // Node's own response to a request without a host lacks the common headers, so `serve` handles such requests.
  const server = createServer(
    {
      requireHostHeader: false,
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, requestTimeoutMs),
    },
    take,
  );
  server.setTimeout(idleTimeout);
  server.on('checkExpectation', take);
  server.on('clientError', (error, socket) => {
    // Other responses are written as a whole, so this one cannot end up inside another.
    if (socket.writable) socket.end(unreadableResponse(emulator, error));
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
  const { handle, emulator, host, allowedHosts, onUnexpected } = service;
  const isControl = incoming.url?.startsWith(controlPath) === true;
  const refusal = refusalOf(incoming.headers, { host, allowedHosts, isControl });
  if (refusal !== undefined) {
    send(outgoing, emulator.withCommonHeaders(errorResponse(new ServiceError(403, 'AccessDeniedException', refusal))));
    return;
  }
  const body = await readBody(incoming);
  if (body === undefined) {
    const response = emulator.withCommonHeaders(errorResponse(tooLarge(incoming)));
    send(outgoing, { ...response, headers: { ...response.headers, connection: 'close' } });
    return;
  }
  try {
    send(outgoing, await handle(wireRequest(incoming, body)));
  } catch (error) {
    if (error instanceof ConnectionDropped) {
      outgoing.destroy();
      return;
    }
    onUnexpected?.(error);
    const message = 'The local AppConfig failed to carry out this call.';
    send(
      outgoing,
      emulator.withCommonHeaders(errorResponse(new ServiceError(500, 'InternalServerException', message))),
    );
  }
}

/** Status and message by the code of Node's error. */
const unreadable: ReadonlyMap<unknown, readonly [number, string]> = new Map([
  ['HPE_HEADER_OVERFLOW', [431, 'The headers of the request are too long.']],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'The request took too long to arrive.']],
]);

/** The raw HTTP response to bytes that Node cannot read as a request. */
function unreadableResponse(emulator: Emulator, error: Error): string {
  const [status, message] = unreadable.get('code' in error ? error.code : undefined) ?? [
    400,
    'The request is not HTTP.',
  ];
  const { headers, body } = emulator.withCommonHeaders(
    errorResponse(new ServiceError(status, 'BadRequestException', message)),
  );
  const lines = Object.entries({ ...headers, ...fixedHeaders(body), connection: 'close' });
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines.map(([name, value]) => `${name}: ${value}`)];
  return `${head.join('\r\n')}\r\n\r\n${body.toString('utf8')}`;
}

function tooLarge(incoming: IncomingMessage): ServiceError {
  const size = Number(incoming.headers['content-length'] ?? Number.NaN);
  return new ServiceError(413, 'PayloadTooLargeException', 'Request body too large.', {
    Measure: 'KILOBYTES',
    Limit: maxBodyBytes / 1024,
    ...(Number.isNaN(size) ? {} : { Size: Math.ceil(size / 1024) }),
  });
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > maxBodyBytes) {
      // The rest is read and dropped, or the client would not receive the response.
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
  return {
    'content-length': String(body.length),
    server: 'appcfg-emulator',
    // Content has the type that its author chose. In a browser it must not become a page that runs scripts here.
    'x-content-type-options': 'nosniff',
    'content-security-policy': 'sandbox',
  };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
