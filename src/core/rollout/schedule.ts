// When what of a plan happens: its estimate, told by waves.
import { formatAddress } from '../model/address.ts';
import { isDeployment } from '../plan/operations.ts';
import type { Plan } from '../plan/plan.ts';
import { type Conditions, estimate } from './simulate-plan.ts';

/** All times in minutes from the start of the run. */
export interface Schedule {
  readonly endsAfter: number;
  /** When the last application, environment, profile and version is made. */
  readonly preparedAfter: number;
  /** By waves, in their order; one without a name where there are none. Only those with something to deploy. */
  readonly stages: readonly Stage[];
}

export interface Stage {
  readonly wave: string | undefined;
  readonly startsAfter: number;
  readonly endsAfter: number;
  /** How long it is watched after that, where another stage follows. */
  readonly soakMinutes: number;
  readonly deployments: number;
  readonly lanes: number;
  /** The environment that ends last: `tenant/environment`. */
  readonly slowest: string;
}

/** Undefined where nothing is to be done, or nobody knows a strategy's numbers. */
export function scheduleOf(plan: Plan, conditions: Conditions): Schedule | undefined {
  const estimated = plan.steps.length === 0 ? undefined : estimate(plan, conditions);
  if (estimated === undefined) return undefined;
  const { starts, ends, ms } = estimated;
  const stages = new Map<
    string | undefined,
    { startsAt: number; endsAt: number; deployments: number; lanes: Set<string>; slowest: string }
  >();
  let preparedAt = 0;
  for (const step of plan.steps) {
    const endsAt = ends.get(step.id);
    // What is held back never ends.
    if (endsAt === undefined) continue;
    if (!isDeployment(step)) {
      if (step.operation !== 'StopDeployment') preparedAt = Math.max(preparedAt, endsAt);
      continue;
    }
    const lane = step.lane ?? '';
    const { tenant = '', environment = '' } = step.subject;
    const name = formatAddress({ tenant, environment });
    const startsAt = starts.get(step.id) ?? 0;
    const stage = stages.get(step.wave) ?? { startsAt, endsAt: 0, deployments: 0, lanes: new Set(), slowest: name };
    stages.set(step.wave, {
      startsAt: Math.min(stage.startsAt, startsAt),
      endsAt: Math.max(stage.endsAt, endsAt),
      deployments: stage.deployments + 1,
      lanes: stage.lanes.add(lane),
      slowest: endsAt > stage.endsAt ? name : stage.slowest,
    });
  }
  const order = new Map(plan.waves.map(({ name }, index) => [name, index]));
  const inOrder = [...stages].sort(([a = ''], [b = '']) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const soaks = new Map(plan.waves.map(({ name, soakMinutes }) => [name, soakMinutes]));
  return {
    endsAfter: minutes(ms),
    preparedAfter: minutes(preparedAt),
    stages: inOrder.map(([wave, { startsAt, endsAt, deployments, lanes, slowest }], index) => ({
      wave,
      startsAfter: minutes(startsAt),
      endsAfter: minutes(endsAt),
      soakMinutes: index < inOrder.length - 1 ? (soaks.get(wave ?? '') ?? 0) : 0,
      deployments,
      lanes: lanes.size,
      slowest,
    })),
  };
}

/** To the hundredth. */
function minutes(ms: number): number {
  return Math.round(ms / 600) / 100;
}
