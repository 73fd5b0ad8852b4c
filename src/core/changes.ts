// The difference between two contents, pointer by pointer.

/** One difference. `path` is a JSON Pointer; `before` and `after` are JSON texts on one line, or the redaction mark. */
export interface Change {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
  /** `file:line` that sets the new value, where it is known and the same for the whole class. */
  readonly source?: string;
}
