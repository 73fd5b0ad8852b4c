// Which request is which operation.
import findMyWay from 'find-my-way';
import {
  createApplication,
  deleteApplication,
  getApplication,
  listApplications,
  updateApplication,
} from './application-operations.ts';
import type { Operation } from './call.ts';
import {
  createConfigurationProfile,
  deleteConfigurationProfile,
  getConfigurationProfile,
  listConfigurationProfiles,
  updateConfigurationProfile,
  validateConfiguration,
} from './configuration-profile-operations.ts';
import { getLatestConfiguration, startConfigurationSession } from './data-plane-operations.ts';
import { getDeployment, listDeployments, startDeployment, stopDeployment } from './deployment-operations.ts';
import {
  createDeploymentStrategy,
  deleteDeploymentStrategy,
  getDeploymentStrategy,
  listDeploymentStrategies,
  updateDeploymentStrategy,
} from './deployment-strategy-operations.ts';
import {
  createEnvironment,
  deleteEnvironment,
  getEnvironment,
  listEnvironments,
  updateEnvironment,
} from './environment-operations.ts';
import {
  createExtensionAssociation,
  deleteExtensionAssociation,
  getExtensionAssociation,
  listExtensionAssociations,
  updateExtensionAssociation,
} from './extension-association-operations.ts';
import {
  createExtension,
  deleteExtension,
  getExtension,
  listExtensions,
  updateExtension,
} from './extension-operations.ts';
import { getConfiguration } from './get-configuration-operation.ts';
import {
  createHostedConfigurationVersion,
  deleteHostedConfigurationVersion,
  getHostedConfigurationVersion,
  listHostedConfigurationVersions,
} from './hosted-configuration-version-operations.ts';
import { stsOperations } from './sts.ts';
import {
  getAccountSettings,
  listTagsForResource,
  tagResource,
  untagResource,
  updateAccountSettings,
} from './tag-operations.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** An operation and the requests that mean it. */
export interface Route {
  readonly operation: string;
  readonly method: Method;
  readonly path: string;
  readonly run: Operation;
  readonly mutating: boolean;
}

/** A request's route, and the decoded parts of its path. */
export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string | undefined>>;
}

const application = '/applications/:ApplicationId';
const environment = `${application}/environments/:EnvironmentId`;
const deployment = `${environment}/deployments/:DeploymentNumber`;
const profile = `${application}/configurationprofiles/:ConfigurationProfileId`;
const version = `${profile}/hostedconfigurationversions/:VersionNumber`;
const strategy = '/deploymentstrategies/:DeploymentStrategyId';
const extension = '/extensions/:ExtensionIdentifier';
const association = '/extensionassociations/:ExtensionAssociationId';

/** All operations of AppConfig there are. */
export const routes: readonly Route[] = [
  route('CreateApplication', 'POST', '/applications', createApplication),
  route('ListApplications', 'GET', '/applications', listApplications),
  route('GetApplication', 'GET', application, getApplication),
  route('UpdateApplication', 'PATCH', application, updateApplication),
  route('DeleteApplication', 'DELETE', application, deleteApplication),
  route('CreateEnvironment', 'POST', `${application}/environments`, createEnvironment),
  route('ListEnvironments', 'GET', `${application}/environments`, listEnvironments),
  route('GetEnvironment', 'GET', environment, getEnvironment),
  route('UpdateEnvironment', 'PATCH', environment, updateEnvironment),
  route('DeleteEnvironment', 'DELETE', environment, deleteEnvironment),
  route('CreateConfigurationProfile', 'POST', `${application}/configurationprofiles`, createConfigurationProfile),
  route('ListConfigurationProfiles', 'GET', `${application}/configurationprofiles`, listConfigurationProfiles),
  route('GetConfigurationProfile', 'GET', profile, getConfigurationProfile),
  route('UpdateConfigurationProfile', 'PATCH', profile, updateConfigurationProfile),
  route('DeleteConfigurationProfile', 'DELETE', profile, deleteConfigurationProfile),
  route('ValidateConfiguration', 'POST', `${profile}/validators`, validateConfiguration),
  route(
    'CreateHostedConfigurationVersion',
    'POST',
    `${profile}/hostedconfigurationversions`,
    createHostedConfigurationVersion,
  ),
  route(
    'ListHostedConfigurationVersions',
    'GET',
    `${profile}/hostedconfigurationversions`,
    listHostedConfigurationVersions,
  ),
  route('GetHostedConfigurationVersion', 'GET', version, getHostedConfigurationVersion),
  route('DeleteHostedConfigurationVersion', 'DELETE', version, deleteHostedConfigurationVersion),
  route('CreateDeploymentStrategy', 'POST', '/deploymentstrategies', createDeploymentStrategy),
  route('ListDeploymentStrategies', 'GET', '/deploymentstrategies', listDeploymentStrategies),
  route('GetDeploymentStrategy', 'GET', strategy, getDeploymentStrategy),
  route('UpdateDeploymentStrategy', 'PATCH', strategy, updateDeploymentStrategy),
  // The path is misspelt in the service, for this operation only.
  route('DeleteDeploymentStrategy', 'DELETE', '/deployementstrategies/:DeploymentStrategyId', deleteDeploymentStrategy),
  route('StartDeployment', 'POST', `${environment}/deployments`, startDeployment),
  route('ListDeployments', 'GET', `${environment}/deployments`, listDeployments),
  route('GetDeployment', 'GET', deployment, getDeployment),
  route('StopDeployment', 'DELETE', deployment, stopDeployment),
  route(
    'GetConfiguration',
    'GET',
    '/applications/:Application/environments/:Environment/configurations/:Configuration',
    getConfiguration,
  ),
  route('CreateExtension', 'POST', '/extensions', createExtension),
  route('ListExtensions', 'GET', '/extensions', listExtensions),
  route('GetExtension', 'GET', extension, getExtension),
  route('UpdateExtension', 'PATCH', extension, updateExtension),
  route('DeleteExtension', 'DELETE', extension, deleteExtension),
  route('CreateExtensionAssociation', 'POST', '/extensionassociations', createExtensionAssociation),
  route('ListExtensionAssociations', 'GET', '/extensionassociations', listExtensionAssociations),
  route('GetExtensionAssociation', 'GET', association, getExtensionAssociation),
  route('UpdateExtensionAssociation', 'PATCH', association, updateExtensionAssociation),
  route('DeleteExtensionAssociation', 'DELETE', association, deleteExtensionAssociation),
  route('GetAccountSettings', 'GET', '/settings', getAccountSettings),
  route('UpdateAccountSettings', 'PATCH', '/settings', updateAccountSettings),
  // ARNs hold slashes, which some clients send as they are.
  route('ListTagsForResource', 'GET', '/tags/*', listTagsForResource),
  route('TagResource', 'POST', '/tags/*', tagResource),
  route('UntagResource', 'DELETE', '/tags/*', untagResource),
  route('StartConfigurationSession', 'POST', '/configurationsessions', startConfigurationSession),
  route('GetLatestConfiguration', 'GET', '/configuration', getLatestConfiguration),
];

const methods: readonly Method[] = ['GET', 'POST', 'PATCH', 'DELETE'];
const byOperation = new Map(routes.map((each) => [each.operation, each]));
const router = createRouter();

/** Whether calls of an operation can be met; `*` stands for any, `Unknown` for what is not there. */
export function isOperation(name: string): boolean {
  return name === '*' || name === 'Unknown' || byOperation.has(name) || stsOperations.includes(name);
}

/** The operation that a method and a percent-encoded path mean. */
export function findRoute(method: string, path: string): RouteMatch | undefined {
  const known = methods.find((each) => each === method);
  const found = known === undefined ? null : router.find(known, path);
  const operation: unknown = found?.store;
  const route = typeof operation === 'string' ? byOperation.get(operation) : undefined;
  return found === null || route === undefined ? undefined : { route, params: found.params };
}

/** What is told about a request that means no operation. */
export function unknownOperation(method: string, path: string): string {
  const experiments = /\/experimentdefinitions(\/|$)/.test(path) ? ': it has no experiments' : '';
  return `The embedded AppConfig does not have ${method} ${path}${experiments}.`;
}

function route(operation: string, method: Method, path: string, run: Operation): Route {
  const mutating = method !== 'GET' && !['ValidateConfiguration', 'StartConfigurationSession'].includes(operation);
  return { operation, method, path, run, mutating };
}

function createRouter() {
  const created = findMyWay({ ignoreTrailingSlash: true, maxParamLength: 4096 });
  for (const { operation, method, path } of routes) created.on(method, path, () => {}, operation);
  return created;
}
