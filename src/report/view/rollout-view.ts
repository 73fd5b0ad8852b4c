// How a plan reaches the fleet: its waves in their order, with strategies and times.
import { groupMap } from '../../core/model/groups-by.ts';
import { type LaneId, laneId } from '../../core/model/lane.ts';
import type { StrategyNumbers } from '../../core/model/resource.ts';
import { publishedRate } from '../../core/model/service-limits.ts';
import { isDeployment } from '../../core/plan/operations.ts';
import { isChanged, laneOf, type Plan, type PlannedAddress } from '../../core/plan/plan.ts';
import { number } from '../../core/problem/quantity.ts';
import type { Review } from '../../core/review/review.ts';
import { scheduleOf } from '../../core/rollout/schedule.ts';
import { waveViews } from './plan-view.ts';

export interface RolloutStage {
  /** Undefined where the settings have no waves. */
  readonly wave: string | undefined;
  /** Addresses that are deployed, and how many the wave has. */
  readonly deployments: number;
  readonly addresses: number;
  readonly environments: number;
  /** Their names, in the order of the settings. */
  readonly environmentNames: readonly string[];
  readonly strategies: readonly Strategy[];
  /** Minutes from the start of the run, where they are known. */
  readonly startsAfter: number | undefined;
  readonly endsAfter: number | undefined;
  readonly soakMinutes: number;
  readonly maxFailures: number;
  /** The earlier wave with so many blocked addresses that this one does not start. */
  readonly blockedBy: string | undefined;
}

export interface Strategy {
  readonly name: string;
  /** Undefined where only AppConfig has them. */
  readonly numbers: StrategyNumbers | undefined;
  /** Of what it deploys, where another strategy deploys the rest; else empty. */
  readonly environments: readonly string[];
}

/** What the rollout does besides its waves. */
export const rolloutNote =
  'The environments of a wave deploy in parallel. A deployment that fails, or that AppConfig rolls back, is a failure. When the rollout stops, nothing more is started, and nothing is undone.';

/** `at the first failure`, `at 58 failures`: when nothing more is started. */
export function stopText({ maxFailures }: Pick<RolloutStage, 'maxFailures'>): string {
  return maxFailures === 0 ? 'at the first failure' : `at ${number(maxFailures + 1)} failures`;
}

/** None where nothing is deployed. @param review of a comparison: it has the times */
export function rolloutStages(plan: Plan, review: Review | undefined): readonly RolloutStage[] {
  const { steps, waves, kind } = plan;
  const deployed = plan.addresses.filter(isDeployed);
  if (deployed.length === 0 || (kind !== 'comparison' && !steps.some(isDeployment))) return [];
  const numbersOf = strategyNumbers(plan);
  // Totals are in the order of the settings.
  const environments = [...new Set(review?.totals.map(({ environment }) => environment))];
  const byWave = groupMap(deployed, ({ wave }) => wave);
  const views = new Map(waveViews(plan).map((view) => [view.name, view]));
  const stages = (waves.length === 0 ? [undefined] : waves).map((wave, index) => {
    const own = (wave === undefined ? deployed : byWave.get(wave.name)) ?? [];
    return {
      wave: wave?.name,
      deployments: own.length,
      addresses: wave?.addresses ?? own.length,
      environments: new Set(own.map(laneOf)).size,
      environmentNames: environmentsOf(own, environments),
      strategies: strategiesOf(own, numbersOf, environments),
      // After the last one nothing waits.
      soakMinutes: waves.slice(index + 1).some(({ name }) => byWave.has(name)) ? (wave?.soakMinutes ?? 0) : 0,
      maxFailures: wave?.maxFailures ?? 0,
      blockedBy: wave && views.get(wave.name)?.blockedBy,
    };
  });
  const times = kind === 'comparison' ? comparedTimes(review) : plannedTimes(plan);
  return stages.map((stage) => {
    const { startsAfter, endsAfter } = times.get(stage.wave) ?? {};
    return { ...stage, startsAfter, endsAfter };
  });
}

type Times = ReadonlyMap<string | undefined, Partial<Pick<RolloutStage, 'startsAfter' | 'endsAfter'>>>;

function plannedTimes(plan: Plan): Times {
  const now = plan.basis.readAt === undefined ? 0 : Date.parse(plan.basis.readAt);
  const schedule = scheduleOf(plan, { rateOf: publishedRate, speed: 1, now });
  return new Map(schedule?.stages.map((stage) => [stage.wave, stage]));
}

function comparedTimes(review: Review | undefined): Times {
  return new Map(review?.rollout?.waves.map((stage) => [stage.wave, stage]));
}

function isDeployed(planned: PlannedAddress): boolean {
  return isChanged(planned) || planned.action === 'await';
}

function strategiesOf(
  addresses: readonly PlannedAddress[],
  numbersOf: ReadonlyMap<string, StrategyNumbers | undefined>,
  order: readonly string[],
): readonly Strategy[] {
  const byName = groupMap(
    addresses.filter(({ deploymentStrategy }) => deploymentStrategy !== undefined),
    ({ deploymentStrategy = '' }) => deploymentStrategy,
  );
  return [...byName].map(([name, own]) => {
    return { name, numbers: numbersOf.get(name), environments: byName.size > 1 ? environmentsOf(own, order) : [] };
  });
}

function environmentsOf(addresses: readonly PlannedAddress[], order: readonly string[]): readonly string[] {
  const environments = new Set(addresses.flatMap(({ address: { environment } }) => environment ?? []));
  return [...environments].sort((a, b) => order.indexOf(a) - order.indexOf(b));
}

/** By the name that addresses have. */
function strategyNumbers({ steps, addresses }: Plan): ReadonlyMap<string, StrategyNumbers | undefined> {
  const numbers = new Map(
    addresses.map(({ deploymentStrategy = '', strategyNumbers: own }) => [deploymentStrategy, own]),
  );
  const named = new Map(
    addresses.map((each) => [keyOf(laneOf(each), each.address.configurationProfile), each.deploymentStrategy]),
  );
  for (const step of steps) {
    if (step.operation !== 'StartDeployment') continue;
    const strategy = named.get(keyOf(laneId(step), step.configurationProfile));
    if (strategy !== undefined) numbers.set(strategy, step.numbers);
  }
  return numbers;
}

function keyOf(lane: LaneId, profile: string | undefined): string {
  return JSON.stringify([lane, profile]);
}
