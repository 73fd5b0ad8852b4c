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

/** Reports each thing about a wave once. */
export class WaveNotices {
  readonly #begun = new Set<string>();
  /** By wave, the end of its soak as reported: content that is deployed again soaks anew. */
  readonly #soaking = new Map<string, number>();
  readonly #blocked = new Set<string>();

  /** What has not been reported yet. */
  take(waves: readonly WaveProgress[], states: readonly WaveState[]): readonly WaveNotice[] {
    return [...this.#takeBegun(waves), ...this.#takeSoaking(waves, states), ...this.#takeBlocked(waves)];
  }

  #takeBegun(waves: readonly WaveProgress[]): readonly WaveNotice[] {
    const begun = waves.filter(({ wave, hasBegun }) => hasBegun && !this.#begun.has(wave.name));
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
    hint: { text: 'fix what failed and run the same command again, or raise `maxFailures` of that wave' },
  };
}

/** `wave "canary" allows 0 failed or blocked addresses and has 1 failed, 2 blocked`. */
export function limitNote({ wave, losses }: ExceededLimit): string {
  const parts = [
    [losses.failed, 'failed'],
    [losses.noLongerLive, 'no longer live'],
    [losses.notVerified, 'not verified'],
    [losses.notStarted, 'not started'],
    [losses.blocked, 'blocked'],
  ] as const;
  const { name, maxFailures } = wave;
  const allowed = `${maxFailures} failed or blocked ${maxFailures === 1 ? 'address' : 'addresses'}`;
  const listed = parts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  return `wave "${name}" allows ${allowed} and has ${listed.join(', ')}`;
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
