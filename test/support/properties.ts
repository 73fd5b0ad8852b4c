// How properties are tried: the same cases in every run, so that a red test stays red. A failure prints its seed and path.
import fc from 'fast-check';

/** Of all cases. */
export const seed = Number(process.env.PROPERTY_SEED ?? 20_260_301);
/** How many times as many cases as usual. */
export const times = Number(process.env.PROPERTY_TIMES ?? 1);

/**
 * Tries a property with `cases` cases. `PROPERTY_SEED=7` tries others, `PROPERTY_TIMES=20` twenty times as many.
 * Looking for a smaller counterexample ends in time to print what was found.
 */
export async function holds<T>(
  property: fc.IAsyncProperty<T> | fc.IProperty<T>,
  cases: number,
  seconds = 20,
): Promise<void> {
  await fc.assert(property, { seed, numRuns: cases * times, interruptAfterTimeLimit: seconds * 1000 * times });
}
