// The strategies that AppConfig brings along, and how long a deployment by some strategy takes.
import type { StrategyNumbers } from '../model/resource.ts';
import { type Target, tenantSettings } from './effective-settings.ts';
import type { Settings } from './settings.ts';

/** The four predefined strategies; id and name are the same. Source: AppConfig User Guide, "Using predefined deployment strategies". */
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
 * The strategy that deployments to a tenant's environment use: a predefined one's id, an own one's name, or an id. What
 * the settings say of the tenant comes before what they say of the environment.
 */
export function strategyFor(settings: Settings, target: Target): string {
  return (
    tenantSettings(settings, target.tenant).deploymentStrategy ??
    settings.environments?.get(target.environment)?.deploymentStrategy ??
    settings.deploymentStrategy
  );
}

/** A strategy's numbers, as far as they can be known without asking AppConfig. */
export function numbersOf(settings: Settings, strategy: string): StrategyNumbers | undefined {
  return settings.deploymentStrategies.get(strategy) ?? predefinedStrategies.get(strategy);
}

/** Whether only AppConfig can tell a strategy's numbers. */
export function isStrategyId(settings: Settings, strategy: string): boolean {
  return numbersOf(settings, strategy) === undefined;
}

/** Minutes until a deployment is complete. */
export function minutesOf(numbers: StrategyNumbers): number {
  return numbers.durationMinutes + numbers.bakeMinutes;
}
