// The operations on environments.
import { refuseProtected } from '../model/deletion-protection.ts';
import { type DeploymentState, inProgress, stateAt } from '../model/deployment-progress.ts';
import type { Application, Environment, Monitor } from '../model/resources.ts';
import { descriptionText, objectList, optionalText, requiredText, tagsOf } from '../wire/check-members.ts';
import { jsonResponse } from '../wire/message.ts';
import { badRequest, conflict, invalid, quotaExceeded } from '../wire/service-error.ts';
import { applicationOf, type Call, deletionRequest, environmentOf, members, type Operation } from './call.ts';
import { refuseExperiments } from './experiment-operations.ts';
import { refuseAssociated } from './extension-association-operations.ts';
import { listResponse } from './list-response.ts';

/** The state of an environment by the state of its newest deployment. */
const environmentStates = {
  DEPLOYING: 'Deploying',
  BAKING: 'Deploying',
  ROLLING_BACK: 'RollingBack',
  ROLLED_BACK: 'RolledBack',
  REVERTED: 'Reverted',
  COMPLETE: 'ReadyForDeployment',
} as const satisfies Record<DeploymentState, string>;

/** Names are unique in an application. */
export const createEnvironment: Operation = (call) => {
  const application = applicationOf(call);
  const body = members(call);
  const name = requiredText(body.Name, 'name', { max: 64 });
  const description = descriptionText(body.Description);
  const monitors = monitorsOf(body.Monitors);
  const tags = tagsOf(body.Tags);
  refuseDuplicate(call, application, name);
  const quota = call.quotas.environments;
  if (application.environments.size >= quota) throw quotaExceeded('environments per application', quota);
  const environment: Environment = {
    ...call.store.newIdentity(),
    name,
    description: description || undefined,
    tags,
    monitors,
    createdAt: call.now,
    alarm: 'OK',
    lastDeployment: 0,
    deployments: new Map(),
  };
  application.environments.set(environment.id, environment);
  return jsonResponse(201, shown(call, application, environment, description));
};

/** Oldest first. */
export const listEnvironments: Operation = (call) => {
  const application = applicationOf(call);
  return listResponse(call, application.environments.values(), {
    key: ({ order }) => order,
    item: (environment) => shown(call, application, environment),
  });
};

/** One environment with its state at the current time. */
export const getEnvironment: Operation = (call) => {
  const { application, environment } = environmentOf(call);
  return jsonResponse(200, shown(call, application, environment));
};

/** Omitted members stay unchanged. */
export const updateEnvironment: Operation = (call) => {
  const { application, environment } = environmentOf(call);
  const body = members(call);
  const name = body.Name === undefined ? environment.name : requiredText(body.Name, 'name', { max: 64 });
  const description = descriptionText(body.Description);
  const monitors = body.Monitors === undefined ? environment.monitors : monitorsOf(body.Monitors);
  if (name !== environment.name) refuseDuplicate(call, application, name);
  environment.name = name;
  environment.monitors = monitors;
  if (description !== undefined) environment.description = description || undefined;
  return jsonResponse(200, shown(call, application, environment, description));
};

/** Also deletes its deployments. Refused while an extension is associated, a deployment is in progress or it is protected. */
export const deleteEnvironment: Operation = (call) => {
  const { application, environment } = environmentOf(call);
  const resource = `application/${application.id}/environment/${environment.id}`;
  refuseAssociated(call, 'environment', resource);
  refuseExperiments(application, environment);
  const newest = environment.deployments.get(environment.lastDeployment);
  if (newest !== undefined && inProgress(newest, call.now)) {
    throw conflict(
      `Cannot delete environment ${environment.id} because deployment ${newest.number} is in progress in it.`,
    );
  }
  refuseProtected('environment', environment, deletionRequest(call));
  application.environments.delete(environment.id);
  return jsonResponse(204, undefined);
};

/** The state on the wire, which is spelled differently in the SDK's model. */
function environmentState(environment: Environment, now: number): string {
  const newest = environment.deployments.get(environment.lastDeployment);
  return newest === undefined ? 'ReadyForDeployment' : environmentStates[stateAt(newest, now)];
}

function refuseDuplicate(call: Call, application: Application, name: string): void {
  for (const other of application.environments.values()) {
    if (other.name !== name) continue;
    throw badRequest(
      `Environment with name ${name} already exists with id ${other.id} in application ${application.id} and account ${call.accountRegion.account}`,
    );
  }
}

function monitorsOf(value: unknown): Monitor[] {
  return objectList(value, 'monitors', 5).map(({ AlarmArn, AlarmRoleArn }) => {
    const alarm = requiredText(AlarmArn, 'alarmArn', { max: 2048 });
    const role = optionalText(AlarmRoleArn, 'alarmRoleArn', { min: 20, max: 2048 });
    // Optional in the SDK's model, required by the service.
    if (role === undefined) throw invalid('alarmRoleArn', undefined, 'Member must not be null.');
    return { AlarmArn: alarm, AlarmRoleArn: role };
  });
}

function shown(call: Call, application: Application, environment: Environment, given?: string) {
  return {
    ApplicationId: application.id,
    Id: environment.id,
    Name: environment.name,
    Description: given ?? environment.description,
    State: environmentState(environment, call.now),
    // Recorded responses omit an empty list.
    Monitors: environment.monitors.length === 0 ? undefined : environment.monitors,
  };
}
