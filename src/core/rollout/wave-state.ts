// How far each wave of a plan is. Plain data and pure transitions: a transition returns a new value, and the time is an
// argument. Times are milliseconds since 1970 by the service's clock, which must not go back.
import { isDeployment } from '../plan/operations.ts';
import type { Plan, PlannedWave } from '../plan/plan.ts';
import type { StepId } from '../plan/step.ts';

/**
 * A wave begins when all waves before it are done. It is verified before it is done: its environments are read again,
 * because what was live may have been rolled back or replaced since.
 */
export type WaveState =
  /** A wave before it is not done. */
  | { readonly is: 'waiting' }
  /** Its deployments may start, and not all of them have ended. */
  | { readonly is: 'running' }
  /** All its deployments have ended; the pause after them has not. It is also verified at `verifyAt`. */
  | { readonly is: 'soaking'; readonly until: number; readonly verifyAt: number }
  /** It has soaked. The verification at `verifyAt` decides whether it is done. */
  | { readonly is: 'verifying'; readonly verifyAt: number }
  | { readonly is: 'done' }
  /** It has more losses than it allows. It stays blocked, and so do the waves after it. */
  | { readonly is: 'blocked'; readonly reason: ExceededLimit };

/** Addresses of a wave that are not live as desired, and will not be at the end of this run. */
export interface Losses {
  readonly failed: number;
  /** Kept from starting, with nothing wrong with them. */
  readonly notStarted: number;
  /** Were live, and were not when the wave was verified. */
  readonly noLongerLive: number;
  /** Were live, and could not be read when the wave was verified. */
  readonly notVerified: number;
  /** Blocked by a guard before the run. */
  readonly blocked: number;
}

/** Why more of a wave, or of the waves after it, is not started: its losses at the moment when they exceeded the limit. */
export interface ExceededLimit {
  readonly wave: PlannedWave;
  readonly losses: Losses;
  /** The first step that did not end well, if one had ended by then. */
  readonly cause: StepId | undefined;
}

/** What has happened to a wave. */
export interface WaveProgress {
  readonly wave: PlannedWave;
  /** Deployments that have not ended, each of one address. */
  readonly unfinished: number;
  /** Those of them that are still to be started. */
  readonly toStart: number;
  /** Those of them that AppConfig is rolling back now. */
  readonly rollingBack: number;
  /** A deployment of it was started in this run. */
  readonly hasBegun: boolean;
  /** A start was refused because of this wave or one before it. */
  readonly isRefused: boolean;
  readonly losses: Losses;
  readonly cause: StepId | undefined;
  /** When the newest of its live content completed; undefined where nothing of it is live. */
  readonly liveSince: number | undefined;
  /** When its environments were last read; at first for the plan. */
  readonly verifiedAt: number;
  /** It was verified after its soak, and the next wave may begin. */
  readonly isVerified: boolean;
  /** A verification that met an outage is repeated then. */
  readonly retryAt: number | undefined;
  /** How often the verification after the soak was repeated. */
  readonly retries: number;
  /** Its losses exceed what it allows: the waves after it do not begin. */
  readonly blocked: ExceededLimit | undefined;
  /** Its failed deployments alone exceed it: nothing more of the wave itself is started. */
  readonly stopped: ExceededLimit | undefined;
}

/** How a deployment's step ended. `not started`: it was kept from starting, and nothing is wrong with it. */
export type Ending =
  | { readonly how: 'live'; readonly at: number }
  | { readonly how: 'rolled back' | 'failed' | 'not started' };

/** What a verification found in one wave. */
export interface VerifiedWave {
  readonly noLongerLive: number;
  readonly notVerified: number;
}

const minute = 60_000;

/** A wave is verified so often while it soaks, and at most once a minute. */
const verificationsInSoak = 4;

/** The verification after the soak is repeated so often during an outage, once a minute. */
const maxRetries = 5;

/**
 * The waves of a plan before anything of it is applied.
 * @param readAt when the live state of the plan was read: a wave that had soaked by then need not be verified
 */
export function initialWaves({ waves, steps }: Pick<Plan, 'waves' | 'steps'>, readAt: number): readonly WaveProgress[] {
  const deployments = new Map(waves.map(({ name }) => [name, { unfinished: 0, toStart: 0 }]));
  for (const step of steps) {
    const counts = isDeployment(step) ? deployments.get(step.wave ?? '') : undefined;
    if (counts === undefined) continue;
    counts.unfinished += 1;
    if (step.operation === 'StartDeployment') counts.toStart += 1;
  }
  let isVerified = true;
  return waves.map((wave) => {
    const progress = withLimits({
      wave,
      unfinished: 0,
      toStart: 0,
      ...deployments.get(wave.name),
      rollingBack: 0,
      hasBegun: false,
      isRefused: false,
      losses: { failed: 0, notStarted: 0, noLongerLive: 0, notVerified: 0, blocked: wave.blocked },
      cause: undefined,
      liveSince: wave.liveSince === undefined ? undefined : Date.parse(wave.liveSince),
      verifiedAt: readAt,
      isVerified: false,
      retryAt: undefined,
      retries: 0,
      blocked: undefined,
      stopped: undefined,
    });
    isVerified &&= progress.blocked === undefined && progress.unfinished === 0 && hasSoaked(progress, readAt);
    return { ...progress, isVerified };
  });
}

/** The state of each wave, in their order. */
export function waveStates(waves: readonly WaveProgress[], now: number): readonly WaveState[] {
  let mayBegin = true;
  return waves.map((progress) => {
    const state = stateOf(progress, mayBegin, now);
    mayBegin &&= state.is === 'done';
    return state;
  });
}

function stateOf(progress: WaveProgress, mayBegin: boolean, now: number): WaveState {
  const { blocked, unfinished, isVerified } = progress;
  if (blocked !== undefined) return { is: 'blocked', reason: blocked };
  if (!mayBegin) return { is: 'waiting' };
  if (unfinished > 0) return { is: 'running' };
  const until = soakEndOf(progress) ?? now;
  if (until > now) return { is: 'soaking', until, verifyAt: nextVerificationOf(progress) };
  return isVerified ? { is: 'done' } : { is: 'verifying', verifyAt: nextVerificationOf(progress) };
}

/** A deployment of it has been started. */
export function withStart(progress: WaveProgress): WaveProgress {
  return { ...progress, toStart: progress.toStart - 1, hasBegun: true };
}

/** AppConfig is rolling back a deployment of it. The end of the deployment follows. */
export function withRollback(progress: WaveProgress): WaveProgress {
  return { ...progress, rollingBack: progress.rollingBack + 1 };
}

/**
 * A deployment of it has ended, or will not be started.
 * @param step.cause the step that is to blame if it did not end well
 */
export function withEnding(
  progress: WaveProgress,
  ending: Ending,
  step: {
    readonly cause: StepId;
    readonly wasToStart: boolean;
    readonly wasRollingBack: boolean;
    readonly isRefused: boolean;
  },
): WaveProgress {
  const { losses } = progress;
  const counted = {
    ...progress,
    unfinished: progress.unfinished - 1,
    toStart: progress.toStart - Number(step.wasToStart),
    rollingBack: progress.rollingBack - Number(step.wasRollingBack),
    isRefused: progress.isRefused || step.isRefused,
  };
  if (ending.how === 'live') return { ...counted, liveSince: Math.max(ending.at, progress.liveSince ?? ending.at) };
  return withLimits({
    ...counted,
    cause: progress.cause ?? step.cause,
    losses:
      ending.how === 'not started'
        ? { ...losses, notStarted: losses.notStarted + 1 }
        : { ...losses, failed: losses.failed + 1 },
  });
}

/** Addresses of it are not live any more. */
export function withNoLongerLive(progress: WaveProgress, noLongerLive: number): WaveProgress {
  return withLimits({ ...progress, losses: { ...progress.losses, noLongerLive } });
}

/** Addresses of it could not be read, and will not be read again. */
export function withNotVerified(progress: WaveProgress, notVerified: number): WaveProgress {
  return withLimits({ ...progress, losses: { ...progress.losses, notVerified } });
}

/** Something of it could not be read: it is verified again in a minute. */
export function withRetry(progress: WaveProgress, at: number, isAfterSoak: boolean): WaveProgress {
  return { ...progress, retryAt: at + minute, retries: progress.retries + Number(isAfterSoak) };
}

/** Whether a verification that met an outage is repeated. During the soak it always is. */
export function mayRetry({ retries }: WaveProgress, isAfterSoak: boolean): boolean {
  return !isAfterSoak || retries < maxRetries;
}

/** @param verified.liveSince when the newest content that was found live completed: it soaks from then on */
export function withVerification(
  progress: WaveProgress,
  verified: { readonly at: number; readonly liveSince: number | undefined; readonly isAfterSoak: boolean },
): WaveProgress {
  const { at, isAfterSoak } = verified;
  const liveSince = latest(progress.liveSince, verified.liveSince);
  const known = { ...progress, liveSince, verifiedAt: at, retryAt: undefined };
  return { ...known, isVerified: isAfterSoak && hasSoaked(known, at) };
}

/** The first time that a limit is exceeded is kept: later losses are a consequence. */
function withLimits(progress: WaveProgress): WaveProgress {
  const { wave, losses, cause } = progress;
  const { failed, notStarted, noLongerLive, notVerified, blocked } = losses;
  const all = failed + notStarted + noLongerLive + notVerified + blocked;
  const reason = { wave, losses, cause };
  return {
    ...progress,
    blocked: progress.blocked ?? (all > wave.maxFailures ? reason : undefined),
    stopped: progress.stopped ?? (failed > wave.maxFailures ? reason : undefined),
  };
}

/** In equal parts of the soak, and at its end. */
function nextVerificationOf({ wave, verifiedAt, retryAt, liveSince }: WaveProgress): number {
  if (retryAt !== undefined) return retryAt;
  if (liveSince === undefined) return verifiedAt;
  const soak = wave.soakMinutes * minute;
  const part = Math.max(minute, soak / verificationsInSoak);
  const parts = Math.max(1, Math.floor((verifiedAt - liveSince) / part) + 1);
  return liveSince + Math.min(parts * part, soak);
}

function hasSoaked(progress: WaveProgress, now: number): boolean {
  return (soakEndOf(progress) ?? now) <= now;
}

function soakEndOf({ wave, liveSince }: WaveProgress): number | undefined {
  return liveSince === undefined ? undefined : liveSince + wave.soakMinutes * minute;
}

function latest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}
