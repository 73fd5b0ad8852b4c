// Request handlers between a client and the emulator in tests.

import type { Emulator } from '../../src/emulator/host/emulator.ts';
import type { RequestHandler } from '../../src/engine/context.ts';
import type { EngineWorld } from './engine.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** An AppConfig that responds to `calls` calls and to none after that, as for a process that was killed. */
export function killedAfter(world: { readonly emulator: Emulator }, calls: number, acting: boolean): RequestHandler {
  let left = calls;
  const inner = world.emulator.requestHandler();
  return {
    handle: async (request: never) => {
      left -= 1;
      if (left >= 0) return inner.handle(request);
      // Killed while the last call was under way: it may have reached AppConfig.
      if (left === -1 && acting) await inner.handle(request);
      throw Object.assign(new Error('killed'), { name: 'CredentialsProviderError' });
    },
  } as unknown as RequestHandler;
}

/** The clock stands still during a call, except for the latency of its response. */
export function quietly(clock: VirtualClock, handler: RequestHandler, latencyMs = 0): RequestHandler {
  const inner = handler as { handle(request: unknown, options?: unknown): Promise<unknown> };
  return {
    handle: async (request: unknown, options?: unknown) => {
      if (latencyMs > 0) await clock.sleep(latencyMs);
      return clock.during(() => inner.handle(request, options));
    },
  } as RequestHandler;
}

/** A distant AppConfig: requests and responses take these times, in turn. */
export function faraway(world: EngineWorld, delays: readonly number[]): RequestHandler {
  const inner = world.emulator.requestHandler() as unknown as { handle(...args: unknown[]): Promise<unknown> };
  let next = 0;
  const travel = () => world.clock.sleepDuring(delays[next++ % delays.length] ?? 0);
  return {
    handle: async (...args: unknown[]) => {
      await travel();
      const response = await inner.handle(...args);
      await travel();
      return response;
    },
  } as unknown as RequestHandler;
}

/** What a test does instead of a call, or before and after it. */
type Intercept = (call: {
  readonly method: string;
  readonly path: string;
  readonly hostname: string;
  readonly body?: unknown;
  readonly answer: () => Promise<unknown>;
}) => Promise<unknown>;

/** An AppConfig whose calls a test intercepts. */
export function intercepted(world: { readonly emulator: Emulator }, intercept: Intercept): RequestHandler {
  const inner = world.emulator.requestHandler() as unknown as { handle(...args: unknown[]): Promise<unknown> };
  return {
    handle: (request: { method: string; path: string; hostname: string }, ...others: unknown[]) =>
      intercept({ ...request, answer: () => inner.handle(request, ...others) }),
  } as unknown as RequestHandler;
}

/** The error of a connection that cannot be made. */
export function unreachable(): Error {
  return Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' });
}

export function isStart({ method, path }: { readonly method: string; readonly path: string }): boolean {
  return method === 'POST' && path.endsWith('/deployments');
}
