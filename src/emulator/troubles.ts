// What a call answers that meets a fault.
import type { Caller } from './caller.ts';
import { ServiceError, throttled } from './errors.ts';
import type { Trouble } from './faults.ts';
import type { WireResponse } from './wire.ts';

/** @throws ServiceError where the fault is an error of the service */
export function refuse(trouble: Trouble, operation: string, caller: Caller): void {
  switch (trouble.kind) {
    case 'throttle':
      throw throttled();
    case 'error':
      throw new ServiceError(500, 'InternalServerException', 'There has been an internal error.');
    case 'deny': {
      const action = operation.includes('Role') || operation === 'GetCallerIdentity' ? 'sts' : 'appconfig';
      throw new ServiceError(
        403,
        'AccessDeniedException',
        `User: ${caller.arn} is not authorized to perform: ${action}:${operation}`,
      );
    }
    case 'expired':
      throw new ServiceError(403, 'ExpiredTokenException', 'The security token included in the request is expired');
    case 'protected':
      throw new ServiceError(
        400,
        'BadRequestException',
        'The resource is protected from deletion: it was used within the deletion protection period.',
      );
    default:
  }
}

/** What a proxy answers in the service's place. */
export function htmlPage(): WireResponse {
  const body = Buffer.from('<!doctype html><html><title>Sign in</title><body>Please sign in.</body></html>\n');
  return { status: 200, headers: { 'content-type': 'text/html' }, body };
}
