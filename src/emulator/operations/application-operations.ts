// The operations on applications.
import type { Application } from '../model/resources.ts';
import { descriptionText, requiredText, tagsOf } from '../wire/check-members.ts';
import { jsonResponse } from '../wire/message.ts';
import { badRequest, quotaExceeded } from '../wire/service-error.ts';
import { applicationOf, type Call, members, type Operation } from './call.ts';
import { refuseAssociated } from './extension-association-operations.ts';
import { listResponse } from './list-response.ts';

/** Names are unique in an account and Region. */
export const createApplication: Operation = (call) => {
  const { Name, Description, Tags } = members(call);
  const name = requiredText(Name, 'name', { max: 64 });
  const description = descriptionText(Description);
  const tags = tagsOf(Tags);
  refuseDuplicate(call, name);
  const { applications } = call.accountRegion;
  if (applications.size >= call.quotas.applications) throw quotaExceeded('applications', call.quotas.applications);
  const application: Application = {
    ...call.store.newIdentity(),
    name,
    description: description || undefined,
    tags,
    environments: new Map(),
    profiles: new Map(),
    experiments: new Map(),
  };
  applications.set(application.id, application);
  return jsonResponse(201, shown(application, description));
};

/** Oldest first. */
export const listApplications: Operation = (call) => {
  const applications = call.accountRegion.applications.values();
  return listResponse(call, applications, { key: ({ order }) => order, item: (each) => shown(each) });
};

/** One application. */
export const getApplication: Operation = (call) => jsonResponse(200, shown(applicationOf(call)));

/** Omitted members stay unchanged. */
export const updateApplication: Operation = (call) => {
  const application = applicationOf(call);
  const { Name, Description } = members(call);
  const name = Name === undefined ? application.name : requiredText(Name, 'name', { max: 64 });
  const description = descriptionText(Description);
  if (name !== application.name) refuseDuplicate(call, name);
  application.name = name;
  if (description !== undefined) application.description = description || undefined;
  return jsonResponse(200, shown(application, description));
};

/** Refused while extensions are associated with it, then while it has environments, then while it has profiles or experiment definitions. */
export const deleteApplication: Operation = (call) => {
  const { id, environments, profiles, experiments } = applicationOf(call);
  refuseAssociated(call, 'application', `application/${id}`);
  const parts = { environments, 'configuration profiles': profiles, 'experiment definitions': experiments };
  const left = Object.entries(parts).find(([, { size }]) => size > 0)?.[0];
  if (left !== undefined) {
    throw badRequest(`Cannot delete application ${id}, because there are still ${left} existing under it.`);
  }
  call.accountRegion.applications.delete(id);
  return jsonResponse(204, undefined);
};

function refuseDuplicate(call: Call, name: string): void {
  for (const other of call.accountRegion.applications.values()) {
    if (other.name !== name) continue;
    throw badRequest(
      `Application with name ${name} already exists with id ${other.id} in account ${call.accountRegion.account}`,
    );
  }
}

/** @param given the description in the request, which the response repeats even if it is empty */
function shown(application: Application, given?: string) {
  return { Id: application.id, Name: application.name, Description: given ?? application.description };
}
