// Tracks which changes are saved. A response that may reveal a change waits until that change is saved.

/** Deletion protection counts minutes, so reads are saved at most once a minute. */
const readIntervalMs = 60_000;

/** Counts changes, and saves them when a caller waits for it. */
export class UnsavedChanges {
  readonly #save: () => Promise<void>;
  #changes = 0;
  #saved = 0;
  #saving: { readonly changes: number; readonly done: Promise<void> } | undefined;
  #failure: Error | undefined;
  #readRecordedAt = 0;

  /** @param save saves all changes that were made before it is called */
  constructor(save: () => Promise<void>) {
    this.#save = save;
  }

  recordChange(): void {
    this.#changes += 1;
  }

  recordRead(now: number): void {
    if (now - this.#readRecordedAt < readIntervalMs) return;
    this.#readRecordedAt = now;
    this.recordChange();
  }

  /** Waits until all changes are saved. @throws the same error object again while saving fails for the same reason */
  async saved(): Promise<void> {
    if (this.#saved === this.#changes) return;
    if (this.#saving?.changes !== this.#changes) {
      this.#saving = { changes: this.#changes, done: this.#saveUpTo(this.#changes) };
    }
    await this.#saving.done;
  }

  async #saveUpTo(changes: number): Promise<void> {
    try {
      await this.#save();
      this.#saved = Math.max(this.#saved, changes);
      this.#failure = undefined;
    } catch (error) {
      throw this.#sameFailure(error);
    } finally {
      if (this.#saving?.changes === changes) this.#saving = undefined;
    }
  }

  #sameFailure(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    if (this.#failure?.message !== error.message) this.#failure = error;
    return this.#failure;
  }
}
