// The errors a call can end with. Clients match on the messages, so those recorded from AWS are kept byte for byte.

/** An error response of the service. */
export class ServiceError extends Error {
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, name: string, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = name;
    this.status = status;
    this.details = details;
  }
}

/** The connection breaks and the client receives no response. */
export class ConnectionDropped extends Error {
  readonly code = 'ECONNRESET';

  constructor() {
    super('socket hang up');
    this.name = 'ConnectionDropped';
  }
}

/** 400. */
export function badRequest(message: string, details?: Readonly<Record<string, unknown>>): ServiceError {
  return new ServiceError(400, 'BadRequestException', message, details);
}

/** 400 for one member of a request. */
export function invalid(member: string, value: unknown, rule: string): ServiceError {
  const shown = value === undefined || value === null ? 'Value null' : `Value '${shownValue(value)}'`;
  return badRequest(`1 validation error detected: ${shown} at '${member}' failed to satisfy constraint: ${rule}`);
}

/** 404. */
export function notFound(resource: string, message: string): ServiceError {
  return new ServiceError(404, 'ResourceNotFoundException', message, { ResourceName: resource });
}

/** 409. */
export function conflict(message: string): ServiceError {
  return new ServiceError(409, 'ConflictException', message);
}

/** 402. */
export function quotaExceeded(what: string, limit: number): ServiceError {
  return new ServiceError(402, 'ServiceQuotaExceededException', `The quota of ${limit} ${what} has been reached.`);
}

/** 429. */
export function throttled(): ServiceError {
  return new ServiceError(429, 'ThrottlingException', 'Rate exceeded');
}

function shownValue(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
