// Which permissions a call needs, and whether a policy gives them.
import { arnOf } from '../model/arn.ts';
import type { AccountRegion } from '../model/resources.ts';
import { type AccessRequest, contextOf, decide, type Policy } from '../rules/iam-policy.ts';
import type { Caller } from '../wire/caller.ts';
import { isObject } from '../wire/is-object.ts';
import type { WireRequest } from '../wire/message.ts';
import { parseJson } from '../wire/parse-json.ts';
import { ServiceError } from '../wire/service-error.ts';
import { tagsOfResource } from './tag-operations.ts';

/** A call whose caller may not have the permission for it. */
export interface UnauthorizedCall {
  readonly operation: string;
  readonly request: WireRequest;
  readonly params: Readonly<Record<string, string | undefined>>;
  /** The form of a call of STS. */
  readonly form: URLSearchParams | undefined;
  readonly caller: Caller;
  readonly accountRegion: AccountRegion;
}

/** Operations that STS allows everyone. */
const alwaysAllowed: readonly string[] = ['GetCallerIdentity', 'AssumeRoleWithWebIdentity', 'Unknown'];

/** @throws ServiceError in AWS's words, for the first permission that the policy does not give */
export function authorize(policy: Policy, call: UnauthorizedCall): void {
  if (alwaysAllowed.includes(call.operation)) return;
  for (const access of accessesOf(call)) {
    const decision = decide(policy, access);
    if (decision === 'allowed') continue;
    const [resource = '*'] = access.resources;
    const why =
      decision === 'denied'
        ? 'with an explicit deny in an identity-based policy'
        : `because no identity-based policy allows the ${access.action} action`;
    const message = `User: ${call.caller.arn} is not authorized to perform: ${access.action} on resource: ${resource} ${why}`;
    throw new ServiceError(403, call.form === undefined ? 'AccessDeniedException' : 'AccessDenied', message);
  }
}

function accessesOf(call: UnauthorizedCall): readonly AccessRequest[] {
  const { operation, form, params, accountRegion } = call;
  const { region } = accountRegion;
  if (form !== undefined) {
    const resources = [form.get('RoleArn') ?? '*'];
    return [{ action: `sts:${operation}`, resources, context: contextOf({ ...noTags, region }) }];
  }
  const body = hasTags.has(operation) || operation === 'UpdateEnvironment' ? bodyOf(call.request) : {};
  const requestTags = stringsOf(body.Tags);
  const access = (action: string, paths: readonly string[], byName?: string): AccessRequest => {
    const resourceTags = paths.length === 0 ? undefined : tagsOfResource(accountRegion, paths[0] ?? '');
    const arns = [...paths.map((path) => arnOf(accountRegion, path)), ...(byName === undefined ? [] : [byName])];
    const context = contextOf({ resourceTags, requestTags, region });
    return { action, resources: arns.length === 0 ? ['*'] : arns, context };
  };
  const action = `appconfig:${operation}`;
  const own = resourcesOf(operation, params, body).map((paths) => access(action, paths));
  const tagging = hasTags.has(operation) && operation !== 'TagResource' && Object.keys(requestTags).length > 0;
  return [
    ...(own.length === 0 ? [access(action, [])] : own),
    // Tags on creation need a permission of their own. The new resource has no ARN yet, so that of its kind is used.
    ...(tagging ? [access('appconfig:TagResource', [], arnOf(accountRegion, '*'))] : []),
    ...rolesIn(body).map((role) => access('iam:PassRole', [], role)),
  ];
}

const noTags = { resourceTags: undefined, requestTags: {} };

/** Operations whose body may have tags. */
const hasTags: ReadonlySet<string> = new Set([
  'CreateApplication',
  'CreateEnvironment',
  'CreateConfigurationProfile',
  'CreateDeploymentStrategy',
  'CreateExtension',
  'CreateExtensionAssociation',
  'StartDeployment',
  'CreateExperimentDefinition',
  'StartExperimentRun',
  'TagResource',
]);

/** The resources of a call, each by the paths that a policy may name it by. Empty: the operation has none. */
function resourcesOf(
  operation: string,
  params: UnauthorizedCall['params'],
  body: Readonly<Record<string, unknown>>,
): readonly (readonly string[])[] {
  const { ApplicationId, EnvironmentId, ConfigurationProfileId, DeploymentNumber, VersionNumber } = params;
  const application = `application/${ApplicationId}`;
  const environment = `${application}/environment/${EnvironmentId}`;
  const profile = `${application}/configurationprofile/${ConfigurationProfileId}`;
  if (operation === 'StartDeployment') {
    const { ConfigurationProfileId: id, DeploymentStrategyId } = body;
    const started = [`${application}/configurationprofile/${id}`, `deploymentstrategy/${DeploymentStrategyId}`];
    return [application, environment, ...started].map((path) => [path]);
  }
  const [, tagged] = /^arn:[^:]*:appconfig:[^:]*:\d*:(.*)$/.exec(params['*'] ?? '') ?? [];
  if (tagged !== undefined) return [[tagged]];
  const { ApplicationIdentifier, ExperimentDefinitionIdentifier, Run } = params;
  if (ApplicationIdentifier !== undefined) {
    const definition =
      ExperimentDefinitionIdentifier === undefined ? '' : `/experimentdefinition/${ExperimentDefinitionIdentifier}`;
    return [[`application/${ApplicationIdentifier}${definition}${Run === undefined ? '' : `/experimentrun/${Run}`}`]];
  }
  if (params.DeploymentStrategyId !== undefined) return [[`deploymentstrategy/${params.DeploymentStrategyId}`]];
  if (VersionNumber !== undefined) return [[profile, `${profile}/hostedconfigurationversion/${VersionNumber}`]];
  if (DeploymentNumber !== undefined) return [[`${environment}/deployment/${DeploymentNumber}`, environment]];
  if (ConfigurationProfileId !== undefined) return [[profile]];
  if (EnvironmentId !== undefined) return [[environment]];
  return ApplicationId === undefined ? [] : [[application]];
}

function bodyOf({ body }: WireRequest): Readonly<Record<string, unknown>> {
  try {
    const value = body.length === 0 ? {} : parseJson(body);
    return isObject(value) ? value : {};
  } catch {
    // The operation reports what is wrong with the body.
    return {};
  }
}

function stringsOf(tags: unknown): Readonly<Record<string, string>> {
  const entries = isObject(tags) ? Object.entries(tags) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** Roles that AppConfig is to use. */
function rolesIn({ Monitors }: Readonly<Record<string, unknown>>): readonly string[] {
  const monitors = Array.isArray(Monitors) ? Monitors : [];
  const roles = monitors.map((monitor) => (isObject(monitor) ? monitor.AlarmRoleArn : undefined));
  return [...new Set(roles.filter((role) => typeof role === 'string'))];
}
