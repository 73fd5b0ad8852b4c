// What clients of AppConfig do not call: the strings of the puppet.
import { z } from 'zod';
import type { Emulator } from './emulator.ts';
import { faultKinds } from './faults.ts';
import { jsonResponse, type WireRequest, type WireResponse } from './wire.ts';

const advanceSchema = z.strictObject({ advanceMs: z.number().nonnegative() });
const alarmSchema = z.strictObject({
  application: z.string(),
  environment: z.string(),
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
});
const faultSchema = z.strictObject({
  operation: z.string(),
  kind: z.enum(faultKinds),
  times: z.number().int().positive().optional(),
  after: z.number().int().nonnegative().optional(),
  delayMs: z.number().nonnegative().optional(),
});

/** Answers a request below `/_emulator/`. */
export function administer(emulator: Emulator, request: WireRequest): WireResponse {
  try {
    const done = administration(emulator, request);
    return done === undefined
      ? jsonResponse(404, { Message: 'There is no such thing here.' })
      : jsonResponse(200, done);
  } catch (error) {
    const message = error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : '';
    return jsonResponse(400, { Message: message });
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

function parsed(request: WireRequest): unknown {
  return JSON.parse(Buffer.from(request.body).toString('utf8'));
}
