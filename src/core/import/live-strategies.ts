// How what is live was deployed: so that the next deployments are like the last ones.
import { isEqual } from 'es-toolkit/predicate/isEqual';
import type { LiveApplication } from '../live/live-state.ts';
import type { StrategyNumbers } from '../model/resource.ts';
import { predefinedStrategies } from '../settings/deployment-strategies.ts';

export interface ImportedStrategies {
  /** Name of the strategy, by environment. */
  readonly environments: ReadonlyMap<string, string>;
  /** Those that AppConfig does not have itself, by name. */
  readonly own: ReadonlyMap<string, StrategyNumbers>;
}

/** The strategy that most live versions of each environment were deployed with. */
export function liveStrategies(
  applications: readonly LiveApplication[],
  environments: readonly string[],
): ImportedStrategies {
  const own = new Map<string, StrategyNumbers>();
  const names = environments.flatMap((environment): [string, string][] => {
    const numbers = mostFrequent(numbersIn(applications, environment));
    if (numbers === undefined) return [];
    const known = [...predefinedStrategies, ...own].find(([, each]) => isEqual(each, numbers))?.[0];
    const name = known ?? `as-in-${environment}`;
    if (known === undefined) own.set(name, numbers);
    return [[environment, name]];
  });
  return { environments: new Map(names), own };
}

function numbersIn(applications: readonly LiveApplication[], environment: string): readonly StrategyNumbers[] {
  return applications.flatMap(({ environments }) =>
    [...(environments.get(environment)?.histories.values() ?? [])].flatMap(({ completed }) =>
      completed === undefined ? [] : [completed.strategy],
    ),
  );
}

/** Of equally frequent ones the first in the order of their texts. */
function mostFrequent(all: readonly StrategyNumbers[]): StrategyNumbers | undefined {
  const counts = new Map<string, { readonly numbers: StrategyNumbers; count: number }>();
  for (const numbers of all) {
    const text = JSON.stringify(numbers);
    const known = counts.get(text);
    if (known === undefined) counts.set(text, { numbers, count: 1 });
    else known.count += 1;
  }
  const [first] = [...counts].sort(([a, one], [b, other]) => other.count - one.count || (a < b ? -1 : 1));
  return first?.[1].numbers;
}
