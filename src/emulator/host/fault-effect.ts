// What each kind of fault does to a call.
import type { FaultKind } from '../model/faults.ts';
import { isStsOperation } from '../operations/sts.ts';
import type { Caller } from '../wire/caller.ts';
import type { WireResponse } from '../wire/message.ts';
import { ConnectionDropped, conflict, ServiceError, throttled } from '../wire/service-error.ts';

/** The effect of a fault: at most one of these. */
export interface FaultEffect {
  /** Replaces the call. */
  readonly instead?: () => WireResponse;
  /** The error that the service returns without carrying the call out. */
  readonly refusal?: ServiceError;
  /** Runs after the call was carried out, before the response is sent. */
  readonly after?: () => never;
}

/** A call, as far as faults depend on it. */
export interface FaultyCall {
  readonly operation: string;
  readonly caller: Caller;
  /** The number that the next deployment would have. */
  readonly nextDeployment: () => number;
}

const effects = {
  throttle: () => ({ refusal: throttled() }),
  error: () => refuse(500, 'InternalServerException', 'There has been an internal error.'),
  'drop-before': () => ({ instead: dropConnection }),
  'drop-after': () => ({ after: dropConnection }),
  deny: ({ operation, caller }) => {
    const service = isStsOperation(operation) ? 'sts' : 'appconfig';
    const message = `User: ${caller.arn} is not authorized to perform: ${service}:${operation}`;
    return refuse(403, 'AccessDeniedException', message);
  },
  expired: () => refuse(403, 'ExpiredTokenException', 'The security token included in the request is expired'),
  unrecognized: ({ operation }) => {
    const name = isStsOperation(operation) ? 'InvalidClientTokenId' : 'UnrecognizedClientException';
    return refuse(403, name, 'The security token included in the request is invalid.');
  },
  race: ({ nextDeployment }) => ({ refusal: conflict(`Deployment number ${nextDeployment()} already exists`) }),
  html: () => ({ instead: htmlPage }),
  protected: () => {
    const message = 'The resource is protected from deletion: it was used within the deletion protection period.';
    return refuse(400, 'BadRequestException', message);
  },
  // The delay is all it does.
  slow: () => ({}),
} as const satisfies Record<FaultKind, (call: FaultyCall) => FaultEffect>;

/** What a kind of fault does to a call. */
export function faultEffect(kind: FaultKind | undefined, call: FaultyCall): FaultEffect {
  return kind === undefined ? {} : effects[kind](call);
}

function refuse(status: number, name: string, message: string): FaultEffect {
  return { refusal: new ServiceError(status, name, message) };
}

function dropConnection(): never {
  throw new ConnectionDropped();
}

/** The page of a proxy between client and service. */
function htmlPage(): WireResponse {
  const body = Buffer.from('<!doctype html><html><title>Sign in</title><body>Please sign in.</body></html>\n');
  return { status: 200, headers: { 'content-type': 'text/html' }, body };
}
