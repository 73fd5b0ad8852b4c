// `status --watch`: deployments in flight are polled, and everything is read again now and then.
import { setMaxListeners } from 'node:events';
import { CallFailure, isTemporary } from '../../appconfig/client/call-failure.ts';
import type { AddressStatus } from '../../core/assess/address-status.ts';
import { AppcfgError } from '../../core/problem/problem.ts';
import { emitUnreached, inAccountRegions } from '../connect/each-account-region.ts';
import type { Session } from '../connect/session.ts';
import type { Context } from '../context.ts';
import type { KnownStatuses, StatusBoard } from './status-board.ts';

/** Between the end of a reading and the start of the next one, in milliseconds of AppConfig's time. */
const pauseMs = 30_000;
/** The pause after a reading that took long: at most a third of AppConfig's rates is used, and the rest is left to a sync. */
const timesReading = 2;

/** What one reading has found. */
export interface ReadStatuses {
  readonly boards: readonly [StatusBoard, ...StatusBoard[]];
  /** In the order of the tree. */
  readonly addresses: readonly AddressStatus[];
  /** Emits, as warnings, what would block a sync, and what the tree does not have. */
  reportProblems(): void;
}

/** Follows deployments in flight, and those that start after them, until there are none. @throws CallFailure, AppcfgError */
export async function watchUntilIdle(
  session: Session,
  boards: readonly StatusBoard[],
  { emit }: Pick<Context, 'emit'>,
): Promise<void> {
  const watching = await inAccountRegions(session, boards, (board) => board.watch(session.signal));
  emitUnreached(watching.failed, emit);
}

interface Reading {
  readonly first: ReadStatuses;
  readonly read: () => Promise<ReadStatuses>;
  readonly known: KnownStatuses;
  /** How long the first reading took. */
  readonly tookMs: number;
}

/** Until the run is interrupted, or its --timeout is over. @throws the signal's reason; CallFailure, AppcfgError where credentials expire */
export async function watchWithoutEnd(
  session: Session,
  { first, read, known, tookMs }: Reading,
  { clock, expectTimeout }: Pick<Context, 'clock' | 'expectTimeout'>,
): Promise<never> {
  expectTimeout();
  const [{ at }] = first.boards;
  const speed = () => at.connection.serviceClock.speed;
  for (let current: ReadStatuses | undefined = first, took = tookMs; ; ) {
    const pause = Math.max(pauseMs / speed(), took * timesReading);
    await followFor(pause, { boards: current?.boards ?? [], signal: session.signal, clock });
    const startedAt = clock.now();
    current = await readAgain(read, known);
    took = clock.now() - startedAt;
    if (current === undefined) continue;
    known.change(current.addresses);
    current.reportProblems();
  }
}

/** Polls the deployments in flight for a while. What fails is read again after it. @throws the signal's reason */
async function followFor(
  ms: number,
  following: {
    readonly boards: readonly StatusBoard[];
    readonly signal: AbortSignal;
    readonly clock: Context['clock'];
  },
): Promise<void> {
  const { boards, signal, clock } = following;
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  // Every environment that is followed listens to it.
  setMaxListeners(0, until);
  const followed = Promise.all(
    boards.map((board) =>
      board.watch(until).catch((error: unknown) => {
        if (!until.aborted && !(error instanceof CallFailure)) throw error;
      }),
    ),
  );
  // An error of the program ends the pause.
  followed.catch(() => over.abort());
  try {
    await clock.sleep(ms, until);
  } finally {
    over.abort();
    if (!signal.aborted) await followed;
  }
}

/** @returns undefined in an outage, which is reported: the next reading may succeed. @throws CallFailure, AppcfgError */
async function readAgain(read: () => Promise<ReadStatuses>, known: KnownStatuses): Promise<ReadStatuses | undefined> {
  try {
    return await read();
  } catch (error) {
    const failure = error instanceof AppcfgError ? error.cause : error;
    if (!(failure instanceof CallFailure) || !isTemporary(failure)) throw error;
    known.report({ ...failure.problem, severity: 'warning' });
    return undefined;
  }
}
