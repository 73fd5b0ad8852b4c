// What a run reports about its waves: which one begins, soaks or is blocked, and which change is not started elsewhere.
import { rolledBack } from '../guards/rolled-back.ts';
import type { Step } from '../plan/step.ts';
import type { Problem } from '../problem/problem.ts';
import type { ExceededLimit, WaveProgress, WaveState } from './wave-state.ts';

/** Times are milliseconds since 1970 by the service's clock. */
export type WaveNotice =
  | { readonly kind: 'begun'; readonly wave: string }
  | { readonly kind: 'soaking'; readonly wave: string; readonly endsAt: number }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** How far a wave is, as it is reported. Times are milliseconds since 1970 by the service's clock. */
export type ReportedWaveState =
  | { readonly is: 'waiting' | 'running' | 'verifying' | 'done' }
  | { readonly is: 'soaking'; readonly until: number }
  /**
   * It has more failed or blocked addresses than it allows; the note counts them.
   * @property by `guards`: they alone block addresses of it, and nothing else went wrong with it
   */
  | { readonly is: 'blocked'; readonly note: string; readonly by: 'guards' | 'losses' };

/** A wave that is in another state than when it was last reported. */
export interface WaveChange {
  readonly wave: string;
  readonly state: ReportedWaveState;
  /** Addresses of it that were live, and were not when it was verified last. */
  readonly noLongerLive: number;
}

/** Reports each thing about a wave once. */
export class WaveNotices {
  readonly #begun = new Set<string>();
  /** By wave, the end of its soak as reported: content that is deployed again soaks anew. */
  readonly #soaking = new Map<string, number>();
  readonly #blocked = new Set<string>();
  /** By wave, its state as reported. */
  readonly #states = new Map<string, string>();

  /** The waves of which something else is to be reported than when it was last called; at first all. */
  takeChanges(waves: readonly WaveProgress[], states: readonly WaveState[]): readonly WaveChange[] {
    return waves.flatMap((progress, index) => {
      const { name: wave } = progress.wave;
      const isAwaited = waves.slice(index + 1).some(({ toStart }) => toStart > 0);
      const state = reportedState(progress, states[index], isAwaited);
      const { noLongerLive } = progress.losses;
      const text = JSON.stringify([state, noLongerLive]);
      if (this.#states.get(wave) === text) return [];
      this.#states.set(wave, text);
      return [{ wave, state, noLongerLive }];
    });
  }

  /** What has not been reported yet. */
  take(waves: readonly WaveProgress[], states: readonly WaveState[]): readonly WaveNotice[] {
    return [...this.#takeBegun(waves, states), ...this.#takeSoaking(waves, states), ...this.#takeBlocked(waves)];
  }

  /** One that an earlier run began is awaited from its turn on. */
  #takeBegun(waves: readonly WaveProgress[], states: readonly WaveState[]): readonly WaveNotice[] {
    const begun = waves.filter((progress, index) => {
      const isAwaited = states[index]?.is === 'running' && progress.unfinished > progress.toStart;
      return (progress.hasBegun || isAwaited) && !this.#begun.has(progress.wave.name);
    });
    return begun.map(({ wave }) => {
      this.#begun.add(wave.name);
      return { kind: 'begun', wave: wave.name };
    });
  }

  #takeSoaking(waves: readonly WaveProgress[], states: readonly WaveState[]): readonly WaveNotice[] {
    return waves.flatMap(({ wave: { name } }, index) => {
      const state = states[index];
      if (state?.is !== 'soaking' || this.#soaking.get(name) === state.until) return [];
      if (!waves.slice(index + 1).some(({ toStart }) => toStart > 0)) return [];
      this.#soaking.set(name, state.until);
      return [{ kind: 'soaking', wave: name, endsAt: state.until }];
    });
  }

  /** One problem for all waves that the same wave blocks. */
  #takeBlocked(waves: readonly WaveProgress[]): readonly WaveNotice[] {
    const first = waves.findIndex(({ blocked }) => blocked !== undefined);
    const notices: WaveNotice[] = [];
    for (const [index, progress] of waves.entries()) {
      if (!hasStartsToLose(progress) || this.#blocked.has(progress.wave.name)) continue;
      const isAfter = first !== -1 && first < index;
      const reason = isAfter ? waves[first]?.blocked : progress.stopped;
      if (reason === undefined) continue;
      const names = (isAfter ? waves.slice(index).filter(hasStartsToLose) : [progress]).map(({ wave }) => wave.name);
      for (const name of names) this.#blocked.add(name);
      notices.push({ kind: 'problem', problem: waveBlockedProblem(names, reason) });
    }
    return notices;
  }
}

/** A wave has ended where nothing of it is unfinished, and nothing after it waits for its soak. */
function reportedState(progress: WaveProgress, state: WaveState | undefined, isAwaited: boolean): ReportedWaveState {
  // A wave that the one before it kept from beginning has nothing wrong with it.
  if (state?.is === 'blocked' && isOnlyNotStarted(state.reason)) return { is: 'waiting' };
  if (state?.is === 'blocked') {
    const note = `${lossesText(state.reason)}; ${state.reason.wave.maxFailures} allowed`;
    const { failed, noLongerLive, notVerified } = progress.losses;
    return { is: 'blocked', note, by: failed + noLongerLive + notVerified === 0 ? 'guards' : 'losses' };
  }
  if (state === undefined || (progress.unfinished === 0 && !isAwaited && !progress.isRefused)) return { is: 'done' };
  if (state.is === 'waiting' && progress.unfinished === 0 && !progress.isRefused) return { is: 'done' };
  return state.is === 'soaking' ? { is: 'soaking', until: state.until } : { is: state.is };
}

function isOnlyNotStarted({ losses: { notStarted: _, ...others } }: ExceededLimit): boolean {
  return Object.values(others).every((count) => count === 0);
}

/** Something of it is still to be started, or was refused. */
function hasStartsToLose({ toStart, isRefused }: WaveProgress): boolean {
  return toStart > 0 || isRefused;
}

function waveBlockedProblem(names: readonly string[], reason: ExceededLimit): Problem {
  const list = names.map((name) => `"${name}"`).join(', ');
  const what = names.includes(reason.wave.name)
    ? `no more deployments of wave ${list} are started`
    : names.length === 1
      ? `wave ${list} is blocked`
      : `waves ${list} are blocked`;
  return {
    code: 'wave-blocked',
    severity: 'warning',
    message: `${what}: ${limitNote(reason)}`,
    hint: {
      text: 'fix what failed, or raise `maxFailures` of that wave; then run it again',
      command: { run: 'same', args: [] },
    },
  };
}

/** `wave "canary" allows 0 failed or blocked addresses and has 1 failed, 2 blocked`. */
export function limitNote(limit: ExceededLimit): string {
  const { name, maxFailures } = limit.wave;
  const allowed = `${maxFailures} failed or blocked ${maxFailures === 1 ? 'address' : 'addresses'}`;
  return `wave "${name}" allows ${allowed} and has ${lossesText(limit)}`;
}

/** `1 failed, 2 blocked`. */
function lossesText({ losses }: ExceededLimit): string {
  const parts = [
    [losses.failed, 'failed'],
    [losses.noLongerLive, 'no longer live'],
    [losses.notVerified, 'not verified'],
    [losses.notStarted, 'not started'],
    [losses.blocked, 'blocked'],
  ] as const;
  return parts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`])).join(', ');
}

/** Of a step whose change AppConfig rolled back. @param others how many addresses with the same change are not started */
export function changeBlockedProblem({ subject }: Step, others: number): Problem {
  return {
    code: 'change-blocked',
    severity: 'warning',
    message: `AppConfig rolled this change back, so it is not started at ${others === 1 ? '1 more address' : `${others} more addresses`}`,
    hint: { text: `change the content; the same change is tried again only with ${rolledBack.override}` },
    subject,
  };
}
