// What clients of AppConfig do not call: its counts, clock, alarms and faults.
import { z } from 'zod';
import { faultKinds } from '../model/faults.ts';
import { jsonResponse, type WireRequest, type WireResponse } from '../wire/message.ts';
import { parseJson } from '../wire/parse-json.ts';
import { badRequest, ServiceError } from '../wire/service-error.ts';
import type { Emulator } from './emulator.ts';

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
    const message = mistakeIn(error);
    if (message === undefined) throw error;
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
      emulator.advance(read(request, advanceSchema).advanceMs);
      return clock();
    case 'POST /_emulator/alarms':
      emulator.setAlarm(read(request, alarmSchema));
      return {};
    case 'POST /_emulator/faults':
      emulator.injectFault(read(request, faultSchema));
      return {};
    default:
      return undefined;
  }
}

function notHere({ method, path }: WireRequest): string {
  return `The embedded AppConfig does not have ${method} ${path}.`;
}

/** What was wrong with a request; undefined for a defect of ours. */
function mistakeIn(error: unknown): string | undefined {
  if (error instanceof z.ZodError) return mistakes(error);
  return error instanceof RangeError || error instanceof ServiceError ? error.message : undefined;
}

/** The body's members. @throws ZodError or ServiceError if they are not as they should be */
function read<T>(request: WireRequest, schema: z.ZodType<T>): T {
  let body: unknown;
  try {
    body = parseJson(request.body);
  } catch (error) {
    throw error instanceof SyntaxError ? badRequest('The request body is not JSON.') : error;
  }
  return schema.parse(body, { error: mistake });
}

function mistakes({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => (path.length === 0 ? message : `"${path.join('.')}" ${message}`)).join('; ');
}

const kinds: Readonly<Record<string, string>> = { string: 'a text', number: 'a number', int: 'a whole number' };

/** What is said of a member; of the body, where there is none. */
const mistake: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'unrecognized_keys') return `there is no ${issue.keys.map((key) => `"${key}"`).join(', ')} here`;
  if (issue.input === undefined) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'object'
        ? 'The request body must be a JSON object.'
        : `must be ${kinds[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    case 'too_small':
      return `must be at least ${issue.inclusive ? issue.minimum : Number(issue.minimum) + 1}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    default:
      return undefined;
  }
};
