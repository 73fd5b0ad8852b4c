// What appcfg relies on in each response of AWS. A response without it is not one of AWS, whatever its status is.
import { deploymentStates } from '../../core/model/resource.ts';
import type { Operation } from '../../core/plan/step.ts';

type Members = Readonly<Record<string, unknown>>;

/** What is wrong with a value: the path below it and a reason, such as `.Items[0] is null`. */
type Check = (value: unknown, request: Members) => string | undefined;

/** By member of a response. Other members are not read. */
type Shape = Readonly<Record<string, Check>>;

/** A row for each operation that appcfg calls. */
const shapes: Readonly<Record<Exclude<Operation, 'AwaitDeployment'>, Shape> & Record<string, Shape>> = {
  GetCallerIdentity: { Account: matching(/^\d{12}$/), Arn: matching(/^arn:[a-z-]+:/) },
  AssumeRole: { Credentials: credentials() },
  AssumeRoleWithWebIdentity: { Credentials: credentials() },
  ListApplications: page({ Id: string, Name: string, Description: optional(anyString) }),
  ListEnvironments: page({
    Id: string,
    Name: string,
    ApplicationId: optional(requested('ApplicationId')),
    Description: optional(anyString),
    Monitors: optional(listOf(object({ AlarmArn: string, AlarmRoleArn: optional(anyString) }))),
  }),
  ListConfigurationProfiles: page({
    Id: string,
    Name: string,
    ApplicationId: optional(requested('ApplicationId')),
    LocationUri: string,
    Type: optional(string),
  }),
  ListDeploymentStrategies: page({ Id: string, Name: string, ...numbers() }),
  ListDeployments: page({
    DeploymentNumber: count,
    State: state,
    ConfigurationProfileId: optional(string),
    ConfigurationName: optional(string),
    ConfigurationVersion: optional(string),
    VersionLabel: optional(anyString),
    ...numbers(),
  }),
  ListExperimentDefinitions: page({
    Id: string,
    Name: string,
    EnvironmentId: optional(string),
    Status: optional(string),
  }),
  ListExtensionAssociations: page({ Id: string, ExtensionArn: optional(anyString), ResourceArn: optional(anyString) }),
  ListHostedConfigurationVersions: page({
    VersionNumber: count,
    VersionLabel: optional(anyString),
    Description: optional(anyString),
  }),
  ListTagsForResource: { Tags: optional(mapOf(anyString)) },
  GetHostedConfigurationVersion: {
    ApplicationId: requested('ApplicationId'),
    ConfigurationProfileId: requested('ConfigurationProfileId'),
    VersionNumber: requested('VersionNumber'),
    Content: bytes,
    ContentType: string,
    VersionLabel: optional(anyString),
  },
  GetConfigurationProfile: {
    Id: requested('ConfigurationProfileId'),
    Validators: optional(listOf(object({ Type: string, Content: anyString }))),
    KmsKeyIdentifier: optional(anyString),
    KmsKeyArn: optional(anyString),
  },
  GetDeployment: { ...deployment(), DeploymentNumber: requested('DeploymentNumber') },
  GetDeploymentStrategy: { Id: requested('DeploymentStrategyId'), ...numbers() },
  CreateApplication: { Id: string, Name: requested('Name') },
  CreateEnvironment: { Id: string, Name: requested('Name') },
  CreateConfigurationProfile: { Id: string, Name: requested('Name') },
  CreateDeploymentStrategy: { Id: string, Name: requested('Name') },
  CreateHostedConfigurationVersion: {
    ApplicationId: requested('ApplicationId'),
    ConfigurationProfileId: requested('ConfigurationProfileId'),
    VersionNumber: count,
    VersionLabel: optional(anyString),
  },
  StartDeployment: deployment(),
  StopDeployment: { DeploymentNumber: requested('DeploymentNumber'), State: state },
  UpdateApplication: { Id: requested('ApplicationId') },
  UpdateEnvironment: { Id: requested('EnvironmentId') },
  UpdateConfigurationProfile: { Id: requested('ConfigurationProfileId') },
  UpdateDeploymentStrategy: { Id: requested('DeploymentStrategyId') },
  GetAccountSettings: { DeletionProtection: optional(object({})) },
  // Without a body.
  ValidateConfiguration: {},
  TagResource: {},
  DeleteApplication: {},
  DeleteEnvironment: {},
  DeleteConfigurationProfile: {},
  DeleteHostedConfigurationVersion: {},
  DeleteDeploymentStrategy: {},
};

/** A response, as the SDK has read it. */
export interface ReadResponse {
  readonly operation: string;
  readonly request: object;
  readonly output: object;
  readonly body: string;
}

/** @returns what is wrong with a response: `Items[0].Id is missing`; undefined: nothing */
export function shapeError({ operation, request, output, body }: ReadResponse): string | undefined {
  const shape = shapes[operation];
  if (shape === undefined) throw new Error(`response-shapes.ts has no row for ${operation}`);
  const wrong = object(shape)(output, { ...request });
  if (wrong !== undefined) return wrong.replace(/^\./, '');
  // The SDK leaves out members that an operation does not have, such as the message of an error.
  const isEmpty = Object.entries(output).every(([name, value]) => name === '$metadata' || value === undefined);
  return isEmpty && !/^\s*(\{\s*\})?\s*$/.test(body) ? 'its body has another form' : undefined;
}

function page(item: Shape): Shape {
  return { Items: listOf(object(item)), NextToken: optional(anyString) };
}

function deployment(): Shape {
  return {
    ApplicationId: optional(requested('ApplicationId')),
    EnvironmentId: optional(requested('EnvironmentId')),
    DeploymentNumber: count,
    State: state,
    ConfigurationProfileId: optional(string),
    ConfigurationName: optional(anyString),
    DeploymentStrategyId: optional(string),
    Description: optional(anyString),
    PercentageComplete: optional(number),
    EventLog: optional(
      listOf(
        object({
          EventType: optional(anyString),
          TriggeredBy: optional(anyString),
          Description: optional(anyString),
        }),
      ),
    ),
    ...numbers(),
  };
}

function numbers(): Shape {
  return {
    DeploymentDurationInMinutes: optional(number),
    FinalBakeTimeInMinutes: optional(number),
    GrowthFactor: optional(number),
    GrowthType: optional(anyString),
  };
}

function credentials(): Check {
  return object({ AccessKeyId: string, SecretAccessKey: string, SessionToken: string, Expiration: date });
}

function object(shape: Shape): Check {
  return (value, request) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return unlike('an object', value);
    const members = value as Members;
    for (const [name, check] of Object.entries(shape)) {
      const wrong = check(Object.hasOwn(members, name) ? members[name] : undefined, request);
      if (wrong !== undefined) return `.${name}${wrong}`;
    }
    return undefined;
  };
}

function listOf(check: Check): Check {
  return (value, request) => {
    if (!Array.isArray(value)) return unlike('a list', value);
    for (const [index, item] of value.entries()) {
      const wrong = check(item, request);
      if (wrong !== undefined) return `[${index}]${wrong}`;
    }
    return undefined;
  };
}

function mapOf(check: Check): Check {
  return (value, request) =>
    object({})(value, request) ??
    Object.entries(value as Members)
      .map(([, member]) => check(member, request))
      .find((wrong) => wrong !== undefined);
}

function optional(check: Check): Check {
  return (value, request) => (value === undefined ? undefined : check(value, request));
}

/** The value that the request has: the response is to this request. */
function requested(member: string): Check {
  return (value, request) => (value === request[member] ? undefined : unlike(`that of the request`, value));
}

function matching(pattern: RegExp): Check {
  return (value) => (typeof value === 'string' && pattern.test(value) ? undefined : unlike(String(pattern), value));
}

function anyString(value: unknown): string | undefined {
  return typeof value === 'string' ? undefined : unlike('a string', value);
}

function string(value: unknown): string | undefined {
  return value === '' ? ' is empty' : anyString(value);
}

function number(value: unknown): string | undefined {
  return typeof value === 'number' && value >= 0 ? undefined : unlike('a number', value);
}

function count(value: unknown): string | undefined {
  return Number.isSafeInteger(value) && Number(value) > 0 ? undefined : unlike('a number from 1', value);
}

function state(value: unknown): string | undefined {
  return deploymentStates.some((known) => known === value) ? undefined : unlike('a state of deployments', value);
}

function bytes(value: unknown): string | undefined {
  return value instanceof Uint8Array ? undefined : unlike('content', value);
}

function date(value: unknown): string | undefined {
  return value instanceof Date && !Number.isNaN(value.getTime()) ? undefined : unlike('a time', value);
}

/** Without the value itself: it may be content, or a credential. */
function unlike(expected: string, value: unknown): string {
  if (value === undefined) return ' is missing';
  if (value === null) return ' is null';
  return ` is not ${expected}`;
}
