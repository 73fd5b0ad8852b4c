// Keeps what was changed: whoever may have seen a change waits until it is kept.

/** Deletion protection counts minutes: not every poll needs to be on disk. */
const readsKeptEveryMs = 60_000;

/** What was changed, and how far it is kept. */
export class Keeper {
  readonly #save: () => Promise<void>;
  #changes = 0;
  #kept = 0;
  #saving: { readonly changes: number; readonly done: Promise<void> } | undefined;
  #failure: Error | undefined;
  #readsNotedAt = 0;

  /** @param save keeps all changes that were made before it is called */
  constructor(save: () => Promise<void>) {
    this.#save = save;
  }

  noteChange(): void {
    this.#changes += 1;
  }

  noteRead(now: number): void {
    if (now - this.#readsNotedAt < readsKeptEveryMs) return;
    this.#readsNotedAt = now;
    this.noteChange();
  }

  /** Waits until all changes are kept. While it fails for the same reason it throws the same error. */
  async kept(): Promise<void> {
    if (this.#kept === this.#changes) return;
    if (this.#saving?.changes !== this.#changes) {
      this.#saving = { changes: this.#changes, done: this.#keep(this.#changes) };
    }
    await this.#saving.done;
  }

  async #keep(changes: number): Promise<void> {
    try {
      await this.#save();
      this.#kept = Math.max(this.#kept, changes);
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
