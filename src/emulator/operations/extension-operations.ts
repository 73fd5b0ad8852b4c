// The operations on extensions. Their actions are stored and never invoked.
import { arnOf } from '../model/arn.ts';
import {
  type Extension,
  type ExtensionAction,
  type ExtensionParameter,
  type ExtensionVersion,
  findByIdOrName,
} from '../model/resources.ts';
import { canonicalJson } from '../wire/canonical-json.ts';
import {
  descriptionText,
  objectList,
  optionalInteger,
  optionalText,
  requiredText,
  tagsOf,
} from '../wire/check-members.ts';
import { isObject } from '../wire/is-object.ts';
import { jsonResponse } from '../wire/message.ts';
import { badRequest, conflict, invalid, notFound, quotaExceeded } from '../wire/service-error.ts';
import { type Call, members, type Operation, pathPart } from './call.ts';
import { listResponse } from './list-response.ts';

const actionPoints = [
  'PRE_CREATE_HOSTED_CONFIGURATION_VERSION',
  'PRE_START_DEPLOYMENT',
  'AT_DEPLOYMENT_TICK',
  'ON_DEPLOYMENT_START',
  'ON_DEPLOYMENT_STEP',
  'ON_DEPLOYMENT_BAKING',
  'ON_DEPLOYMENT_COMPLETE',
  'ON_DEPLOYMENT_ROLLED_BACK',
];

/** A version of an extension. */
export interface ExtensionAt {
  readonly extension: Extension;
  readonly version: ExtensionVersion;
}

/** Creates the first version, or the next one with `Latest-Version-Number`. Returns an identical latest version as it is. */
export const createExtension: Operation = (call) => {
  const body = members(call);
  const name = extensionName(body.Name, 'name');
  const description = descriptionText(body.Description);
  const actions = actionsOf(body.Actions);
  const parameters = parametersOf(body.Parameters);
  const tags = tagsOf(body.Tags);
  const expected = optionalInteger(call.request.headers['latest-version-number'], 'latestVersionNumber');
  const known = [...call.accountRegion.extensions.values()].find((each) => each.name === name);
  const latest = known && newest(known);
  if (known !== undefined && latest !== undefined) {
    const { number: _number, tags: _tags, ...stored } = latest;
    const same =
      canonicalJson(stored) === canonicalJson({ description: description || undefined, actions, parameters });
    if (same && (expected === undefined || expected === latest.number)) {
      return jsonResponse(201, shown(call, { extension: known, version: latest }, description));
    }
    if (expected === undefined) {
      throw badRequest(`LatestVersionNumber not populated and an extension with name ${name} already exists.`);
    }
  }
  const latestNumber = latest?.number ?? 0;
  if (expected !== undefined && expected !== latestNumber) {
    throw conflict(
      `LatestVersionNumber supplied in request ${expected} does not match latest version ${latestNumber}.`,
    );
  }
  const { extensions } = call.accountRegion;
  if (known === undefined && extensions.size >= call.quotas.extensions) {
    throw quotaExceeded('extensions', call.quotas.extensions);
  }
  const extension = known ?? { ...call.store.newIdentity(), name, lastVersion: 0, versions: [] };
  extension.lastVersion += 1;
  const version: ExtensionVersion = {
    number: extension.lastVersion,
    description: description || undefined,
    tags,
    actions,
    parameters,
  };
  extension.versions.push(version);
  extensions.set(extension.id, extension);
  return jsonResponse(201, shown(call, { extension, version }, description));
};

/** Summaries of the newest version of each, optionally of one name. */
export const listExtensions: Operation = (call) => {
  const name = call.request.query.get('name');
  const newestVersions = [...call.accountRegion.extensions.values()].flatMap((extension): ExtensionAt[] => {
    const version = newest(extension);
    return version === undefined || (name !== null && extension.name !== name) ? [] : [{ extension, version }];
  });
  return listResponse(call, newestVersions, {
    key: ({ extension }) => extension.order,
    item: (found) => {
      const { Actions: _actions, Parameters: _parameters, ...summary } = shown(call, found);
      return summary;
    },
  });
};

/** A version by the extension's id, name or ARN; the newest by default. */
export const getExtension: Operation = (call) => {
  const number = optionalInteger(call.request.query.get('version_number'), 'versionNumber');
  return jsonResponse(200, shown(call, extensionAt(call, pathPart(call, 'ExtensionIdentifier'), number)));
};

/** Changes a version in place; the newest by default. */
export const updateExtension: Operation = (call) => {
  const { Description, Actions, Parameters, VersionNumber } = members(call);
  const number = optionalInteger(VersionNumber, 'versionNumber');
  const found = extensionAt(call, pathPart(call, 'ExtensionIdentifier'), number);
  const { version } = found;
  const description = descriptionText(Description);
  const actions = Actions === undefined ? version.actions : actionsOf(Actions);
  const parameters = Parameters === undefined ? version.parameters : parametersOf(Parameters);
  version.actions = actions;
  version.parameters = parameters;
  if (description !== undefined) version.description = description || undefined;
  return jsonResponse(200, shown(call, found, description));
};

/** Deletes one version, the newest by default. The last one is deleted together with the extension. */
export const deleteExtension: Operation = (call) => {
  const number = optionalInteger(call.request.query.get('version'), 'versionNumber');
  const { extension, version } = extensionAt(call, pathPart(call, 'ExtensionIdentifier'), number);
  const used = [...call.accountRegion.associations.values()].filter(
    (each) => each.extensionId === extension.id && each.extensionVersion === version.number,
  ).length;
  if (used > 0) {
    throw badRequest(
      `Cannot delete extension ${extension.id}, version ${version.number}, for account ${call.accountRegion.account}, as there are ${used} associations of the extension still existing.`,
    );
  }
  extension.versions.splice(extension.versions.indexOf(version), 1);
  if (extension.versions.length === 0) call.accountRegion.extensions.delete(extension.id);
  return jsonResponse(204, undefined);
};

/** A version of the extension with an id, a name or an ARN; the newest by default. @throws ServiceError */
export function extensionAt(call: Call, identifier: string, number: number | undefined): ExtensionAt {
  const { accountRegion } = call;
  const prefix = arnOf(accountRegion, 'extension/');
  const [id = '', numberInArn] = identifier.startsWith(prefix)
    ? identifier.slice(prefix.length).split('/')
    : [identifier];
  const extension = findByIdOrName(accountRegion.extensions, id);
  const wanted = number ?? optionalInteger(numberInArn, 'versionNumber');
  const version =
    wanted === undefined ? extension && newest(extension) : extension?.versions.find((each) => each.number === wanted);
  if (extension !== undefined && version !== undefined) return { extension, version };
  throw notFound('Extension', `Extension could not be found for account ${accountRegion.account}.`);
}

/** The ARN of a version. */
export function extensionArn(call: Call, id: string, version: number): string {
  return arnOf(call.accountRegion, `extension/${id}/${version}`);
}

/** The name of an extension or a parameter. @throws ServiceError */
export function extensionName(value: unknown, member: string): string {
  const name = requiredText(value, member, { max: 64 });
  if (/^[^/#:\n]+$/.test(name)) return name;
  throw invalid(member, name, 'Member must satisfy regular expression pattern: ^[^\\/#:\\n]{1,64}$');
}

function newest(extension: Extension): ExtensionVersion | undefined {
  return extension.versions.at(-1);
}

function actionsOf(value: unknown): Record<string, ExtensionAction[]> {
  const entries = entriesOf(value, 'actions');
  if (value === undefined || value === null) throw invalid('actions', undefined, 'Member must not be null');
  if (entries.length === 0) throw invalid('actions', value, 'Member must have length greater than or equal to 1');
  if (entries.length > 5) throw invalid('actions', value, 'Member must have length less than or equal to 5');
  const actions: Record<string, ExtensionAction[]> = {};
  for (const [point, list] of entries) {
    if (!actionPoints.includes(point)) {
      const rule = `Map keys must satisfy constraint: [Member must satisfy enum value set: [${actionPoints.join(', ')}]]`;
      throw invalid('actions', point, rule);
    }
    actions[point] = objectList(list, 'actions', 1).map(({ Name, Description, Uri, RoleArn }) => ({
      Name: requiredText(Name, 'name', { max: 64 }),
      Description: descriptionText(Description),
      Uri: requiredText(Uri, 'uri', { max: 2048 }),
      RoleArn: optionalText(RoleArn, 'roleArn', { min: 20, max: 2048 }),
    }));
    if (actions[point].length === 0) throw invalid('actions', [], 'Member must have length greater than or equal to 1');
  }
  return actions;
}

function parametersOf(value: unknown): Record<string, ExtensionParameter> | undefined {
  if (value === undefined) return undefined;
  const entries = entriesOf(value, 'parameters');
  if (entries.length > 10) throw invalid('parameters', value, 'Member must have length less than or equal to 10');
  const parameters = entries.map(([key, entry]): [string, ExtensionParameter] => {
    const name = extensionName(key, 'parameters');
    if (!isObject(entry)) throw badRequest(`Member 'parameters' must be a map of objects`);
    const description = descriptionText(entry.Description);
    const optional = description === undefined ? {} : { Description: description };
    return [name, { ...optional, Required: entry.Required === true, Dynamic: entry.Dynamic === true }];
  });
  const both = parameters.filter(([, { Required, Dynamic }]) => Required && Dynamic).map(([name]) => name);
  if (both.length > 0) throw badRequest(`Extension parameters ${both.join(', ')} can not be both required and dynamic`);
  return Object.fromEntries(parameters);
}

function entriesOf(value: unknown, member: string): [string, unknown][] {
  if (value === undefined) return [];
  if (!isObject(value)) throw badRequest(`Member '${member}' must be a map`);
  return Object.entries(value);
}

function shown(call: Call, { extension, version }: ExtensionAt, given?: string) {
  return {
    Id: extension.id,
    Name: extension.name,
    VersionNumber: version.number,
    Arn: extensionArn(call, extension.id, version.number),
    Description: given ?? version.description,
    Actions: version.actions,
    Parameters: version.parameters,
  };
}
