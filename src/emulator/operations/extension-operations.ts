// The operations on extensions. Their actions are kept, and never invoked.

import {
  arnOf,
  type Extension,
  type ExtensionAction,
  type ExtensionParameter,
  type ExtensionVersion,
  named,
} from '../model/store.ts';
import { canonicalJson } from '../wire/canonical-json.ts';
import { descriptionText, isObject, objects, optionalText, tagsOf, text } from '../wire/check-members.ts';
import { jsonResponse } from '../wire/message.ts';
import { badRequest, conflict, invalid, notFound, quotaExceeded } from '../wire/service-error.ts';
import { type Call, members, type Operation, pathPart } from './call.ts';
import { page } from './page.ts';

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

/** A first version, or with `Latest-Version-Number` the next one; what is there already is answered as it is. */
export const createExtension: Operation = (call) => {
  const body = members(call);
  const name = nameText(body.Name, 'name');
  const description = descriptionText(body.Description);
  const actions = actionsOf(body.Actions);
  const parameters = parametersOf(body.Parameters);
  const tags = tagsOf(body.Tags);
  const expected = wholeNumber(call.request.headers['latest-version-number'], 'latestVersionNumber');
  const known = [...call.place.extensions.values()].find((each) => each.name === name);
  const latest = known && newest(known);
  if (known !== undefined && latest !== undefined) {
    const asked = canonicalJson({ description: description || undefined, actions, parameters });
    const { description: text, actions: did, parameters: took } = latest;
    const same = asked === canonicalJson({ description: text, actions: did, parameters: took });
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
  const { extensions } = call.place;
  if (known === undefined && extensions.size >= call.quotas.extensions) {
    throw quotaExceeded('extensions', call.quotas.extensions);
  }
  const extension = known ?? { ...call.store.identity(), name, lastVersion: 0, versions: [] };
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

/** The newest version of each, in short; of one name if asked. */
export const listExtensions: Operation = (call) => {
  const name = call.request.query.get('name');
  const wanted = [...call.place.extensions.values()].filter((each) => name === null || each.name === name);
  const { entries, nextToken } = page(call, wanted, { key: (each) => each.order });
  const items = entries.flatMap((extension) => {
    const version = newest(extension);
    if (version === undefined) return [];
    const { Actions: _long, Parameters: _longer, ...summary } = shown(call, { extension, version });
    return [summary];
  });
  return jsonResponse(200, { Items: items, NextToken: nextToken });
};

/** By id, name or ARN; the newest version unless told. */
export const getExtension: Operation = (call) => {
  const number = wholeNumber(call.request.query.get('version_number'), 'versionNumber');
  return jsonResponse(200, shown(call, extensionAt(call, pathPart(call, 'ExtensionIdentifier'), number)));
};

/** Changes a version in place: the newest unless told. */
export const updateExtension: Operation = (call) => {
  const { Description, Actions, Parameters, VersionNumber } = members(call);
  const number = wholeNumber(VersionNumber, 'versionNumber');
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

/** One version, the newest unless told; the extension goes with its last one. */
export const deleteExtension: Operation = (call) => {
  const number = wholeNumber(call.request.query.get('version'), 'versionNumber');
  const { extension, version } = extensionAt(call, pathPart(call, 'ExtensionIdentifier'), number);
  const used = [...call.place.associations.values()].filter(
    (each) => each.extensionId === extension.id && each.extensionVersion === version.number,
  ).length;
  if (used > 0) {
    throw badRequest(
      `Cannot delete extension ${extension.id}, version ${version.number}, for account ${call.place.account}, as there are ${used} associations of the extension still existing.`,
    );
  }
  extension.versions.splice(extension.versions.indexOf(version), 1);
  if (extension.versions.length === 0) call.place.extensions.delete(extension.id);
  return jsonResponse(204, undefined);
};

/** A version of the extension that an id, a name or an ARN tells; the newest unless told. @throws ServiceError */
export function extensionAt(call: Call, identifier: string, number: number | undefined): ExtensionAt {
  const { place } = call;
  const start = arnOf(place, 'extension/');
  const [id = '', numberInArn] = identifier.startsWith(start)
    ? identifier.slice(start.length).split('/')
    : [identifier];
  const extension = named(place.extensions, id);
  const wanted = number ?? wholeNumber(numberInArn, 'versionNumber');
  const version =
    wanted === undefined ? extension && newest(extension) : extension?.versions.find((each) => each.number === wanted);
  if (extension !== undefined && version !== undefined) return { extension, version };
  const which = wanted === undefined ? '' : ` and Version ${wanted}`;
  throw notFound(
    'Extension',
    `Extension with Id ${identifier}${which} could not be found for account ${place.account}.`,
  );
}

/** The ARN of a version. */
export function extensionArn(call: Call, id: string, version: number): string {
  return arnOf(call.place, `extension/${id}/${version}`);
}

/** A whole number in a header, a query or a body. @throws ServiceError */
export function wholeNumber(value: unknown, member: string): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const digits = typeof value === 'number' ? String(value) : value;
  if (typeof digits !== 'string' || !/^\d{1,9}$/.test(digits))
    throw badRequest(`Member '${member}' must be an integer`);
  return Number(digits);
}

/** The name of an extension or a parameter. @throws ServiceError */
export function nameText(value: unknown, member: string): string {
  const name = text(value, member, { max: 64 });
  if (/^[^/#:\n]+$/.test(name)) return name;
  throw invalid(member, name, 'Member must satisfy regular expression pattern: ^[^\\/#:\\n]{1,64}$');
}

function newest(extension: Extension): ExtensionVersion | undefined {
  return extension.versions.at(-1);
}

function actionsOf(value: unknown): Record<string, ExtensionAction[]> {
  const entries = entriesOf(value, 'actions');
  if (entries.length === 0) throw invalid('actions', undefined, 'Member must not be null');
  if (entries.length > 5) throw invalid('actions', value, 'Member must have length less than or equal to 5');
  const actions: Record<string, ExtensionAction[]> = {};
  for (const [point, list] of entries) {
    if (!actionPoints.includes(point)) {
      const rule = `Map keys must satisfy constraint: [Member must satisfy enum value set: [${actionPoints.join(', ')}]]`;
      throw invalid('actions', point, rule);
    }
    actions[point] = objects(list, 'actions', 1).map(({ Name, Description, Uri, RoleArn }) => ({
      Name: text(Name, 'name', { max: 64 }),
      Description: descriptionText(Description),
      Uri: text(Uri, 'uri', { max: 2048 }),
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
    const name = nameText(key, 'parameters');
    if (!isObject(entry)) throw badRequest(`Member 'parameters' must be a map of objects`);
    const description = descriptionText(entry.Description);
    const told = description === undefined ? {} : { Description: description };
    return [name, { ...told, Required: entry.Required === true, Dynamic: entry.Dynamic === true }];
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
