// Which requests call which operation.
import findMyWay from 'find-my-way';
import { usualRate } from '../model/rate-limiter.ts';
import * as settings from './account-settings-operations.ts';
import * as applications from './application-operations.ts';
import type { Operation } from './call.ts';
import * as profiles from './configuration-profile-operations.ts';
import * as dataPlane from './data-plane-operations.ts';
import * as deployments from './deployment-operations.ts';
import * as strategies from './deployment-strategy-operations.ts';
import * as environments from './environment-operations.ts';
import * as experiments from './experiment-operations.ts';
import * as associations from './extension-association-operations.ts';
import * as extensions from './extension-operations.ts';
import { getConfiguration } from './get-configuration-operation.ts';
import * as versions from './hosted-configuration-version-operations.ts';
import { isStsOperation } from './sts.ts';
import * as tags from './tag-operations.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** An operation and the requests that call it. */
export interface Route extends Traits {
  readonly operation: string;
  readonly method: Method;
  readonly path: string;
  readonly run: Operation;
}

/** What the emulator does besides carrying out an operation. */
interface Traits {
  /** Saves the state after it. */
  readonly mutating: boolean;
  /** AWS's published rate, in calls per second. */
  readonly rate: number;
  /** Loads the JSON Schema library before it, if the application in its path has such validators. */
  readonly validates: boolean;
  /** Counts as a read of a configuration, for deletion protection. */
  readonly reads: boolean;
}

/** A request's route, and the decoded parameters in its path. */
export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string | undefined>>;
}

const application = '/applications/:ApplicationId';
const environment = `${application}/environments/:EnvironmentId`;
const deployment = `${environment}/deployments/:DeploymentNumber`;
const allProfiles = `${application}/configurationprofiles`;
const profile = `${allProfiles}/:ConfigurationProfileId`;
const allVersions = `${profile}/hostedconfigurationversions`;
const version = `${allVersions}/:VersionNumber`;
const allDefinitions = '/applications/:ApplicationIdentifier/experimentdefinitions';
const definition = `${allDefinitions}/:ExperimentDefinitionIdentifier`;
const experimentRun = `${definition}/experimentruns/:Run`;
const live = '/applications/:Application/environments/:Environment/configurations/:Configuration';
const strategy = '/deploymentstrategies/:DeploymentStrategyId';
const extension = '/extensions/:ExtensionIdentifier';
const association = '/extensionassociations/:ExtensionAssociationId';

/** All operations of AppConfig that exist here. */
export const routes: readonly Route[] = [
  route('CreateApplication', 'POST', '/applications', applications.createApplication),
  route('ListApplications', 'GET', '/applications', applications.listApplications),
  route('GetApplication', 'GET', application, applications.getApplication),
  route('UpdateApplication', 'PATCH', application, applications.updateApplication),
  route('DeleteApplication', 'DELETE', application, applications.deleteApplication),
  route('CreateEnvironment', 'POST', `${application}/environments`, environments.createEnvironment),
  route('ListEnvironments', 'GET', `${application}/environments`, environments.listEnvironments),
  route('GetEnvironment', 'GET', environment, environments.getEnvironment),
  route('UpdateEnvironment', 'PATCH', environment, environments.updateEnvironment),
  route('DeleteEnvironment', 'DELETE', environment, environments.deleteEnvironment),
  route('CreateConfigurationProfile', 'POST', allProfiles, profiles.createConfigurationProfile),
  route('ListConfigurationProfiles', 'GET', allProfiles, profiles.listConfigurationProfiles),
  route('GetConfigurationProfile', 'GET', profile, profiles.getConfigurationProfile),
  route('UpdateConfigurationProfile', 'PATCH', profile, profiles.updateConfigurationProfile),
  route('DeleteConfigurationProfile', 'DELETE', profile, profiles.deleteConfigurationProfile),
  route('ValidateConfiguration', 'POST', `${profile}/validators`, profiles.validateConfiguration, {
    mutating: false,
    validates: true,
  }),
  route('CreateHostedConfigurationVersion', 'POST', allVersions, versions.createHostedConfigurationVersion),
  route('ListHostedConfigurationVersions', 'GET', allVersions, versions.listHostedConfigurationVersions),
  route('GetHostedConfigurationVersion', 'GET', version, versions.getHostedConfigurationVersion),
  route('DeleteHostedConfigurationVersion', 'DELETE', version, versions.deleteHostedConfigurationVersion),
  route('CreateDeploymentStrategy', 'POST', '/deploymentstrategies', strategies.createDeploymentStrategy),
  route('ListDeploymentStrategies', 'GET', '/deploymentstrategies', strategies.listDeploymentStrategies),
  route('GetDeploymentStrategy', 'GET', strategy, strategies.getDeploymentStrategy),
  route('UpdateDeploymentStrategy', 'PATCH', strategy, strategies.updateDeploymentStrategy),
  // AWS misspells the path of this operation only.
  route(
    'DeleteDeploymentStrategy',
    'DELETE',
    '/deployementstrategies/:DeploymentStrategyId',
    strategies.deleteDeploymentStrategy,
  ),
  route('StartDeployment', 'POST', `${environment}/deployments`, deployments.startDeployment, { validates: true }),
  route('ListDeployments', 'GET', `${environment}/deployments`, deployments.listDeployments),
  route('GetDeployment', 'GET', deployment, deployments.getDeployment),
  route('StopDeployment', 'DELETE', deployment, deployments.stopDeployment),
  route('GetConfiguration', 'GET', live, getConfiguration, { rate: 500, reads: true }),
  route('CreateExtension', 'POST', '/extensions', extensions.createExtension),
  route('ListExtensions', 'GET', '/extensions', extensions.listExtensions),
  route('GetExtension', 'GET', extension, extensions.getExtension),
  route('UpdateExtension', 'PATCH', extension, extensions.updateExtension),
  route('DeleteExtension', 'DELETE', extension, extensions.deleteExtension),
  route('CreateExtensionAssociation', 'POST', '/extensionassociations', associations.createExtensionAssociation),
  route('ListExtensionAssociations', 'GET', '/extensionassociations', associations.listExtensionAssociations),
  route('GetExtensionAssociation', 'GET', association, associations.getExtensionAssociation),
  route('UpdateExtensionAssociation', 'PATCH', association, associations.updateExtensionAssociation),
  route('DeleteExtensionAssociation', 'DELETE', association, associations.deleteExtensionAssociation),
  route('CreateExperimentDefinition', 'POST', allDefinitions, experiments.createExperimentDefinition),
  route('ListExperimentDefinitions', 'GET', '/experimentdefinitions', experiments.listExperimentDefinitions),
  route('GetExperimentDefinition', 'GET', definition, experiments.getExperimentDefinition),
  route('UpdateExperimentDefinition', 'PATCH', definition, experiments.updateExperimentDefinition),
  route('DeleteExperimentDefinition', 'DELETE', definition, experiments.deleteExperimentDefinition),
  route('StartExperimentRun', 'POST', `${definition}/experimentruns`, experiments.startExperimentRun),
  route('ListExperimentRuns', 'GET', `${definition}/experimentruns`, experiments.listExperimentRuns),
  route('GetExperimentRun', 'GET', experimentRun, experiments.getExperimentRun),
  route('UpdateExperimentRun', 'PATCH', `${experimentRun}/update`, experiments.updateExperimentRun),
  route('StopExperimentRun', 'PATCH', `${experimentRun}/stop`, experiments.stopExperimentRun),
  route('ListExperimentRunEvents', 'GET', `${experimentRun}/events`, experiments.listExperimentRunEvents),
  route('GetAccountSettings', 'GET', '/settings', settings.getAccountSettings),
  route('UpdateAccountSettings', 'PATCH', '/settings', settings.updateAccountSettings),
  // ARNs contain slashes, which some clients do not encode.
  route('ListTagsForResource', 'GET', '/tags/*', tags.listTagsForResource),
  route('TagResource', 'POST', '/tags/*', tags.tagResource, { rate: 20 }),
  route('UntagResource', 'DELETE', '/tags/*', tags.untagResource, { rate: 20 }),
  route('StartConfigurationSession', 'POST', '/configurationsessions', dataPlane.startConfigurationSession, {
    mutating: false,
    rate: 500,
  }),
  route('GetLatestConfiguration', 'GET', '/configuration', dataPlane.getLatestConfiguration, {
    rate: 1000,
    reads: true,
  }),
];

const methods: readonly Method[] = ['GET', 'POST', 'PATCH', 'DELETE'];
const byOperation: ReadonlyMap<string, Route> = new Map(routes.map((each) => [each.operation, each]));
const router = createRouter();

/** Whether calls can be of this operation. `*` stands for any, `Unknown` for requests that match none. */
export function isOperation(name: string): boolean {
  return name === '*' || name === 'Unknown' || byOperation.has(name) || isStsOperation(name);
}

/** The operation that a method and a percent-encoded path call. */
export function findRoute(method: string, path: string): RouteMatch | undefined {
  const known = methods.find((each) => each === method);
  const found = known === undefined ? null : router.find(known, path);
  const operation: unknown = found?.store;
  const route = typeof operation === 'string' ? byOperation.get(operation) : undefined;
  return found === null || route === undefined ? undefined : { route, params: found.params };
}

/** The message for a request that calls no operation. */
export function unknownOperation(method: string, path: string): string {
  return `The local AppConfig does not have ${method} ${path}.`;
}

/** @param traits those that do not follow from its method and name */
function route(operation: string, method: Method, path: string, run: Operation, traits: Partial<Traits> = {}): Route {
  const usual = { mutating: method !== 'GET', rate: usualRate(operation), validates: false, reads: false };
  return { operation, method, path, run, ...usual, ...traits };
}

function createRouter() {
  const created = findMyWay({ ignoreTrailingSlash: true, maxParamLength: 4096 });
  for (const { operation, method, path } of routes) created.on(method, path, () => {}, operation);
  return created;
}
