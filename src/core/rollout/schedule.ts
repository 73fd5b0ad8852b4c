// When each part of a plan happens: its estimate, by waves.
import { sortBy } from 'es-toolkit/array/sortBy';
import { type ApplicationEnvironment, type LaneId, laneId } from '../model/lane.ts';
import { isDeployment } from '../plan/operations.ts';
import type { Plan } from '../plan/plan.ts';
import { waveOrder } from '../settings/waves.ts';
import { estimate, type SimulationConditions } from './simulate-plan.ts';

/** All times in minutes from the start of the run. */
export interface Schedule {
  readonly endsAfter: number;
  /** When the last application, environment, profile and version is created. */
  readonly preparedAfter: number;
  /** In the order of the waves; one without a name where the settings have no waves. Only those with something to deploy. */
  readonly stages: readonly Stage[];
}

export interface Stage {
  readonly wave: string | undefined;
  readonly startsAfter: number;
  readonly endsAfter: number;
  /** The pause after it; 0 for the last stage. */
  readonly soakMinutes: number;
  readonly deployments: number;
  readonly environments: number;
  /** The environment that ends last. */
  readonly slowest: ApplicationEnvironment;
}

/** Undefined where nothing is to be done, or a strategy's numbers are unknown. */
export function scheduleOf(plan: Plan, conditions: SimulationConditions): Schedule | undefined {
  const estimated = plan.steps.length === 0 ? undefined : estimate(plan, conditions);
  if (estimated === undefined) return undefined;
  const { starts, ends, ms } = estimated;
  const stages = new Map<
    string | undefined,
    {
      startsAt: number;
      endsAt: number;
      deployments: number;
      environments: Set<LaneId>;
      slowest: ApplicationEnvironment;
    }
  >();
  let preparedAt = 0;
  for (const step of plan.steps) {
    const endsAt = ends.get(step.id);
    // A step that a wave blocks never ends.
    if (endsAt === undefined) continue;
    if (!isDeployment(step)) {
      if (step.operation !== 'StopDeployment') preparedAt = Math.max(preparedAt, endsAt);
      continue;
    }
    const startsAt = starts.get(step.id) ?? 0;
    const stage = stages.get(step.wave) ?? {
      startsAt,
      endsAt: 0,
      deployments: 0,
      environments: new Set(),
      slowest: step,
    };
    stages.set(step.wave, {
      startsAt: Math.min(stage.startsAt, startsAt),
      endsAt: Math.max(stage.endsAt, endsAt),
      deployments: stage.deployments + 1,
      environments: stage.environments.add(laneId(step)),
      slowest: endsAt > stage.endsAt ? step : stage.slowest,
    });
  }
  const order = waveOrder(plan.waves);
  const inOrder = sortBy([...stages], [([wave = '']) => order.get(wave) ?? 0]);
  const soaks = new Map(plan.waves.map(({ name, soakMinutes }) => [name, soakMinutes]));
  return {
    endsAfter: minutes(ms),
    preparedAfter: minutes(preparedAt),
    stages: inOrder.map(([wave, { startsAt, endsAt, deployments, environments, slowest }], index) => ({
      wave,
      startsAfter: minutes(startsAt),
      endsAfter: minutes(endsAt),
      soakMinutes: index < inOrder.length - 1 ? (soaks.get(wave ?? '') ?? 0) : 0,
      deployments,
      environments: environments.size,
      slowest,
    })),
  };
}

/** To the hundredth. */
function minutes(ms: number): number {
  return Math.round(ms / 600) / 100;
}
