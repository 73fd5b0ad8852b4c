// Which deployment strategy a deployment uses, and its numbers.
import type { StrategyNumbers } from '../model/resource.ts';
import type { Target } from './effective-settings.ts';
import type { Settings } from './settings.ts';

/** AppConfig's predefined strategies; id and name are the same. Source: AppConfig User Guide, "Using predefined deployment strategies". */
export const predefinedStrategies: ReadonlyMap<string, StrategyNumbers> = new Map([
  ['AppConfig.AllAtOnce', { durationMinutes: 0, bakeMinutes: 10, growthFactor: 100, growthType: 'LINEAR' }],
  [
    'AppConfig.Linear50PercentEvery30Seconds',
    { durationMinutes: 1, bakeMinutes: 1, growthFactor: 50, growthType: 'LINEAR' },
  ],
  [
    'AppConfig.Canary10Percent20Minutes',
    { durationMinutes: 20, bakeMinutes: 10, growthFactor: 10, growthType: 'EXPONENTIAL' },
  ],
  [
    'AppConfig.Linear20PercentEvery6Minutes',
    { durationMinutes: 30, bakeMinutes: 30, growthFactor: 20, growthType: 'LINEAR' },
  ],
]);

/**
 * The strategy of deployments to an environment of a tenant: the id of a predefined strategy, a name from
 * `deploymentStrategies`, or an id. The tenant's wins over the environment's.
 */
export function strategyFor(settings: Settings, target: Target): string {
  return (
    settings.tenants.of(target.tenant).deploymentStrategy ??
    settings.environments?.get(target.environment)?.deploymentStrategy ??
    settings.deploymentStrategy
  );
}

/** The numbers of a strategy; undefined where only AppConfig has them. */
export function numbersOf(settings: Settings, strategy: string): StrategyNumbers | undefined {
  return settings.deploymentStrategies.get(strategy) ?? predefinedStrategies.get(strategy);
}

/** Whether a strategy is an id, so that only AppConfig has its numbers. */
export function isStrategyId(settings: Settings, strategy: string): boolean {
  return numbersOf(settings, strategy) === undefined;
}

/** Minutes from the start of a deployment until it is complete. */
export function minutesOf(numbers: StrategyNumbers): number {
  return numbers.durationMinutes + numbers.bakeMinutes;
}
