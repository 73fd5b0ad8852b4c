// The table of operations: what each step does to AppConfig, for everything that decides by the kind of a step. The words
// for them are in report/style/operation-words.
import { acceptedTag } from '../model/resource.ts';
import type { QuotaName } from '../model/service-limits.ts';
import type { Operation, Step, StepOperation } from './step.ts';

export interface OperationTraits {
  readonly does: 'create' | 'update' | 'tag' | 'validate' | 'start' | 'await' | 'stop' | 'delete';
  readonly to:
    | 'application'
    | 'environment'
    | 'configuration profile'
    | 'deployment strategy'
    | 'version'
    | 'deployment'
    | 'any resource';
  /** The stage of a two-stage pipeline that carries it out. */
  readonly stage: 'update' | 'deploy';
  /** Whether it keeps its environment busy: AppConfig runs one deployment at a time there, over all profiles. */
  readonly usesLane: boolean;
  /** What AppConfig counts it against. */
  readonly quota?: QuotaName;
  /** Without the deployment that needs it, there is no reason to carry it out. */
  readonly onlyForDeployments?: true;
  /**
   * When a run of one wave carries it out. `own`: with the wave in the step. `resource`: with the wave of its environment,
   * or of any environment of its application. Otherwise when a step of the wave comes after it.
   */
  readonly wave?: 'own' | 'resource';
}

export const operations = {
  CreateApplication: {
    does: 'create',
    to: 'application',
    stage: 'update',
    usesLane: false,
    quota: 'applications',
    wave: 'resource',
  },
  UpdateApplication: { does: 'update', to: 'application', stage: 'update', usesLane: false, wave: 'resource' },
  TagResource: { does: 'tag', to: 'any resource', stage: 'update', usesLane: false, wave: 'resource' },
  CreateEnvironment: {
    does: 'create',
    to: 'environment',
    stage: 'update',
    usesLane: false,
    quota: 'environments',
    wave: 'resource',
  },
  UpdateEnvironment: { does: 'update', to: 'environment', stage: 'update', usesLane: false, wave: 'resource' },
  CreateConfigurationProfile: {
    does: 'create',
    to: 'configuration profile',
    stage: 'update',
    usesLane: false,
    quota: 'profiles',
    onlyForDeployments: true,
  },
  UpdateConfigurationProfile: {
    does: 'update',
    to: 'configuration profile',
    stage: 'update',
    usesLane: false,
    wave: 'resource',
  },
  CreateDeploymentStrategy: {
    does: 'create',
    to: 'deployment strategy',
    stage: 'update',
    usesLane: false,
    quota: 'strategies',
    onlyForDeployments: true,
  },
  UpdateDeploymentStrategy: {
    does: 'update',
    to: 'deployment strategy',
    stage: 'update',
    usesLane: false,
    onlyForDeployments: true,
  },
  CreateHostedConfigurationVersion: {
    does: 'create',
    to: 'version',
    stage: 'update',
    usesLane: false,
    onlyForDeployments: true,
  },
  ValidateConfiguration: {
    does: 'validate',
    to: 'version',
    stage: 'update',
    usesLane: false,
    onlyForDeployments: true,
  },
  StartDeployment: { does: 'start', to: 'deployment', stage: 'deploy', usesLane: true, wave: 'own' },
  AwaitDeployment: { does: 'await', to: 'deployment', stage: 'deploy', usesLane: true, wave: 'own' },
  StopDeployment: { does: 'stop', to: 'deployment', stage: 'deploy', usesLane: true, wave: 'own' },
  DeleteHostedConfigurationVersion: { does: 'delete', to: 'version', stage: 'update', usesLane: false },
  DeleteEnvironment: { does: 'delete', to: 'environment', stage: 'update', usesLane: false },
  DeleteConfigurationProfile: { does: 'delete', to: 'configuration profile', stage: 'update', usesLane: false },
  DeleteApplication: { does: 'delete', to: 'application', stage: 'update', usesLane: false },
  DeleteDeploymentStrategy: { does: 'delete', to: 'deployment strategy', stage: 'update', usesLane: false },
} as const satisfies Readonly<Record<Operation, OperationTraits>>;

type OperationsThat<Traits> = {
  [O in Operation]: (typeof operations)[O] extends Traits ? O : never;
}[Operation];

export function traitsOf({ operation }: { readonly operation: Operation }): OperationTraits {
  return operations[operation];
}

/** Whether a step ends when a deployment does. */
export function isDeployment<S extends StepOperation>(
  step: S,
): step is Extract<S, { operation: OperationsThat<{ readonly does: 'start' | 'await' }> }> {
  const { does } = traitsOf(step);
  return does === 'start' || does === 'await';
}

/** Whether a step only records what is known already: it changes nothing that clients or users see. */
export function isRecord(step: StepOperation): boolean {
  return step.operation === 'TagResource' && Object.keys(step.tags).every((key) => key === acceptedTag);
}

export function usesLane<S extends StepOperation>(
  step: S,
): step is Extract<S, { operation: OperationsThat<{ readonly usesLane: true }> }> {
  return traitsOf(step).usesLane;
}

/** Steps with one key count against the same quota: of an application, or of the account and Region. */
export function quotaKeyOf(step: Step): string {
  const isPart = 'application' in step && traitsOf(step).to !== 'application';
  return `${step.operation} ${step.accountRegion}${isPart ? ` ${step.application}` : ''}`;
}
