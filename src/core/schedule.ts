// How long deployments take, by their strategies: a lane's one after the other, lanes side by side, wave after wave.
import { minutesOf } from './deployment-strategies.ts';
import { isDeployment, type Plan, type PlannedWave, type Step } from './plan.ts';

/** When a wave's deployments begin and end, in minutes from the start of the run; what follows it begins at `soakedAt`. */
export interface ScheduledWave {
  readonly name: string;
  readonly beginsAt: number;
  readonly endsAt: number;
  readonly soakedAt: number;
  /** Nothing of it is started: a wave before it has more blocked addresses than it allows. */
  readonly heldBack: boolean;
}

export interface Schedule {
  readonly waves: readonly ScheduledWave[];
  /** When the last deployment ends. */
  readonly minutes: number;
}

/** Undefined where a strategy's numbers are not known. */
export function expectedMinutes(plan: Pick<Plan, 'steps' | 'waves'>, now: number): number | undefined {
  return scheduleOf(plan, now)?.minutes;
}

/**
 * Deployments that run already run on, whatever their wave; those to start wait for their wave.
 * @param now milliseconds since 1970, by the service's clock: what was live before soaks from when it completed
 * @returns undefined where a strategy's numbers are not known
 */
export function scheduleOf(plan: Pick<Plan, 'steps' | 'waves'>, now: number): Schedule | undefined {
  const lanes = lanesOf(plan.steps);
  if (lanes === undefined) return undefined;
  if (plan.waves.length === 0) return { waves: [], minutes: endOf(lanes, 0) };
  const waves: ScheduledWave[] = [];
  let beginsAt = 0;
  let heldBack = false;
  for (const wave of plan.waves) {
    const own = lanes.filter((lane) => lane.wave === wave.name);
    const endsAt = endOf(heldBack ? own.map((lane) => ({ ...lane, starts: 0 })) : own, beginsAt);
    const soakedAt = own.length === 0 ? Math.max(beginsAt, soakLeft(wave, now)) : endsAt + wave.soakMinutes;
    waves.push({ name: wave.name, beginsAt, endsAt, soakedAt, heldBack });
    heldBack ||= wave.blocked > wave.maxFailures;
    beginsAt = soakedAt;
  }
  const ends = waves.filter(({ name }) => lanes.some(({ wave }) => wave === name)).map(({ endsAt }) => endsAt);
  return { waves, minutes: Math.max(0, ...ends) };
}

interface ScheduledLane {
  readonly wave: string | undefined;
  /** Minutes of deployments that run already, and of those to start after them. */
  readonly running: number;
  readonly starts: number;
}

function lanesOf(steps: readonly Step[]): readonly ScheduledLane[] | undefined {
  const lanes = new Map<string, ScheduledLane>();
  for (const step of steps) {
    if (!isDeployment(step)) continue;
    if (step.numbers === undefined) return undefined;
    const key = step.lane ?? step.id;
    const { running, starts } = lanes.get(key) ?? { running: 0, starts: 0 };
    const minutes = minutesOf(step.numbers);
    const isRunning = step.operation === 'AwaitDeployment';
    lanes.set(key, {
      wave: step.wave,
      running: running + (isRunning ? minutes : 0),
      starts: starts + (isRunning ? 0 : minutes),
    });
  }
  return [...lanes.values()];
}

function endOf(lanes: readonly ScheduledLane[], beginsAt: number): number {
  return lanes.reduce((latest, { running, starts }) => {
    const end = starts === 0 ? running : Math.max(beginsAt, running) + starts;
    return Math.max(latest, end);
  }, beginsAt);
}

function soakLeft({ soakMinutes, liveSince }: PlannedWave, now: number): number {
  return liveSince === undefined ? 0 : Math.max(0, (Date.parse(liveSince) - now) / 60_000 + soakMinutes);
}
