// AppConfig's clock, which its timestamps refer to. The clock of the local AppConfig may run faster than the machine's.
import type { Clock } from '../../core/model/clock.ts';

const speedHeader = 'x-appcfg-clock-speed';

const timeHeader = 'x-appcfg-clock-time';

/** How old the time in a response may be, in milliseconds of the machine's clock. */
const imprecision = 3_000;

export class ServiceClock {
  readonly #clock: Clock;
  readonly #trusted: boolean;
  #speed = 1;
  /** AppConfig's time at the last response, in milliseconds since 1970. */
  #time: number;
  /** The machine's time at that response. */
  #at: number;

  /** @param options.trusted use the headers that report the emulator's clock: only in the process, or on loopback */
  constructor(clock: Clock, options: { readonly trusted: boolean }) {
    this.#clock = clock;
    this.#trusted = options.trusted;
    this.#at = clock.now();
    this.#time = this.#at;
  }

  /** Takes the time from the headers of a response. */
  observe(headers: Readonly<Record<string, string>>): void {
    const speed = Number(headers[speedHeader]);
    const isEmulator = this.#trusted && Number.isFinite(speed) && speed > 0;
    const time = Date.parse((isEmulator ? headers[timeHeader] : headers.date) ?? '');
    if (Number.isNaN(time)) return;
    const known = this.now();
    this.#speed = isEmulator ? speed : 1;
    this.#at = this.#clock.now();
    // A response has whole seconds, from a moment ago. For such a difference the clock is not turned back.
    const isLate = time < known && known - time < imprecision * this.#speed;
    this.#time = isLate ? known : time;
  }

  /** How many times as fast as the machine's clock it runs. */
  get speed(): number {
    return this.#speed;
  }

  /** AppConfig's time, in milliseconds since 1970. */
  now(): number {
    return this.#time + (this.#clock.now() - this.#at) * this.#speed;
  }

  /** Waits `ms` of AppConfig's time. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms / this.#speed, signal);
  }
}
