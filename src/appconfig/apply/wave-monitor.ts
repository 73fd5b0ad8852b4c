// Looks again at waves that are live, when the gate says so: somebody may have taken back what was live in them.

import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import type { Emit } from '../../core/events/event.ts';
import type { AccountRegionId } from '../../core/model/account-region.ts';
import { formatAddress } from '../../core/model/address.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { StepId } from '../../core/plan/step.ts';
import type { Problem } from '../../core/problem/problem.ts';
import type { Look, WaveGate } from '../../core/rollout/wave-gate.ts';
import {
  type LaneFound,
  lanesToVerify,
  type VerifiedLane,
  waveRegressionProblem,
} from '../../core/rollout/wave-verification.ts';
import { CallFailure, endsCredentials, mayPass } from '../client/call-failure.ts';
import type { Connection } from '../client/connection.ts';
import { readWaveRegressions } from '../read/read-wave-lane.ts';
import type { Resources } from '../read/resource-ids.ts';

type At = { readonly accountRegion: AccountRegionId };

/** The run whose waves are watched. */
export interface WatchedRun {
  readonly connection: Connection;
  /** By step: its deployment, where that has completed; undefined where the content was live without one. */
  readonly completed: ReadonlyMap<StepId, number | undefined>;
  readonly reach: (at: At) => { readonly connection: Connection; readonly resources: Resources };
  /** Whether the credentials for a place have ended. */
  readonly isLost: (at: At) => boolean;
  readonly lose: (wave: string, accountRegion: AccountRegionId) => void;
  readonly emit: Emit;
  /** The gate may answer otherwise than before. */
  readonly onChange: () => void;
  readonly onDefect: (error: unknown, wave: string) => void;
}

export class WaveMonitor {
  readonly #plan: Plan;
  readonly #gate: WaveGate;
  readonly #around: WatchedRun;
  /** Waits for the moment of the next look. */
  #alarm: AbortController | undefined;
  /** A look that is under way. */
  #look: AbortController | undefined;
  /** What looks have told of. */
  readonly #told = new Set<string>();

  constructor(plan: Plan, gate: WaveGate, around: WatchedRun) {
    this.#plan = plan;
    this.#gate = gate;
    this.#around = around;
  }

  /** Whether a look is under way or to come. */
  get isBusy(): boolean {
    return this.#alarm !== undefined || this.#look !== undefined;
  }

  /** Ends what is under way; `onChange` tells when it has ended. */
  stop(): void {
    this.#alarm?.abort();
    this.#look?.abort();
  }

  /** Looks, if a look is due; else waits for the next one. @param now milliseconds since 1970, by the service's clock */
  lookOrWait(now: number): void {
    const look = this.#look === undefined ? this.#gate.nextLook(now) : undefined;
    this.#alarm?.abort();
    this.#alarm = undefined;
    if (look === undefined) return;
    if (look.at <= now) {
      this.#lookAtWave(look, now);
      return;
    }
    const alarm = new AbortController();
    this.#alarm = alarm;
    const over = () => {
      if (this.#alarm !== alarm) return;
      this.#alarm = undefined;
      this.#around.onChange();
    };
    this.#around.connection.serviceClock.sleep(look.at - now, alarm.signal).then(over, over);
  }

  #lookAtWave(look: Look, at: number): void {
    const running = new AbortController();
    setMaxListeners(0, running.signal);
    this.#look = running;
    this.#readWaves(look, running.signal)
      .then((lanes) => this.#conclude(look, lanes, at))
      .catch((error: unknown) => {
        if (running.signal.aborted) return;
        this.#around.onDefect(error, look.wave);
      })
      .then(() => {
        this.#look = undefined;
        this.#around.onChange();
      });
  }

  /** While a wave soaks, of what this run has deployed; at last of all that is live, also in the waves before. */
  #readWaves({ wave, before, isLast }: Look, signal: AbortSignal): Promise<readonly ReadLane[]> {
    const limit = pLimit(this.#around.connection.concurrency);
    const lanes = [...before, wave].flatMap((name) =>
      lanesToVerify(name, this.#plan, this.#around.completed)
        .filter((lane) => isLast || lane.some(({ deployment }) => deployment !== undefined))
        .map((lane) => ({ lane, wave: name })),
    );
    return Promise.all(lanes.map((each) => limit(() => this.#readLane(each, signal))));
  }

  async #readLane(of: Pick<ReadLane, 'lane' | 'wave'>, signal: AbortSignal): Promise<ReadLane> {
    const [{ planned }] = of.lane;
    const unread = { ...of, found: undefined, failure: undefined };
    if (this.#around.isLost(planned)) return unread;
    try {
      return { ...unread, found: await readWaveRegressions(of.lane, { ...this.#around.reach(planned), signal }) };
    } catch (error) {
      if (!(error instanceof CallFailure) || error.kind === 'aborted' || signal.aborted) throw error;
      if (!endsCredentials(error.problem)) return { ...unread, failure: error };
      // One lane tells it for all whose reads were under way.
      this.#tellOnce(`${planned.accountRegion} ${error.problem.code}`, { subject: planned.address, ...error.problem });
      this.#around.lose(of.wave, planned.accountRegion);
      return unread;
    }
  }

  /** What cannot be read counts as lost: nothing is started because nobody knows. But for a while it may be an outage. */
  #conclude(look: Look, lanes: readonly ReadLane[], at: number): void {
    const takenBack = new Map<string, number>();
    const unread = new Map<string, number>();
    const count = (counts: Map<string, number>, wave: string, more: number) =>
      counts.set(wave, (counts.get(wave) ?? 0) + more);
    for (const { lane, wave, found } of lanes) {
      if (found === undefined) count(unread, wave, lane.length);
      for (const each of found?.takenBack ?? [])
        this.#tellOnce(formatAddress(each.address), waveRegressionProblem(each, wave));
      count(takenBack, wave, found?.takenBack.length ?? 0);
    }
    const own = lanes.flatMap(({ wave, found }) =>
      wave === look.wave && found !== undefined ? [found.liveSince] : [],
    );
    const failures = lanes.filter(({ found }) => found === undefined);
    const isFinal = this.#gate.lookedAt(look, {
      takenBack,
      unread,
      liveSince: own.length === 0 ? undefined : Math.max(...own),
      mayPass: failures.every(({ failure }) => failure !== undefined && mayPass(failure)),
      at,
    });
    if (!isFinal) return;
    for (const { lane, failure } of failures) {
      const [{ planned }] = lane;
      if (failure !== undefined)
        this.#tellOnce(formatAddress(planned.address), { subject: planned.address, ...failure.problem });
    }
  }

  #tellOnce(key: string, problem: Problem): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#around.emit({ type: 'problem-found', problem });
  }
}

/** A lane of a wave that was looked at. */
interface ReadLane {
  readonly lane: VerifiedLane;
  readonly wave: string;
  /** Undefined where it could not be read. */
  readonly found: LaneFound | undefined;
  /** Why; undefined where its credentials have ended. */
  readonly failure: CallFailure | undefined;
}
