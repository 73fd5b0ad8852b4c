// Which requests call which operation.

import findMyWay from 'find-my-way';
import { getAccountSettings, updateAccountSettings } from './account-settings-operations.ts';
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
import { isStsOperation } from './sts.ts';
import { listTagsForResource, tagResource, untagResource } from './tag-operations.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** An operation and the requests that call it. */
export interface Route {
  readonly operation: string;
  readonly method: Method;
  readonly path: string;
  readonly run: Operation;
  readonly mutating: boolean;
}

/** A request's route, and the decoded parameters in its path. */
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

/** All operations of AppConfig that exist here. */
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
  // AWS misspells the path of this operation only.
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
  // ARNs contain slashes, which some clients do not encode.
  route('ListTagsForResource', 'GET', '/tags/*', listTagsForResource),
  route('TagResource', 'POST', '/tags/*', tagResource),
  route('UntagResource', 'DELETE', '/tags/*', untagResource),
  route('StartConfigurationSession', 'POST', '/configurationsessions', startConfigurationSession),
  route('GetLatestConfiguration', 'GET', '/configuration', getLatestConfiguration),
];

const methods: readonly Method[] = ['GET', 'POST', 'PATCH', 'DELETE'];
const byOperation = new Map(routes.map((each) => [each.operation, each]));
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
  const experiments = /\/experimentdefinitions(\/|$)/.test(path) ? ': experiments are not supported' : '';
  return `The local AppConfig does not have ${method} ${path}${experiments}.`;
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
