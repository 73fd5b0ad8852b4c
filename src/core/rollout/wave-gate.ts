// Which deployments may start when: by the waves of a plan, and by what became of changes like theirs. A state machine
// that is told what happens and asked what may: it starts nothing, waits for nothing, and gets the time as an argument.
import { formatAddress } from '../model/address.ts';
import { isDeployment } from '../plan/operations.ts';
import type { Plan, PlannedWave } from '../plan/plan.ts';
import type { Step, StepId } from '../plan/step.ts';
import type { Problem } from '../problem/problem.ts';
import { heldBackProblem, likeProblem, noteOf } from './wave-messages.ts';

export type Answer =
  | { readonly may: 'start' }
  /** Ask again when a step has ended, or a wave was looked at. */
  | { readonly may: 'wait' }
  | { readonly may: 'never'; readonly blockedBy: StepId; readonly note: string };

/** How a deployment's step ended. `held back`: it was not begun, and nothing is wrong with it. */
export type Ending =
  | { readonly how: 'live'; readonly at: number }
  | { readonly how: 'rolled back' | 'failed' | 'held back' };

/** What to tell the user. */
export type GateNews =
  | { readonly kind: 'begun'; readonly wave: string }
  | { readonly kind: 'soaking'; readonly wave: string; readonly endsAt: number }
  | { readonly kind: 'problem'; readonly problem: Problem };

export interface WaveState {
  readonly wave: PlannedWave;
  /** Deployments that have not ended, each of one address. */
  unfinished: number;
  /** Those of them that are still to be started. */
  toStart: number;
  failed: number;
  /** Those that AppConfig is rolling back, and whose end is to come. */
  failing: number;
  heldBack: number;
  /** Those that were live, and were no more when somebody looked again. */
  takenBack: number;
  /** Those that were live, and could not be looked at again. */
  unread: number;
  /** When it was last known how it stands: from the plan, or because somebody looked again. */
  lookedAt: number;
  /** Something could not be read, and may be soon. */
  repeatAt: number | undefined;
  /** Last looks that were repeated for that. */
  repeats: number;
  /** Nobody has to look again before what follows begins. */
  isSettled: boolean;
  /** What was said when something was held back for it: counts go on rising. */
  note: string | undefined;
  /** The first step that came to no good end. */
  cause: StepId | undefined;
  /** The newest completion of a content that the tree wants. */
  liveSince: number | undefined;
  /** Somebody was told that something of it is not started. */
  refused: boolean;
  readonly told: Set<GateNews['kind']>;
}

/** A look at a wave: whether what was live in it still is. */
export interface Look {
  readonly wave: string;
  /** Those before it that are to be looked at with it: with the last look all of them. */
  readonly before: readonly string[];
  /** When it is due, milliseconds since 1970. */
  readonly at: number;
  /** What follows may begin after it. */
  readonly isLast: boolean;
}

/** What a look has found. */
export interface Found {
  /** By wave: addresses that had no more what the tree wants. */
  readonly takenBack: ReadonlyMap<string, number>;
  /** By wave: addresses that could not be looked at. */
  readonly unread: ReadonlyMap<string, number>;
  /** When the newest completed of what is live in the wave itself, milliseconds since 1970. */
  readonly liveSince: number | undefined;
  /** Another look may be able to. */
  readonly mayPass: boolean;
  /** When the look began. */
  readonly at: number;
}

/** A last look that meets an outage is repeated so often, each minute. */
const mostRepeats = 5;

/** Looks at a wave that soaks: so many in all, and not more often than once in a minute. */
const looksInSoak = 4;

const minute = 60_000;

/**
 * A wave begins when all before it have ended, stayed within their limits, blocked addresses included, soaked, and were
 * found live when they were looked at again: `nextLook` says when, `lookedAt` takes what was found. Once
 * more deployments of it have failed than it allows, nothing more of it is started. What AppConfig rolls back is started
 * nowhere else. Times are milliseconds since 1970 by the service's clock, which must not go back.
 */
export class WaveGate {
  readonly #waves: readonly WaveState[];
  readonly #indexes: ReadonlyMap<string, number>;
  /** By change class: the step whose deployment AppConfig rolled back. */
  readonly #rolledBack = new Map<string, Step>();
  /** By step: its change class, where AppConfig is rolling its deployment back. */
  readonly #failing = new Map<StepId, string | undefined>();
  /** By change class: how many are still to be started. */
  readonly #likeToStart = new Map<string, number>();
  readonly #started = new Set<StepId>();
  readonly #news: GateNews[] = [];

  /** @param readAt when what the plan is made from was read: a wave that had soaked by then needs no other look */
  constructor(plan: Pick<Plan, 'steps' | 'waves'>, readAt: number) {
    this.#waves = plan.waves.map((wave) => ({
      wave,
      unfinished: 0,
      toStart: 0,
      failed: 0,
      failing: 0,
      heldBack: 0,
      takenBack: 0,
      unread: 0,
      lookedAt: readAt,
      repeatAt: undefined,
      repeats: 0,
      isSettled: false,
      note: undefined,
      cause: undefined,
      liveSince: wave.liveSince === undefined ? undefined : Date.parse(wave.liveSince),
      refused: false,
      told: new Set(),
    }));
    this.#indexes = new Map(plan.waves.map(({ name }, index) => [name, index]));
    for (const step of plan.steps) {
      if (!isDeployment(step)) continue;
      const state = this.#stateOf(step);
      if (state !== undefined) state.unfinished += 1;
      if (step.operation === 'StartDeployment') this.#countToStart(step, 1);
    }
    for (const state of this.#waves.slice(0, this.#endedTo(readAt))) state.isSettled = true;
  }

  /** Whether a step may be begun now. What is not the start or the stop of a deployment always may. */
  ask(step: Step, now: number): Answer {
    if (step.operation !== 'StartDeployment' && step.operation !== 'StopDeployment') return { may: 'start' };
    const like = step.changeGroup === undefined ? undefined : this.#rolledBack.get(step.changeGroup);
    if (like !== undefined) {
      return {
        may: 'never',
        blockedBy: like.id,
        note: `AppConfig rolled the same change back at ${formatAddress(like.subject)}`,
      };
    }
    // Whether it counts as rolled back, its end will tell: it may have been superseded.
    if (step.changeGroup !== undefined && [...this.#failing.values()].includes(step.changeGroup))
      return { may: 'wait' };
    const index = this.#indexOf(step);
    if (index === undefined) return { may: 'start' };
    const over = this.#firstOver();
    const own = this.#waves[index];
    const isFull = own !== undefined && own.failed > own.wave.maxFailures;
    const because = over !== undefined && over < index ? this.#waves[over] : isFull ? own : undefined;
    if (because !== undefined) {
      if (own !== undefined) own.refused = true;
      return {
        may: 'never',
        blockedBy: because.cause ?? `wave ${because.wave.name}`,
        note: noteOf(because),
      };
    }
    if (own !== undefined && own.failed + own.failing > own.wave.maxFailures) return { may: 'wait' };
    return index <= this.#openTo(now) ? { may: 'start' } : { may: 'wait' };
  }

  /** AppConfig rolls the step's deployment back: what would have to be held back waits until it has ended. */
  fails(step: Step): void {
    if (this.#failing.has(step.id)) return;
    this.#failing.set(step.id, step.changeGroup);
    const state = this.#stateOf(step);
    if (state !== undefined) state.failing += 1;
  }

  started(step: Step): void {
    if (step.operation !== 'StartDeployment' || this.#started.has(step.id)) return;
    this.#started.add(step.id);
    this.#countToStart(step, -1);
    const state = this.#stateOf(step);
    if (state === undefined || state.told.has('begun')) return;
    state.told.add('begun');
    this.#news.push({ kind: 'begun', wave: state.wave.name });
  }

  /** To be told of every step, once. @param cause the step because of which it was not begun, where that is one. */
  ended(step: Step, ending: Ending, cause: StepId = step.id): void {
    if (!isDeployment(step)) return;
    if (step.operation === 'StartDeployment' && !this.#started.has(step.id)) this.#countToStart(step, -1);
    const state = this.#stateOf(step);
    if (this.#failing.delete(step.id) && state !== undefined) state.failing -= 1;
    if (state !== undefined) this.#count(state, ending, cause);
    if (ending.how !== 'rolled back' || step.changeGroup === undefined || this.#rolledBack.has(step.changeGroup))
      return;
    this.#rolledBack.set(step.changeGroup, step);
    const like = this.#likeToStart.get(step.changeGroup) ?? 0;
    if (like > 0) this.#news.push({ kind: 'problem', problem: likeProblem(step, like) });
  }

  /** The look at a wave that keeps the next one from beginning; undefined where none is to come. @param now may be past it */
  nextLook(now: number): Look | undefined {
    const state = this.#ended(now);
    if (state === undefined || !this.#anyToStartAfter(state)) return undefined;
    const isLast = (soakedAt(state) ?? now) <= now;
    const before = isLast ? this.#waves.slice(0, this.#waves.indexOf(state)).map(({ wave }) => wave.name) : [];
    return { wave: state.wave.name, before, at: lookDueAt(state), isLast };
  }

  /** The end of the soak that keeps the next wave from beginning; undefined where none does. */
  soakEndsAt(now: number): number | undefined {
    const state = this.#ended(now);
    const at = state && soakedAt(state);
    return at === undefined || at <= now ? undefined : at;
  }

  /** @returns whether it is final: false where another look in a minute is to find out more */
  lookedAt({ wave, before, isLast }: Look, found: Found): boolean {
    const state = this.#named(wave);
    const all = [...before.map((name) => this.#named(name)), state];
    const { takenBack, unread, liveSince, mayPass, at } = found;
    for (const each of all) each.takenBack = takenBack.get(each.wave.name) ?? 0;
    const isIncomplete = [...unread.values()].some((count) => count > 0);
    if (isIncomplete && mayPass && (!isLast || state.repeats < mostRepeats)) {
      if (isLast) state.repeats += 1;
      state.repeatAt = at + minute;
      return false;
    }
    state.repeatAt = undefined;
    for (const each of all) each.unread = unread.get(each.wave.name) ?? 0;
    state.lookedAt = at;
    // The same content was deployed again: it soaks from there.
    if (liveSince !== undefined && liveSince > (state.liveSince ?? 0)) {
      state.liveSince = liveSince;
      state.told.delete('soaking');
    }
    state.isSettled = isLast && (soakedAt(state) ?? at) <= at;
    return true;
  }

  #named(name: string): WaveState {
    const state = this.#waves[this.#indexes.get(name) ?? -1];
    if (state === undefined) throw new Error(`there is no wave "${name}"`);
    return state;
  }

  /** As long as it stays the same, so do the answers to steps that wait. */
  phase(now: number): string {
    const full = this.#waves.filter(({ wave, failed, failing }) => failed + failing > wave.maxFailures);
    const back = `${this.#rolledBack.size} ${[...this.#failing.keys()].join()}`;
    return `${this.#openTo(now)} ${this.#firstOver() ?? ''} ${full.length} ${back}`;
  }

  /** What happened since it was last asked. */
  takeNews(now: number): readonly GateNews[] {
    const soakEnds = this.soakEndsAt(now);
    const soaking = soakEnds === undefined ? undefined : this.#ended(now);
    if (
      soaking !== undefined &&
      soakEnds !== undefined &&
      !soaking.told.has('soaking') &&
      this.#anyToStartAfter(soaking)
    ) {
      soaking.told.add('soaking');
      this.#news.push({ kind: 'soaking', wave: soaking.wave.name, endsAt: soakEnds });
    }
    this.#tellHeldBack();
    return this.#news.splice(0);
  }

  #tellHeldBack(): void {
    const over = this.#firstOver();
    for (const [index, state] of this.#waves.entries()) {
      if (!isConcerned(state) || state.told.has('problem')) continue;
      const ownFault = state.failed > state.wave.maxFailures;
      const because = over !== undefined && over < index ? this.#waves[over] : ownFault ? state : undefined;
      if (because === undefined) continue;
      const held = because === state ? [state] : this.#waves.slice(index).filter(isConcerned);
      for (const each of held) each.told.add('problem');
      this.#news.push({ kind: 'problem', problem: heldBackProblem(held, because) });
    }
  }

  #anyToStartAfter(state: WaveState): boolean {
    return this.#waves.slice(this.#waves.indexOf(state) + 1).some(({ toStart }) => toStart > 0);
  }

  /** The last wave that may begin, if it has ended within its limits and still keeps the next one back. */
  #ended(now: number): WaveState | undefined {
    const state = this.#waves[this.#openTo(now)];
    return state === undefined || state.unfinished > 0 || isOver(state) ? undefined : state;
  }

  /** Index of the last wave that may begin; what keeps the next one back is this one. */
  #openTo(now: number): number {
    const index = this.#waves.findIndex((state) => !state.isSettled || isOver(state) || !hasEnded(state, now));
    return index === -1 ? this.#waves.length : index;
  }

  /** Index of the first wave that has not ended, or does not keep its limit. */
  #endedTo(now: number): number {
    const index = this.#waves.findIndex((state) => isOver(state) || !hasEnded(state, now));
    return index === -1 ? this.#waves.length : index;
  }

  #firstOver(): number | undefined {
    const index = this.#waves.findIndex(isOver);
    return index === -1 ? undefined : index;
  }

  #count(state: WaveState, ending: Ending, cause: StepId): void {
    state.unfinished -= 1;
    if (ending.how === 'live') {
      state.liveSince = Math.max(ending.at, state.liveSince ?? ending.at);
      return;
    }
    if (ending.how === 'held back') state.heldBack += 1;
    else state.failed += 1;
    state.cause ??= cause;
  }

  #countToStart(step: Step, change: 1 | -1): void {
    const state = this.#stateOf(step);
    if (state !== undefined) state.toStart += change;
    const { changeGroup } = step;
    if (changeGroup !== undefined) {
      this.#likeToStart.set(changeGroup, (this.#likeToStart.get(changeGroup) ?? 0) + change);
    }
  }

  #indexOf(step: Step): number | undefined {
    return step.wave === undefined ? undefined : this.#indexes.get(step.wave);
  }

  #stateOf(step: Step): WaveState | undefined {
    const index = this.#indexOf(step);
    return index === undefined ? undefined : this.#waves[index];
  }
}

/** More of it is not live, and will not be, than it allows. */
function isOver({ wave, failed, heldBack, takenBack, unread }: WaveState): boolean {
  return wave.blocked + failed + heldBack + takenBack + unread > wave.maxFailures;
}

/** All of it is done, and it has soaked. */
function hasEnded(state: WaveState, now: number): boolean {
  return state.unfinished === 0 && (soakedAt(state) ?? now) <= now;
}

/** The next look after the last one: in equal parts of the soak, and at its end. */
function lookDueAt({ wave, lookedAt, repeatAt, liveSince }: WaveState): number {
  if (repeatAt !== undefined) return repeatAt;
  if (liveSince === undefined) return lookedAt;
  const endsAt = liveSince + wave.soakMinutes * minute;
  const part = Math.max(minute, (wave.soakMinutes * minute) / looksInSoak);
  const parts = Math.max(1, Math.floor((lookedAt - liveSince) / part) + 1);
  return Math.min(liveSince + parts * part, endsAt);
}

/** Something of it is, or was, to be started. */
function isConcerned({ toStart, refused }: WaveState): boolean {
  return toStart > 0 || refused;
}

function soakedAt({ wave, liveSince }: WaveState): number | undefined {
  return liveSince === undefined ? undefined : liveSince + wave.soakMinutes * minute;
}
