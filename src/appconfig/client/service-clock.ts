// The service's clock: AppConfig's own moments are on it, and an embedded AppConfig's runs faster than ours.
import type { Clock } from '../../core/model/clock.ts';

const speedHeader = 'x-appcfg-clock-speed';

const timeHeader = 'x-appcfg-clock-time';

/** Milliseconds of our own time by which what an answer tells may be old. */
const imprecision = 3_000;

export class ServiceClock {
  readonly #clock: Clock;
  readonly #trusted: boolean;
  #speed = 1;
  /** Service time minus ours at the moment of `#at`. */
  #time: number;
  #at: number;

  /** @param options.trusted believe the embedded AppConfig's headers: only in the process or on loopback. */
  constructor(clock: Clock, options: { readonly trusted: boolean }) {
    this.#clock = clock;
    this.#trusted = options.trusted;
    this.#at = clock.now();
    this.#time = this.#at;
  }

  /** Takes note of what an answer's headers say about the time. */
  observe(headers: Readonly<Record<string, string>>): void {
    const speed = Number(headers[speedHeader]);
    const embedded = this.#trusted && Number.isFinite(speed) && speed > 0;
    const time = Date.parse((embedded ? headers[timeHeader] : headers.date) ?? '');
    if (Number.isNaN(time)) return;
    const known = this.now();
    this.#speed = embedded ? speed : 1;
    this.#at = this.#clock.now();
    // An answer tells whole seconds, of a moment ago: by so little the time does not go back.
    const isLate = time < known && known - time < imprecision * this.#speed;
    this.#time = isLate ? known : time;
  }

  /** How many times as fast as ours it runs. */
  get speed(): number {
    return this.#speed;
  }

  /** Milliseconds since 1970, by the service. */
  now(): number {
    return this.#time + (this.#clock.now() - this.#at) * this.#speed;
  }

  /** Waits `ms` of the service's time. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms / this.#speed, signal);
  }
}
