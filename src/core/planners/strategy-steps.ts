// Own deployment strategies: which one is ours, and what brings it to the numbers of the settings.
import type { LiveState, LiveStrategy } from '../live/live-state.ts';
import { ownerOf, tagsOfCreated } from '../live/ownership.ts';
import type { StrategyNumbers } from '../model/resource.ts';
import type { Step, StepId } from '../plan/step.ts';
import { numbersOf } from '../settings/deployment-strategies.ts';
import type { Policy } from '../settings/policy.ts';

/** What was read of deployment strategies. */
export type StrategyState = Pick<LiveState, 'deploymentStrategies' | 'strategyNumbers'>;

/** Steps that create or update own deployment strategies, for those that some deployment needs. */
export class StrategySteps {
  readonly steps: Step[] = [];
  readonly #live: StrategyState;
  readonly #policy: Policy;
  readonly #known = new Map<string, StepId | undefined>();

  constructor(live: StrategyState, policy: Policy) {
    this.#live = live;
    this.#policy = policy;
  }

  /** A strategy's numbers: of the settings, of AWS, or as AppConfig told them; undefined where it has no such strategy. */
  numbersOf(strategy: string): StrategyNumbers | undefined {
    return numbersOf(this.#policy.settings, strategy) ?? this.#live.strategyNumbers.get(strategy);
  }

  /** The step after which a deployment with that strategy may start; undefined where it can at once. */
  stepFor(strategy: string): StepId | undefined {
    const numbers = this.#policy.settings.deploymentStrategies.get(strategy);
    if (numbers === undefined) return undefined;
    if (this.#known.has(strategy)) return this.#known.get(strategy);
    const step = this.#stepFor(strategy, numbers);
    if (step !== undefined) this.steps.push(step);
    this.#known.set(strategy, step?.id);
    return step?.id;
  }

  #stepFor(strategy: string, numbers: StrategyNumbers): Step | undefined {
    const live = ownStrategy(this.#live.deploymentStrategies ?? [], strategy, this.#policy.project);
    if (live === undefined) {
      return {
        id: `CreateDeploymentStrategy ${strategy}`,
        after: [],
        reason: 'not in AppConfig yet',
        subject: { deploymentStrategy: strategy },
        accountRegion: this.#policy.accountRegion.id,
        operation: 'CreateDeploymentStrategy',
        deploymentStrategy: strategy,
        numbers,
        tags: tagsOfCreated(this.#policy.project, this.#policy.settings.tags),
      };
    }
    if (sameNumbers(live.numbers, numbers)) return undefined;
    return {
      id: `UpdateDeploymentStrategy ${strategy}`,
      after: [],
      reason: 'its numbers differ',
      subject: { deploymentStrategy: strategy },
      accountRegion: this.#policy.accountRegion.id,
      operation: 'UpdateDeploymentStrategy',
      deploymentStrategy: strategy,
      deploymentStrategyId: live.id,
      numbers,
    };
  }
}

/** Of strategies with one name ours is the owned one with the lowest id. */
export function ownStrategy(
  strategies: readonly LiveStrategy[],
  name: string,
  project: string,
): LiveStrategy | undefined {
  return strategies
    .filter((s) => s.name === name && s.tags !== undefined && ownerOf(s.tags, project).kind === 'ours')
    .sort((a, b) => (a.id < b.id ? -1 : 1))[0];
}

function sameNumbers(a: StrategyNumbers, b: StrategyNumbers): boolean {
  return (
    a.durationMinutes === b.durationMinutes &&
    a.bakeMinutes === b.bakeMinutes &&
    a.growthFactor === b.growthFactor &&
    a.growthType === b.growthType
  );
}
