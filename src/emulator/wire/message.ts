// HTTP requests and responses as plain values, whether they arrive over HTTP or from an SDK in the same process.
import type { ServiceError } from './service-error.ts';

/** A request. Header names are in lower case, the path is still percent-encoded. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A response. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A response with a JSON body, or an empty body for `undefined`. */
export function jsonResponse(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  const body = value === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(value));
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

/** An error in the form AppConfig sends it. */
export function errorResponse(error: ServiceError): WireResponse {
  const { status, name, message, details } = error;
  return jsonResponse(status, { Message: message, ...details }, { 'x-amzn-errortype': `${name}:` });
}
