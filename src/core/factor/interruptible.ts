// Long work that can be interrupted: wherever it yields, a run may see to signals, or end.

export type Interruptible<T> = Generator<void, T, void>;

/** Does all of the work without a break. */
export function finished<T>(work: Interruptible<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
