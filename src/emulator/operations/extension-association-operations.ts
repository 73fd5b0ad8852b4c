// The operations on extension associations, and the deletions that they block.
import { arnOf } from '../model/arn.ts';
import type { ExtensionAssociation, ExtensionVersion } from '../model/resources.ts';
import { optionalInteger, requiredText, stringMap, tagsOf } from '../wire/check-members.ts';
import { ownMember } from '../wire/is-object.ts';
import { jsonResponse } from '../wire/message.ts';
import { badRequest, invalid, notFound, quotaExceeded } from '../wire/service-error.ts';
import { type Call, members, type Operation, pathPart } from './call.ts';
import { type ExtensionAt, extensionArn, extensionAt, extensionName } from './extension-operations.ts';
import { listResponse } from './list-response.ts';

/** AWS publishes no number; this one bounds the memory. */
const quota = 10_000;

/** The same extension may be associated with the same resource more than once. */
export const createExtensionAssociation: Operation = (call) => {
  const body = members(call);
  const identifier = requiredText(body.ExtensionIdentifier, 'extensionIdentifier', { max: 2048 });
  const number = optionalInteger(body.ExtensionVersionNumber, 'extensionVersionNumber');
  const resource = requiredText(body.ResourceIdentifier, 'resourceIdentifier', { max: 2048 });
  const parameters = parametersOf(body.Parameters);
  const tags = tagsOf(body.Tags);
  const found = extensionAt(call, identifier, number);
  if (!isAssociable(call, resource)) {
    throw notFound(
      'Resource',
      `Resource with Arn ${resource} could not be found for account ${call.accountRegion.account}.`,
    );
  }
  checkParameters(found, parameters);
  const { associations } = call.accountRegion;
  if (associations.size >= quota) throw quotaExceeded('extension associations', quota);
  const association: ExtensionAssociation = {
    ...call.store.newIdentity(),
    extensionId: found.extension.id,
    extensionVersion: found.version.number,
    resourceArn: resource,
    tags,
    parameters,
  };
  associations.set(association.id, association);
  return jsonResponse(201, shown(call, association));
};

/** Summaries, oldest first, optionally of one resource, extension or version. */
export const listExtensionAssociations: Operation = (call) => {
  const { query } = call.request;
  const resource = query.get('resource_identifier');
  const identifier = query.get('extension_identifier');
  const number = optionalInteger(query.get('extension_version_number'), 'extensionVersionNumber');
  const wanted = [...call.accountRegion.associations.values()].filter(
    (each) =>
      (resource === null || each.resourceArn === resource) &&
      (number === undefined || each.extensionVersion === number) &&
      (identifier === null || namesExtension(call, each, identifier)),
  );
  return listResponse(call, wanted, {
    key: ({ order }) => order,
    item: (association) => {
      const { Id, ExtensionArn, ResourceArn } = shown(call, association);
      return { Id, ExtensionArn, ResourceArn };
    },
  });
};

/** One association. */
export const getExtensionAssociation: Operation = (call) => jsonResponse(200, shown(call, associationOf(call)));

/** Given parameters replace all existing ones. */
export const updateExtensionAssociation: Operation = (call) => {
  const association = associationOf(call);
  const { Parameters } = members(call);
  if (Parameters !== undefined) {
    const parameters = parametersOf(Parameters);
    checkParameters(extensionAt(call, association.extensionId, association.extensionVersion), parameters);
    association.parameters = parameters;
  }
  return jsonResponse(200, shown(call, association));
};

/** Removes the extension from the resource. */
export const deleteExtensionAssociation: Operation = (call) => {
  call.accountRegion.associations.delete(associationOf(call).id);
  return jsonResponse(204, undefined);
};

/** @param resource the part of its ARN after the account @throws ServiceError if an extension is associated with it */
export function refuseAssociated(call: Call, kind: string, resource: string): void {
  const arn = arnOf(call.accountRegion, resource);
  for (const association of call.accountRegion.associations.values()) {
    if (association.resourceArn !== arn) continue;
    throw badRequest(
      `Cannot delete ${kind} ${arn} because there are extensions associated with it. Please remove the extension associations to this ${kind} first.`,
    );
  }
}

function namesExtension(call: Call, association: ExtensionAssociation, identifier: string): boolean {
  const { extensionId, extensionVersion } = association;
  const name = call.accountRegion.extensions.get(extensionId)?.name;
  return [extensionId, name, extensionArn(call, extensionId, extensionVersion)].includes(identifier);
}

function isAssociable(call: Call, arn: string): boolean {
  const start = arnOf(call.accountRegion, 'application/');
  if (!arn.startsWith(start)) return false;
  const [id = '', kind, part = '', ...rest] = arn.slice(start.length).split('/');
  const application = call.accountRegion.applications.get(id);
  if (application === undefined || rest.length > 0) return false;
  if (kind === undefined) return true;
  if (kind === 'environment') return application.environments.has(part);
  return kind === 'configurationprofile' && application.profiles.has(part);
}

function parametersOf(value: unknown): Record<string, string> | undefined {
  if (value === undefined) return undefined;
  const parameters = stringMap(value, 'parameters', { key: { min: 1, max: 64 }, value: { min: 1, max: 2048 } });
  const names = Object.keys(parameters);
  if (names.length > 10) throw invalid('parameters', value, 'Member must have length less than or equal to 10');
  for (const name of names) extensionName(name, 'parameters');
  return parameters;
}

function checkParameters({ extension, version }: ExtensionAt, given: Readonly<Record<string, string>> = {}): void {
  const required = requiredOf(version);
  if (required.length > 0 && Object.keys(given).length === 0) {
    throw badRequest(
      `Extension ${extension.name} version ${version.number} has required parameters, but no parameters have been supplied`,
    );
  }
  const missing = required.find((name) => ownMember(given, name) === undefined);
  if (missing !== undefined) {
    // AWS's message has two spaces here.
    throw badRequest(
      `Parameter ${missing}  is required for extension ${extension.id} version ${version.number}, but a value has not been supplied.`,
    );
  }
  const unknown = Object.keys(given).find((name) => ownMember(version.parameters ?? {}, name) === undefined);
  if (unknown !== undefined) {
    throw badRequest(`Parameter ${unknown} is not defined for extension ${extension.id} version ${version.number}.`);
  }
}

function requiredOf({ parameters = {} }: ExtensionVersion): string[] {
  return Object.keys(parameters).filter((name) => ownMember(parameters, name)?.Required);
}

function associationOf(call: Call): ExtensionAssociation {
  const id = pathPart(call, 'ExtensionAssociationId');
  const association = call.accountRegion.associations.get(id);
  if (association !== undefined) return association;
  throw notFound(
    'ExtensionAssociation',
    `ExtensionAssociation with Id ${id} could not be found for account ${call.accountRegion.account}.`,
  );
}

function shown(call: Call, association: ExtensionAssociation) {
  const { id, extensionId, extensionVersion, resourceArn, parameters } = association;
  return {
    Id: id,
    ExtensionArn: extensionArn(call, extensionId, extensionVersion),
    ResourceArn: resourceArn,
    Arn: arnOf(call.accountRegion, `extensionassociation/${id}`),
    Parameters: parameters,
    ExtensionVersionNumber: extensionVersion,
  };
}
