// The operations on tags.
import { arnOf } from '../model/arn.ts';
import type { AccountRegion } from '../model/resources.ts';
import { requiredText, tagsOf, tooManyTags } from '../wire/check-members.ts';
import { jsonResponse } from '../wire/message.ts';
import { badRequest, invalid, notFound } from '../wire/service-error.ts';
import { type Call, members, type Operation, pathPart } from './call.ts';

/** Adds tags and replaces the values of existing ones. */
export const tagResource: Operation = (call) => {
  const resource = taggable(call);
  const { Tags } = members(call);
  if (Tags === undefined) throw invalid('tags', undefined, 'Member must not be null');
  const tags = { ...resource.tags, ...tagsOf(Tags) };
  if (Object.keys(tags).length > 50) throw tooManyTags();
  resource.tags = tags;
  return jsonResponse(204, undefined);
};

/** Removes tags. Keys that the resource does not have are ignored. */
export const untagResource: Operation = (call) => {
  const resource = taggable(call);
  const keys = call.request.query.getAll('tagKeys');
  if (keys.length === 0) throw invalid('tagKeys', undefined, 'Member must not be null');
  for (const key of keys) requiredText(key, 'tagKeys', { max: 128 });
  resource.tags = Object.fromEntries(Object.entries(resource.tags).filter(([key]) => !keys.includes(key)));
  return jsonResponse(204, undefined);
};

/** All tags of a resource. */
export const listTagsForResource: Operation = (call) => jsonResponse(200, { Tags: taggable(call).tags });

function taggable(call: Call): { tags: Record<string, string> } {
  const arn = pathPart(call, '*');
  if (!/^arn:[^:]+:appconfig:[^:]*:\d{12}:./.test(arn)) throw badRequest(`Invalid ResourceArn ${arn}`);
  const prefix = arnOf(call.accountRegion, '');
  const resource = arn.startsWith(prefix) ? findResource(call.accountRegion, arn.slice(prefix.length)) : undefined;
  if (resource === undefined) throw notFound('Resource', `Resource with Arn ${arn} could not be found.`);
  return resource;
}

/** @param path the resource part of an ARN. @returns undefined where it does not exist */
export function tagsOfResource(accountRegion: AccountRegion, path: string): Record<string, string> | undefined {
  return findResource(accountRegion, path)?.tags;
}

function findResource(accountRegion: AccountRegion, path: string): { tags: Record<string, string> } | undefined {
  const parts = path.split('/');
  const [kind, id = '', part, partId = '', below, number] = parts;
  if (kind === 'extension' && parts.length === 3) {
    return accountRegion.extensions.get(id)?.versions.find((version) => String(version.number) === part);
  }
  if (kind === 'extensionassociation' && parts.length === 2) return accountRegion.associations.get(id);
  if (kind === 'deploymentstrategy' && parts.length === 2) return accountRegion.strategies.get(id) ?? predefined(id);
  if (kind !== 'application') return undefined;
  const application = accountRegion.applications.get(id);
  if (parts.length === 2) return application;
  if (parts.length === 4 && part === 'configurationprofile') return application?.profiles.get(partId);
  if (part !== 'environment') return undefined;
  const environment = application?.environments.get(partId);
  if (parts.length === 4) return environment;
  return parts.length === 6 && below === 'deployment' ? environment?.deployments.get(Number(number)) : undefined;
}

/** Tags of a predefined strategy are accepted and not stored. */
function predefined(id: string): { tags: Record<string, string> } | undefined {
  return id.startsWith('AppConfig.') ? { tags: {} } : undefined;
}
