// What a measure is given, and what it finds.

/** One figure and the most it may be. */
export interface Finding {
  readonly what: string;
  readonly measured: number;
  readonly budget: number;
  /** Digits to show after the point. */
  readonly digits: number;
  /** Empty for a ratio. */
  readonly unit: string;
  readonly note?: string;
}

export interface Surroundings {
  /** The folder of the project. */
  readonly checkout: string;
  /** An empty folder, deleted when the measure has ended. */
  readonly folder: string;
}

/** Yields each finding as soon as it is known. */
export type Measure = (surroundings: Surroundings) => AsyncGenerator<Finding>;
