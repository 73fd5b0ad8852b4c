// What clients of AppConfig do not call: its counts, clock, alarms and faults.
import { z } from 'zod';
import type { Emulator } from './emulator.ts';
import { faultKinds } from './faults.ts';
import { parseJson } from './json.ts';
import { jsonResponse, type WireRequest, type WireResponse } from './wire.ts';

const advanceSchema = z.strictObject({ advanceMs: z.number().nonnegative() });
const alarmSchema = z.strictObject({
  application: z.string(),
  environment: z.string(),
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  account: z.string().optional(),
  region: z.string().optional(),
});
const faultSchema = z.strictObject({
  operation: z.string(),
  kind: z.enum(faultKinds),
  about: z.string().optional(),
  times: z.number().int().positive().optional(),
  after: z.number().int().nonnegative().optional(),
  every: z.number().int().positive().optional(),
  delayMs: z.number().nonnegative().optional(),
});

/** Answers a request below `/_emulator/`. */
export function administer(emulator: Emulator, request: WireRequest): WireResponse {
  try {
    const done = administration(emulator, request);
    return done === undefined
      ? jsonResponse(404, { Message: notHere(request) }, { 'x-amzn-errortype': 'ResourceNotFoundException:' })
      : jsonResponse(200, done);
  } catch (error) {
    const message = error instanceof z.ZodError ? mistakes(error) : error instanceof Error ? error.message : '';
    return jsonResponse(400, { Message: message }, { 'x-amzn-errortype': 'BadRequestException:' });
  }
}

function administration(emulator: Emulator, request: WireRequest): unknown {
  const clock = () => ({ time: new Date(emulator.now()).toISOString(), now: emulator.now() });
  switch (`${request.method} ${request.path}`) {
    case 'GET /_emulator/stats':
      return { calls: emulator.stats(), violations: emulator.violations() };
    case 'POST /_emulator/reset':
      emulator.resetStats();
      emulator.clearFaults();
      return {};
    case 'GET /_emulator/clock':
      return clock();
    case 'POST /_emulator/clock':
      emulator.advance(advanceSchema.parse(parsed(request)).advanceMs);
      return clock();
    case 'POST /_emulator/alarms':
      emulator.setAlarm(alarmSchema.parse(parsed(request)));
      return {};
    case 'POST /_emulator/faults':
      emulator.injectFault(faultSchema.parse(parsed(request)));
      return {};
    default:
      return undefined;
  }
}

function notHere({ method, path }: WireRequest): string {
  return `The embedded AppConfig does not have ${method} ${path}.`;
}

function parsed(request: WireRequest): unknown {
  try {
    return parseJson(request.body);
  } catch (error) {
    throw error instanceof SyntaxError ? new Error('The request body is not JSON.') : error;
  }
}

/** A sentence for each: `"advanceMs": expected number, received string`. */
function mistakes(error: z.ZodError): string {
  return error.issues
    .map((issue) => {
      const told = issue.message.replace(/^Invalid (?:input|option): /, '').replace(/^Too \w+: /, '');
      return issue.path.length === 0 ? told : `"${issue.path.join('.')}": ${told}`;
    })
    .join('; ');
}
