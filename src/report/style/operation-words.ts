// The words for each operation: what it works on, what a plan says of it, and what the end of a run says.

import type { Plan } from '../../core/plan/plan.ts';
import type { Operation, Step } from '../../core/plan/step.ts';
import { count } from './quantities.ts';

interface OperationWords {
  readonly noun: string;
  /** If it is not the noun and an s. */
  readonly plural?: string;
  readonly planned: string;
  readonly done: string;
  /** Done before this run came to it. */
  readonly already: string;
}

const creation = { planned: 'to create', done: 'created', already: 'already existed' } as const;
const update = { planned: 'to update', done: 'updated', already: 'already up to date' } as const;
const deletion = { planned: 'to delete', done: 'deleted', already: 'already deleted' } as const;
const strategy = { noun: 'deployment strategy', plural: 'deployment strategies' } as const;

/** In the order in which they are listed. The last two are operations that a rollback has words of its own for. */
export const operationWords = {
  CreateApplication: { noun: 'application', ...creation },
  CreateEnvironment: { noun: 'environment', ...creation },
  CreateConfigurationProfile: { noun: 'profile', ...creation },
  CreateDeploymentStrategy: { ...strategy, ...creation },
  UpdateDeploymentStrategy: { ...strategy, ...update },
  UpdateEnvironment: { noun: 'environment', ...update },
  TagResource: { noun: 'resource', planned: 'to tag', done: 'tagged', already: 'already tagged' },
  UpdateApplication: { noun: 'application', ...update },
  CreateHostedConfigurationVersion: { noun: 'version', ...creation },
  StopDeployment: { noun: 'deployment', planned: 'to stop', done: 'stopped', already: 'already stopped' },
  RevertDeployment: { noun: 'deployment', planned: 'to revert', done: 'rolled back', already: 'already rolled back' },
  StartDeployment: { noun: 'deployment', planned: 'to start', done: 'complete', already: 'already live' },
  DeployEarlierVersion: { noun: 'earlier version', planned: 'to deploy', done: 'deployed', already: 'already live' },
  AwaitDeployment: {
    noun: 'running deployment',
    planned: 'to wait for',
    done: 'complete',
    already: 'already complete',
  },
  DeleteEnvironment: { noun: 'environment', ...deletion },
  DeleteHostedConfigurationVersion: { noun: 'version', ...deletion },
  DeleteConfigurationProfile: { noun: 'profile', ...deletion },
  DeleteApplication: { noun: 'application', ...deletion },
  DeleteDeploymentStrategy: { ...strategy, ...deletion },
} as const satisfies Record<Operation | 'RevertDeployment' | 'DeployEarlierVersion', OperationWords>;

/** `2 versions to create`, `1 deployment to start`: one part for each operation, in the order of the table. */
export function plannedParts({ kind, steps }: Pick<Plan, 'kind' | 'steps'>): readonly string[] {
  return partsOf(steps, (step) => ({ key: keyOf(step, kind), ending: 'planned' }));
}

export type Ending = 'planned' | 'done' | 'already' | 'started' | 'left running';

/** The same for steps of a plan that have succeeded, each with its own end. */
export function endedParts(kind: Plan['kind'], ended: readonly { step: Step; ending: Ending }[]): readonly string[] {
  return partsOf(ended, ({ step, ending }) => ({ key: keyOf(step, kind), ending }));
}

type WordsKey = keyof typeof operationWords;

const endings = ['planned', 'done', 'started', 'left running', 'already'] as const satisfies readonly Ending[];

function partsOf<T>(items: readonly T[], of: (item: T) => { key: WordsKey; ending: Ending }): readonly string[] {
  const counts = new Map<string, number>();
  for (const item of items) {
    const { key, ending } = of(item);
    counts.set(`${key} ${ending}`, (counts.get(`${key} ${ending}`) ?? 0) + 1);
  }
  return Object.entries<OperationWords>(operationWords).flatMap(([key, words]) =>
    endings.flatMap((ending) => {
      const number = counts.get(`${key} ${ending}`);
      const how = ending === 'started' || ending === 'left running' ? ending : words[ending];
      return number === undefined ? [] : [`${count(number, words.noun, words.plural)} ${how}`];
    }),
  );
}

function keyOf(step: Step, kind: Plan['kind']): WordsKey {
  if (step.operation === 'StopDeployment' && step.rollsBack?.state === 'COMPLETE') return 'RevertDeployment';
  if (step.operation === 'StartDeployment' && kind === 'rollback') return 'DeployEarlierVersion';
  return step.operation;
}
