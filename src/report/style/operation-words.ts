// The words for each operation: what it works on, and how a plan and the end of a run name what it does.
import type { Plan } from '../../core/plan/plan.ts';
import type { Operation, Step } from '../../core/plan/step.ts';
import { count } from '../../core/problem/quantity.ts';

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
const operationWords = {
  CreateApplication: { noun: 'application', ...creation },
  CreateEnvironment: { noun: 'environment', ...creation },
  CreateConfigurationProfile: { noun: 'profile', ...creation },
  CreateDeploymentStrategy: { ...strategy, ...creation },
  UpdateDeploymentStrategy: { ...strategy, ...update },
  UpdateEnvironment: { noun: 'environment', ...update },
  UpdateConfigurationProfile: { noun: 'profile', ...update },
  TagResource: { noun: 'resource', planned: 'to tag', done: 'tagged', already: 'already tagged' },
  UpdateApplication: { noun: 'application', ...update },
  CreateHostedConfigurationVersion: { noun: 'version', ...creation },
  ValidateConfiguration: { noun: 'version', planned: 'to validate', done: 'validated', already: 'already validated' },
  StopDeployment: { noun: 'deployment', planned: 'to stop', done: 'stopped', already: 'already stopped' },
  RevertDeployment: { noun: 'deployment', planned: 'to revert', done: 'reverted', already: 'already reverted' },
  StartDeployment: { noun: 'deployment', planned: 'to start', done: 'complete', already: 'already live' },
  DeployEarlierVersion: { noun: 'earlier version', planned: 'to deploy', done: 'deployed', already: 'already live' },
  AwaitDeployment: {
    noun: 'in-flight deployment',
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

export type Ending = 'planned' | 'done' | 'started' | 'left in flight' | 'already';

/** `2 versions created`, `1 deployment started`: one part for each operation and ending, in the order of the table. */
export function operationParts(
  kind: Plan['kind'],
  steps: readonly { readonly step: Step; readonly ending: Ending }[],
): readonly string[] {
  const counts = new Map<string, number>();
  for (const { step, ending } of steps) {
    const key = `${keyOf(step, kind)} ${ending}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Object.entries<OperationWords>(operationWords).flatMap(([key, { noun, plural, ...words }]) =>
    Object.entries({ ...words, started: 'started', 'left in flight': 'left in flight' }).flatMap(([ending, word]) => {
      const found = counts.get(`${key} ${ending}`);
      return found === undefined ? [] : [`${count(found, noun, plural)} ${word}`];
    }),
  );
}

/** `2 environments to create`, `1 deployment`: what a run was to do. */
export function attemptText(kind: Plan['kind'], steps: readonly Step[]): string {
  const { counted, words } = commonWords(kind, steps);
  return words === undefined || words.done === 'complete' ? counted : `${counted} ${words.planned}`;
}

/** `2 environments could not be created`, `1 deployment failed`. */
export function failureText(kind: Plan['kind'], steps: readonly Step[]): string {
  const { counted, words } = commonWords(kind, steps);
  return words === undefined || words.done === 'complete'
    ? `${counted} failed`
    : `${counted} could not be ${words.done}`;
}

/** Of steps with one operation its words. */
function commonWords(
  kind: Plan['kind'],
  steps: readonly Step[],
): { readonly counted: string; readonly words: OperationWords | undefined } {
  const [key, ...others] = new Set(steps.map((step) => keyOf(step, kind)));
  const words: OperationWords | undefined = key === undefined || others.length > 0 ? undefined : operationWords[key];
  return { counted: count(steps.length, words?.noun ?? 'step', words?.plural), words };
}

function keyOf(step: Step, kind: Plan['kind']): keyof typeof operationWords {
  if (step.operation === 'StopDeployment' && step.rollsBack?.state === 'COMPLETE') return 'RevertDeployment';
  if (step.operation === 'StartDeployment' && kind === 'rollback') return 'DeployEarlierVersion';
  return step.operation;
}
