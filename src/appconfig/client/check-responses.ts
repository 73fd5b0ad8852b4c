// The one door for responses of AWS: their size and time are bounded while they are read, and their shape is checked before
// anything is concluded from them.
import type { AppConfigClient } from '@aws-sdk/client-appconfig';
import type { Clock } from '../../core/model/clock.ts';
import { shapeError } from './response-shapes.ts';

/** Bytes of one response, read whole before it is parsed. */
const largestResponse = 8 * 1024 * 1024;

/** Milliseconds that the body of a response may take to arrive. */
const slowestBody = 60_000;

/** A response that AWS does not send. The operation is added where the failure is described. */
export class UnexpectedResponse extends Error {
  readonly $response: { readonly statusCode: number };

  constructor(message: string, statusCode: number) {
    super(message);
    this.name = 'UnexpectedResponse';
    this.$response = { statusCode };
  }
}

/** What the middleware of all clients has in common. */
type Stack = Pick<AppConfigClient['middlewareStack'], 'add'>;

interface HttpResponse {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  body?: unknown;
}

/** A plugin for clients of the SDK: of AppConfig, and of STS. */
export function responseChecks(clock: Clock): { readonly applyToStack: (stack: Stack) => void } {
  return {
    applyToStack: (stack) => {
      // Inside the SDK's own deserializer, so that it gets a body of bounded size.
      stack.add(
        (next) => async (args) => {
          const result = await next(args);
          const response = result.response as HttpResponse;
          response.body = await readBody(response, clock);
          return result;
        },
        { step: 'deserialize', priority: 'low', name: 'boundResponse' },
      );
      // Outside of it.
      stack.add(
        (next, context) => async (args) => {
          const result = await next(args);
          const { statusCode, body } = result.response as HttpResponse;
          const bytes = body instanceof Uint8Array ? body : new Uint8Array();
          const operation = String(context.commandName).replace(/Command$/, '');
          const wrong = shapeError({
            operation,
            request: args.input,
            output: result.output ?? {},
            body: new TextDecoder().decode(bytes.subarray(0, 100)),
          });
          if (wrong !== undefined) throw new UnexpectedResponse(wrong, statusCode);
          if (result.output !== undefined) Object.assign(result.output.$metadata, { bytes: bytes.length });
          return result;
        },
        { step: 'deserialize', priority: 'high', name: 'checkResponse' },
      );
    },
  };
}

/** Bytes of the body that a response was read from. */
export function sizeOf({ $metadata }: { readonly $metadata: object }): number {
  return 'bytes' in $metadata ? Number($metadata.bytes) : 0;
}

/** A body that arrives in parts. */
interface Stream extends AsyncIterable<Uint8Array> {
  destroy?(error?: Error): void;
}

/** @throws UnexpectedResponse for more bytes than a response may have; nothing beyond them is kept */
async function readBody({ body, headers, statusCode }: HttpResponse, clock: Clock): Promise<Uint8Array> {
  const tooLarge = () => new UnexpectedResponse(`it is larger than ${largestResponse / 1024 / 1024} MB`, statusCode);
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (body instanceof Uint8Array) {
    if (body.length > largestResponse) throw tooLarge();
    return body;
  }
  const stream = body as Stream;
  if (Number(headers?.['content-length'] ?? 0) > largestResponse) {
    stream.destroy?.();
    throw tooLarge();
  }
  const read = new AbortController();
  clock.sleep(slowestBody, read.signal).then(
    () => stream.destroy?.(Object.assign(new Error('the response does not end'), { name: 'TimeoutError' })),
    () => {},
  );
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    // Leaving the loop destroys the stream, and with it the connection.
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > largestResponse) throw tooLarge();
      chunks.push(chunk);
    }
  } finally {
    read.abort();
  }
  return Buffer.concat(chunks);
}
