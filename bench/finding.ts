// A measurement's input and results.

/** A measured value and its budget. */
export interface Finding {
  readonly what: string;
  readonly measured: number;
  readonly budget: number;
  /** Digits to print after the decimal point. */
  readonly digits: number;
  /** Empty for a ratio. */
  readonly unit: string;
  readonly note?: string;
}

export interface Surroundings {
  /** The folder of the project. */
  readonly checkout: string;
  /** An empty folder, deleted after the measurement. */
  readonly folder: string;
}

/** Yields each finding as soon as it is known. */
export type Measure = (surroundings: Surroundings) => AsyncGenerator<Finding>;
