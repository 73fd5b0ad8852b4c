// What stands between a client and an embedded AppConfig in tests.

import type { Emulator } from '../../src/emulator/host/emulator.ts';
import type { RequestHandler } from '../../src/engine/context.ts';
import type { EngineWorld } from './engine.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** An AppConfig that answers `calls` calls and then is gone, as it is to a process that was killed. */
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

/** Time stands still while a call is under way, but for what its answer takes. */
export function quietly(clock: VirtualClock, handler: RequestHandler, latencyMs = 0): RequestHandler {
  const inner = handler as { handle(request: unknown, options?: unknown): Promise<unknown> };
  return {
    handle: async (request: unknown, options?: unknown) => {
      if (latencyMs > 0) await clock.sleep(latencyMs);
      return clock.during(() => inner.handle(request, options));
    },
  } as RequestHandler;
}

/** An AppConfig far away: each call takes a while to get there, and its answer to come back; by turns of these times. */
export function faraway(world: EngineWorld, delays: readonly number[]): RequestHandler {
  const inner = world.emulator.requestHandler() as unknown as { handle(...args: unknown[]): Promise<unknown> };
  let next = 0;
  const travel = () => world.clock.sleepDuring(delays[next++ % delays.length] ?? 0);
  return {
    handle: async (...args: unknown[]) => {
      await travel();
      const answer = await inner.handle(...args);
      await travel();
      return answer;
    },
  } as unknown as RequestHandler;
}

/** What a test does about a call, in the place of what answers it, or around it. */
type Intercept = (call: {
  readonly method: string;
  readonly path: string;
  readonly hostname: string;
  readonly answer: () => Promise<unknown>;
}) => Promise<unknown>;

/** An AppConfig to which calls come by way of a test. */
export function intercepted(world: { readonly emulator: Emulator }, intercept: Intercept): RequestHandler {
  const inner = world.emulator.requestHandler() as unknown as { handle(...args: unknown[]): Promise<unknown> };
  return {
    handle: (request: { method: string; path: string; hostname: string }, ...others: unknown[]) =>
      intercept({ ...request, answer: () => inner.handle(request, ...others) }),
  } as unknown as RequestHandler;
}

/** No connection comes about. */
export function unreachable(): Error {
  return Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' });
}

export function isStart({ method, path }: { readonly method: string; readonly path: string }): boolean {
  return method === 'POST' && path.endsWith('/deployments');
}
