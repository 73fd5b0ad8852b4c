// A line where nothing else was printed for a while: a log that stands still looks like a program that hangs.
import type { After } from '../../core/model/clock.ts';
import { groupsBy } from '../../core/model/groups-by.ts';
import { number } from '../../core/problem/quantity.ts';
import { addressText } from '../style/address-text.ts';
import { visible } from '../style/escape.ts';
import { duration, timeOfDay } from '../style/quantities.ts';
import { deploymentStates } from '../style/state-words.ts';
import { heartbeatMs, type Throttle } from './pacing.ts';
import type { ShownDeployment, Tally } from './tally.ts';

/** Calls `beat` whenever a pause has passed in which nothing was printed. */
export class Heartbeat {
  readonly #after: After;
  readonly #pace: Throttle;
  readonly #beat: () => void;
  #cancel: (() => void) | undefined;

  constructor(after: After, pace: Throttle, beat: () => void) {
    this.#after = after;
    this.#pace = pace;
    this.#beat = beat;
  }

  /** Again: nothing. */
  start(): void {
    if (this.#cancel === undefined) this.#wait();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(): void {
    this.#cancel = this.#after(this.#pace.msUntilNext(heartbeatMs), () => {
      if (this.#pace.passes(heartbeatMs)) this.#beat();
      this.#wait();
    });
  }
}

/** What a run that applies a plan waits for. */
export function heartbeatText(tally: Tally): string {
  const running = [...tally.running.values()];
  const waves = tally.waves();
  const soaking = waves.find(({ state }) => state.is === 'soaking');
  if (soaking?.state.is === 'soaking' && running.length === 0) {
    return `wave "${visible(soaking.name)}" soaks until ${timeOfDay(soaking.state.until)}${leftText(tally.msLeftOf(soaking))}`;
  }
  return [
    tally.line(),
    ...waves
      .filter(({ state }) => state.is === 'running' || state.is === 'verifying')
      .map(({ name, state, done, of }) => `wave "${visible(name)}" ${state.is}, ${number(done)} of ${number(of)} done`),
    ...(running.length === 0 ? [] : [flightText(running, tally)]),
  ].join('; ');
}

/** `acme/eu/Limits baking, 9 min left`, or `12 deploying, 8 baking`. */
function flightText(running: readonly ShownDeployment[], tally: Tally): string {
  const [first, ...others] = running;
  const wordOf = ({ latest }: ShownDeployment) => deploymentStates[latest.state].word;
  if (first !== undefined && others.length === 0) {
    return `${addressText(first.subject)} ${wordOf(first)}${leftText(tally.timeLeft(first))}`;
  }
  return groupsBy(running, wordOf)
    .map((group) => `${number(group.length)} ${wordOf(group[0])}`)
    .join(', ');
}

function leftText(ms: number | undefined): string {
  return ms === undefined || ms < 500 ? '' : `, ${duration(ms)} left`;
}
