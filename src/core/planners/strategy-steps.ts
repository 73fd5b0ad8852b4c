// Managed deployment strategies: which of AppConfig's is the project's, and what gives it the numbers of the settings.
import type { LiveState } from '../live/live-state.ts';
import { managedStrategy, tagsOfCreated } from '../live/ownership.ts';
import type { StrategyNumbers } from '../model/resource.ts';
import type { Step, StepId, StrategyReference } from '../plan/step.ts';
import { StepList } from '../plan/step-list.ts';
import { numbersOf } from '../settings/deployment-strategies.ts';
import type { Policy } from '../settings/policy.ts';

/** What was read of deployment strategies. */
export type StrategyState = Pick<LiveState, 'deploymentStrategies' | 'strategyNumbers'>;

/** Creates or updates the managed strategies that deployments need. */
export class StrategySteps {
  readonly #list: StepList;
  readonly #live: StrategyState;
  readonly #policy: Policy;

  constructor(live: StrategyState, policy: Policy) {
    this.#list = new StepList(policy.accountRegion.id);
    this.#live = live;
    this.#policy = policy;
  }

  get steps(): readonly Step[] {
    return this.#list.steps;
  }

  /** From the settings, from AWS's documentation, or as AppConfig returned them; undefined where it has no such strategy. */
  numbersOf(strategy: string): StrategyNumbers | undefined {
    return numbersOf(this.#policy.settings, strategy) ?? this.#live.strategyNumbers.get(strategy);
  }

  /** Predefined strategies have their names as ids. */
  referenceTo(strategy: string): StrategyReference {
    return this.#policy.settings.deploymentStrategies.has(strategy) ? { managed: strategy } : { id: strategy };
  }

  /** The step after which a deployment with that strategy may start; undefined where it may start at once. */
  stepFor(strategy: string): StepId | undefined {
    const { settings, project } = this.#policy;
    const numbers = settings.deploymentStrategies.get(strategy);
    if (numbers === undefined) return undefined;
    const live = managedStrategy(this.#live.deploymentStrategies ?? [], strategy, project);
    const common = { subject: { deploymentStrategy: strategy }, deploymentStrategy: strategy, numbers };
    if (live === undefined) {
      const tags = tagsOfCreated(project, settings.tags);
      return this.#list.add({ ...common, reason: 'not in AppConfig yet', operation: 'CreateDeploymentStrategy', tags });
    }
    if (areSameNumbers(live.numbers, numbers)) return undefined;
    return this.#list.add({
      ...common,
      reason: 'numbers differ',
      operation: 'UpdateDeploymentStrategy',
      deploymentStrategyId: live.id,
    });
  }
}

function areSameNumbers(a: StrategyNumbers, b: StrategyNumbers): boolean {
  return (
    a.durationMinutes === b.durationMinutes &&
    a.bakeMinutes === b.bakeMinutes &&
    a.growthFactor === b.growthFactor &&
    a.growthType === b.growthType
  );
}
