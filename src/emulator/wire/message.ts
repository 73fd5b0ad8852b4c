// Requests and answers as they are on the wire, whichever door they come through.
import type { ServiceError } from './service-error.ts';

/** A request, its header names in lower case and its path still percent-encoded. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** An answer. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What the AWS SDK hands to a request handler. */
export interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What the AWS SDK takes for an HTTP answer. */
export interface SdkResponse {
  readonly statusCode: number;
  readonly reason?: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** Usable as `requestHandler` of the AWS SDK's clients. */
export interface SdkHandler {
  handle(request: SdkRequest, options?: { readonly abortSignal?: unknown }): Promise<{ response: SdkResponse }>;
  /** The SDK calls these on any handler; nothing here depends on its settings. */
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

/** An SDK handler before a way to answer. */
export function sdkHandler(answer: (request: WireRequest) => Promise<WireResponse>): SdkHandler {
  return {
    async handle(request, options) {
      refuseAborted(options?.abortSignal);
      const { status, headers, body } = await answer(await fromSdk(request));
      refuseAborted(options?.abortSignal);
      return { response: { statusCode: status, headers: { ...headers }, body } };
    },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    destroy: () => {},
  };
}

/** An answer with a JSON body; `undefined` members are left out. */
export function jsonResponse(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  const body = value === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(value));
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

/** An error, worded as AppConfig's. */
export function errorResponse(error: ServiceError): WireResponse {
  const { status, name, message, details } = error;
  return jsonResponse(status, { Message: message, ...details }, { 'x-amzn-errortype': `${name}:` });
}

function refuseAborted(signal: unknown): void {
  if (signal === null || typeof signal !== 'object' || !('aborted' in signal) || signal.aborted !== true) return;
  const error = new Error('Request aborted');
  error.name = 'AbortError';
  throw error;
}

async function fromSdk(request: SdkRequest): Promise<WireRequest> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const each of Array.isArray(value) ? value : [value ?? '']) query.append(name, each);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  return { method: request.method, path: request.path, query, headers, body: await bytes(request.body) };
}

async function bytes(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  // The SDK's own arrays warn on the console when `Buffer.from` asks them for their value; their memory does not.
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (typeof body === 'object' && Symbol.asyncIterator in body) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body as AsyncIterable<unknown>) chunks.push(await bytes(chunk));
    return Buffer.concat(chunks);
  }
  throw new TypeError('the embedded AppConfig cannot read this kind of request body');
}
