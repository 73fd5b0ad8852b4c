// The emulator as `requestHandler` of the AWS SDK's clients, without HTTP.
import type { WireRequest, WireResponse } from './message.ts';

/** The request that the AWS SDK passes to a request handler. */
export interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The response that the AWS SDK expects from a request handler. */
export interface SdkResponse {
  readonly statusCode: number;
  readonly reason?: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** A value for `requestHandler` of the AWS SDK's clients. */
export interface SdkHandler {
  handle(request: SdkRequest, options?: { readonly abortSignal?: unknown }): Promise<{ response: SdkResponse }>;
  /** The SDK calls these on every handler; this one has no settings. */
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

/** Adapts a function from request to response for the AWS SDK. */
export function sdkHandler(respond: (request: WireRequest) => Promise<WireResponse>): SdkHandler {
  return {
    async handle(request, options) {
      throwIfAborted(options?.abortSignal);
      const { status, headers, body } = await respond(await wireRequest(request));
      throwIfAborted(options?.abortSignal);
      return { response: { statusCode: status, headers: { ...headers }, body } };
    },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    destroy: () => {},
  };
}

function throwIfAborted(signal: unknown): void {
  if (signal === null || typeof signal !== 'object' || !('aborted' in signal) || signal.aborted !== true) return;
  const error = new Error('Request aborted');
  error.name = 'AbortError';
  throw error;
}

async function wireRequest(request: SdkRequest): Promise<WireRequest> {
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
  // `Buffer.from` on the SDK's own arrays prints a deprecation warning; `Buffer.from` on their memory does not.
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (typeof body === 'object' && Symbol.asyncIterator in body) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body as AsyncIterable<unknown>) chunks.push(await bytes(chunk));
    return Buffer.concat(chunks);
  }
  throw new TypeError('the local AppConfig cannot read this type of request body');
}
