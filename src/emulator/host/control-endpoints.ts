// The endpoints below /_emulator/: counts, clock, alarms, faults and the policy. They are not part of AppConfig.
import { PolicyError, parsePolicy } from '../rules/iam-policy.ts';
import { ownMember } from '../wire/is-object.ts';
import { jsonResponse, type WireRequest, type WireResponse } from '../wire/message.ts';
import { parseJson } from '../wire/parse-json.ts';
import { badRequest, ServiceError } from '../wire/service-error.ts';
import { alarmShape, checkInput, faultShape, InputTypeError, numberWithin, type Shape } from './check-input.ts';
import type { Emulator } from './emulator.ts';

const advanceShape: Shape<{ advanceMs: number }> = {
  advanceMs: { ...numberWithin(0, Number.MAX_VALUE, 'a number of milliseconds of at least 0'), required: true },
};

/** What each endpoint does. The result is the body of its response. */
const endpoints: Readonly<Record<string, (emulator: Emulator, request: WireRequest) => unknown>> = {
  'GET /_emulator/stats': (emulator) => ({ calls: emulator.stats(), violations: emulator.violations() }),
  'POST /_emulator/reset': (emulator) => {
    emulator.resetStats();
    emulator.clearFaults();
    return {};
  },
  'GET /_emulator/clock': clock,
  'POST /_emulator/clock': (emulator, request) => {
    emulator.advance(readBody(request, advanceShape).advanceMs);
    return clock(emulator);
  },
  'POST /_emulator/alarms': (emulator, request) => {
    emulator.setAlarm(readBody(request, alarmShape));
    return {};
  },
  'POST /_emulator/faults': (emulator, request) => {
    emulator.injectFault(readBody(request, faultShape));
    return {};
  },
  'GET /_emulator/policy': policy,
  'PUT /_emulator/policy': setPolicy,
  'DELETE /_emulator/policy': (emulator) => {
    emulator.policy = undefined;
    return {};
  },
};

/** Handles a request below `/_emulator/`. */
export function handleControlRequest(emulator: Emulator, request: WireRequest): WireResponse {
  const endpoint = `${request.method} ${request.path}`;
  const run = ownMember(endpoints, endpoint);
  if (run === undefined) {
    const message = `The local AppConfig does not have ${endpoint}.`;
    return jsonResponse(404, { Message: message }, { 'x-amzn-errortype': 'ResourceNotFoundException:' });
  }
  try {
    return jsonResponse(200, run(emulator, request));
  } catch (error) {
    // Any other error is a bug.
    if (!isRefusal(error)) throw error;
    return jsonResponse(400, { Message: error.message }, { 'x-amzn-errortype': 'BadRequestException:' });
  }
}

function clock(emulator: Emulator): unknown {
  return { time: new Date(emulator.now()).toISOString(), now: emulator.now() };
}

function isRefusal(error: unknown): error is Error {
  return (
    error instanceof InputTypeError ||
    error instanceof RangeError ||
    error instanceof ServiceError ||
    error instanceof PolicyError
  );
}

/** The document, or null where everything is allowed. */
function policy({ policy: set }: Emulator): unknown {
  return set === undefined ? null : set.document;
}

/** From the next call on. The body is the document. @throws PolicyError or ServiceError; the former policy stays */
function setPolicy(emulator: Emulator, request: WireRequest): unknown {
  emulator.policy = parsePolicy(readJson(request));
  return {};
}

/** @throws InputTypeError, RangeError or ServiceError for a body that does not have the shape */
function readBody<T>(request: WireRequest, shape: Shape<T>): T {
  const body = readJson(request);
  checkInput(body, shape);
  return body;
}

/** @throws ServiceError */
function readJson(request: WireRequest): unknown {
  try {
    return parseJson(request.body);
  } catch (error) {
    throw error instanceof SyntaxError ? badRequest('The request body is not JSON.') : error;
  }
}
