// The operations on account settings and tags.

import { arnOf } from '../model/store.ts';
import { numeric, optionalMembers, optionalTruth, tagsOf, text, tooManyTags } from '../wire/check-members.ts';
import { jsonResponse } from '../wire/message.ts';
import { badRequest, invalid, notFound } from '../wire/service-error.ts';
import { type Call, members, type Operation, pathPart } from './call.ts';

/** What holds for the account in the Region. */
export const getAccountSettings: Operation = (call) => jsonResponse(200, shownSettings(call));

/** What is left out stays as it is. */
export const updateAccountSettings: Operation = (call) => {
  const { DeletionProtection, VendedMetrics } = members(call);
  const protection = optionalMembers(DeletionProtection, 'deletionProtection');
  const metrics = optionalMembers(VendedMetrics, 'vendedMetrics');
  const { settings } = call.place;
  const { enabled, minutes } = settings.deletionProtection;
  const period = protection.ProtectionPeriodInMinutes ?? minutes;
  const changed = {
    enabled: optionalTruth(protection.Enabled, 'enabled') ?? enabled,
    minutes: numeric(period, 'protectionPeriodInMinutes', { min: 15, max: 1440 }),
  };
  settings.vendedMetrics = optionalTruth(metrics.Enabled, 'enabled') ?? settings.vendedMetrics;
  settings.deletionProtection = changed;
  return jsonResponse(200, shownSettings(call));
};

/** Adds tags, or gives those that are there new values. */
export const tagResource: Operation = (call) => {
  const resource = taggable(call);
  const { Tags } = members(call);
  if (Tags === undefined) throw invalid('tags', undefined, 'Member must not be null');
  const tags = { ...resource.tags, ...tagsOf(Tags) };
  if (Object.keys(tags).length > 50) throw tooManyTags();
  resource.tags = tags;
  return jsonResponse(204, undefined);
};

/** Takes tags away; those that are not there do not matter. */
export const untagResource: Operation = (call) => {
  const resource = taggable(call);
  const keys = call.request.query.getAll('tagKeys');
  if (keys.length === 0) throw invalid('tagKeys', undefined, 'Member must not be null');
  for (const key of keys) text(key, 'tagKeys', { max: 128 });
  resource.tags = Object.fromEntries(Object.entries(resource.tags).filter(([key]) => !keys.includes(key)));
  return jsonResponse(204, undefined);
};

/** All tags of a resource. */
export const listTagsForResource: Operation = (call) => jsonResponse(200, { Tags: taggable(call).tags });

function shownSettings(call: Call) {
  const { deletionProtection, vendedMetrics } = call.place.settings;
  return {
    DeletionProtection: {
      Enabled: deletionProtection.enabled,
      ProtectionPeriodInMinutes: deletionProtection.minutes,
    },
    // AWS answers with an empty structure until it is set.
    VendedMetrics: { Enabled: vendedMetrics },
  };
}

function taggable(call: Call): { tags: Record<string, string> } {
  const arn = pathPart(call, '*');
  if (!/^arn:[^:]+:appconfig:[^:]*:\d{12}:./.test(arn)) throw badRequest(`Invalid ResourceArn ${arn}`);
  const start = arnOf(call.place, '');
  const resource = arn.startsWith(start) ? find(call, arn.slice(start.length).split('/')) : undefined;
  if (resource === undefined) throw notFound('Resource', `Resource with Arn ${arn} could not be found.`);
  return resource;
}

function find(call: Call, parts: readonly string[]): { tags: Record<string, string> } | undefined {
  const [kind, id = '', part, partId = '', below, number] = parts;
  if (kind === 'extension' && parts.length === 3) {
    return call.place.extensions.get(id)?.versions.find((version) => String(version.number) === part);
  }
  if (kind === 'extensionassociation' && parts.length === 2) return call.place.associations.get(id);
  if (kind === 'deploymentstrategy' && parts.length === 2) return call.place.strategies.get(id) ?? predefined(id);
  if (kind !== 'application') return undefined;
  const application = call.place.applications.get(id);
  if (parts.length === 2) return application;
  if (parts.length === 4 && part === 'configurationprofile') return application?.profiles.get(partId);
  if (part !== 'environment') return undefined;
  const environment = application?.environments.get(partId);
  if (parts.length === 4) return environment;
  return parts.length === 6 && below === 'deployment' ? environment?.deployments.get(Number(number)) : undefined;
}

/** Predefined strategies have no tags, and keep none. */
function predefined(id: string): { tags: Record<string, string> } | undefined {
  return id.startsWith('AppConfig.') ? { tags: {} } : undefined;
}
