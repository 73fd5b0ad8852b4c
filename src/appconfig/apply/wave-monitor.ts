// Verifies waves when it is due by the gate: content that was live may have been rolled back or replaced since.

import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import type { Emit } from '../../core/events/event.ts';
import type { AccountRegionId } from '../../core/model/account-region.ts';
import { formatAddress } from '../../core/model/address.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { StepId } from '../../core/plan/step.ts';
import type { Problem } from '../../core/problem/problem.ts';
import type { Verification, WaveGate } from '../../core/rollout/wave-gate.ts';
import type { VerifiedWave } from '../../core/rollout/wave-state.ts';
import {
  type LaneVerification,
  lanesToVerify,
  type VerifiedLane,
  waveRegressionProblem,
} from '../../core/rollout/wave-verification.ts';
import { CallFailure, endsCredentials, isTemporary } from '../client/call-failure.ts';
import type { Connection } from '../client/connection.ts';
import { readWaveRegressions } from '../read/read-wave-lane.ts';
import type { KnownReach } from './apply-options.ts';

type At = { readonly accountRegion: AccountRegionId };

/** The run whose waves are verified. */
export interface MonitoredRun {
  readonly connection: Connection;
  /** By step: its deployment, where that has completed; undefined where the content was live without one. */
  readonly completed: ReadonlyMap<StepId, number | undefined>;
  readonly reach: (at: At) => KnownReach;
  readonly hasCredentials: (at: At) => boolean;
  readonly onCredentialsEnded: (wave: string, accountRegion: AccountRegionId) => void;
  readonly emit: Emit;
  /** The gate may answer differently from now on, or the monitor is no longer busy. */
  readonly onChange: () => void;
  readonly onInternalError: (error: unknown, wave: string) => void;
}

export class WaveMonitor {
  readonly #plan: Plan;
  readonly #gate: WaveGate;
  readonly #run: MonitoredRun;
  /** Waits until the next verification is due. */
  #alarm: AbortController | undefined;
  /** A verification under way. */
  #verification: AbortController | undefined;
  /** Keys of the problems that were reported. */
  readonly #reported = new Set<string>();

  constructor(plan: Plan, gate: WaveGate, run: MonitoredRun) {
    this.#plan = plan;
    this.#gate = gate;
    this.#run = run;
  }

  /** Whether a verification is under way or to come. */
  get isBusy(): boolean {
    return this.#alarm !== undefined || this.#verification !== undefined;
  }

  /** Ends what is under way; `onChange` follows when it has ended. */
  stop(): void {
    this.#alarm?.abort();
    this.#verification?.abort();
  }

  /** Verifies a wave if that is due; else waits until it is. @param now milliseconds since 1970, by the service's clock */
  verifyOrWait(now: number): void {
    this.#alarm?.abort();
    this.#alarm = undefined;
    if (this.#verification !== undefined) return;
    const due = this.#gate.dueVerification(now);
    const wakeAt = this.#gate.wakeAt(now);
    if (due !== undefined) this.#verify(due, now);
    else if (wakeAt !== undefined) this.#wait(wakeAt - now);
  }

  #wait(ms: number): void {
    const alarm = new AbortController();
    this.#alarm = alarm;
    const onEnd = () => {
      if (this.#alarm !== alarm) return;
      this.#alarm = undefined;
      this.#run.onChange();
    };
    this.#run.connection.serviceClock.sleep(ms, alarm.signal).then(onEnd, onEnd);
  }

  #verify(due: Verification, at: number): void {
    const running = new AbortController();
    setMaxListeners(0, running.signal);
    this.#verification = running;
    this.#readLanes(due, running.signal)
      .then((lanes) => this.#conclude(due, lanes, at))
      .catch((error: unknown) => {
        if (!running.signal.aborted) this.#run.onInternalError(error, due.wave);
      })
      .then(() => {
        this.#verification = undefined;
        this.#run.onChange();
      });
  }

  /** During the soak what this run has deployed; after it everything that is live, also in earlier waves. */
  #readLanes({ wave, earlier, isAfterSoak }: Verification, signal: AbortSignal): Promise<readonly ReadLane[]> {
    const limit = pLimit(this.#run.connection.concurrency);
    const lanes = [...earlier, wave].flatMap((name) =>
      lanesToVerify(name, this.#plan, this.#run.completed)
        .filter((lane) => isAfterSoak || lane.some(({ deployment }) => deployment !== undefined))
        .map((lane) => ({ lane, wave: name })),
    );
    return Promise.all(lanes.map((each) => limit(() => this.#readLane(each, signal))));
  }

  async #readLane(of: Pick<ReadLane, 'lane' | 'wave'>, signal: AbortSignal): Promise<ReadLane> {
    const [{ planned }] = of.lane;
    const unread = { ...of, found: undefined, failure: undefined };
    if (!this.#run.hasCredentials(planned)) return unread;
    try {
      return { ...unread, found: await readWaveRegressions(of.lane, { ...this.#run.reach(planned), signal }) };
    } catch (error) {
      if (!(error instanceof CallFailure) || error.kind === 'aborted' || signal.aborted) throw error;
      if (!endsCredentials(error.problem)) return { ...unread, failure: error };
      // Reported once for all reads that were under way.
      const key = `${planned.accountRegion} ${error.problem.code}`;
      this.#reportOnce(key, { subject: planned.address, ...error.problem });
      this.#run.onCredentialsEnded(of.wave, planned.accountRegion);
      return unread;
    }
  }

  /** An environment that cannot be read counts as failed, unless another attempt may be able to. */
  #conclude(due: Verification, lanes: readonly ReadLane[], at: number): void {
    const waves = new Map<string, VerifiedWave>();
    for (const { lane, wave, found } of lanes) {
      const { noLongerLive, notVerified } = waves.get(wave) ?? { noLongerLive: 0, notVerified: 0 };
      const regressions = found?.regressions ?? [];
      for (const each of regressions) {
        this.#reportOnce(formatAddress(each.address), waveRegressionProblem(each, wave));
      }
      waves.set(wave, {
        noLongerLive: noLongerLive + regressions.length,
        notVerified: notVerified + (found === undefined ? lane.length : 0),
      });
    }
    const liveSince = lanes.flatMap(({ wave, found }) =>
      wave === due.wave && found !== undefined ? [found.liveSince] : [],
    );
    const failures = lanes.filter(({ found }) => found === undefined);
    const isFinal = this.#gate.verified(due, {
      waves,
      liveSince: liveSince.length === 0 ? undefined : Math.max(...liveSince),
      mayPass: failures.every(({ failure }) => failure !== undefined && isTemporary(failure)),
      at,
    });
    if (!isFinal) return;
    for (const { lane, failure } of failures) {
      if (failure === undefined) continue;
      const [{ planned }] = lane;
      this.#reportOnce(formatAddress(planned.address), { subject: planned.address, ...failure.problem });
    }
  }

  #reportOnce(key: string, problem: Problem): void {
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.#run.emit({ type: 'problem-found', problem });
  }
}

/** An environment of a wave that was read again. */
interface ReadLane {
  readonly lane: VerifiedLane;
  readonly wave: string;
  /** Undefined where it could not be read. */
  readonly found: LaneVerification | undefined;
  /** Why it could not be read; undefined where the credentials for it have ended. */
  readonly failure: CallFailure | undefined;
}
