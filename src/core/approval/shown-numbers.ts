// The numbers of a deployment strategy as JSON documents have them.
import { z } from 'zod';

export const shownNumbers = z.object({
  durationMinutes: z.number(),
  bakeMinutes: z.number(),
  growthFactor: z.number(),
  growthType: z.enum(['LINEAR', 'EXPONENTIAL']),
});
