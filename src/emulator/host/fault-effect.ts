// What a fault does to a call, by its kind.

import type { FaultKind } from '../model/faults.ts';
import { stsOperations } from '../operations/sts.ts';
import type { Caller } from '../wire/caller.ts';
import type { WireResponse } from '../wire/message.ts';
import { ConnectionDropped, conflict, ServiceError, throttled } from '../wire/service-error.ts';

/** What a call meets: at most one of these. */
export interface Effect {
  /** Instead of the call, whatever it is. */
  readonly instead?: (() => WireResponse) | undefined;
  /** What the service answers in place of carrying it out. */
  readonly refusal?: ServiceError | undefined;
  /** What happens on the way back. */
  readonly after?: (() => never) | undefined;
}

/** A call, as far as faults look at it. */
export interface Met {
  readonly operation: string;
  readonly caller: Caller;
  /** The number that a deployment would get. */
  readonly nextDeployment: () => number;
}

/** What a kind of fault does to a call; `slow` takes time and does nothing else. */
export function effectOf(kind: FaultKind | undefined, { operation, caller, nextDeployment }: Met): Effect {
  switch (kind) {
    case undefined:
    case 'slow':
      return {};
    case 'throttle':
      return { refusal: throttled() };
    case 'error':
      return { refusal: new ServiceError(500, 'InternalServerException', 'There has been an internal error.') };
    case 'drop-before':
      return { instead: drop };
    case 'drop-after':
      return { after: drop };
    case 'deny': {
      const service = isOfSts(operation) ? 'sts' : 'appconfig';
      const message = `User: ${caller.arn} is not authorized to perform: ${service}:${operation}`;
      return { refusal: new ServiceError(403, 'AccessDeniedException', message) };
    }
    case 'expired': {
      const message = 'The security token included in the request is expired';
      return { refusal: new ServiceError(403, 'ExpiredTokenException', message) };
    }
    case 'unrecognized': {
      const name = isOfSts(operation) ? 'InvalidClientTokenId' : 'UnrecognizedClientException';
      return { refusal: new ServiceError(403, name, 'The security token included in the request is invalid.') };
    }
    case 'protected': {
      const message = 'The resource is protected from deletion: it was used within the deletion protection period.';
      return { refusal: new ServiceError(400, 'BadRequestException', message) };
    }
    case 'race':
      return { refusal: conflict(`Deployment number ${nextDeployment()} already exists`) };
    case 'html':
      return { instead: htmlPage };
    default:
      return kind satisfies never;
  }
}

function isOfSts(operation: string): boolean {
  return stsOperations.includes(operation);
}

function drop(): never {
  throw new ConnectionDropped();
}

/** What a proxy answers in the service's place. */
function htmlPage(): WireResponse {
  const body = Buffer.from('<!doctype html><html><title>Sign in</title><body>Please sign in.</body></html>\n');
  return { status: 200, headers: { 'content-type': 'text/html' }, body };
}
