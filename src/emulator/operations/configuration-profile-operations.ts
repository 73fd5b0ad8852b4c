// The operations on configuration profiles.
import { kmsKeyArn } from '../model/arn.ts';
import { refuseProtected } from '../model/deletion-protection.ts';
import { inProgress } from '../model/deployment-progress.ts';
import { featureFlags, freeform } from '../model/profile-types.ts';
import type { Application, Profile, Validator } from '../model/resources.ts';
import { runValidators } from '../rules/run-validators.ts';
import {
  descriptionText,
  kmsKeyText,
  objectList,
  oneOf,
  optionalText,
  requiredText,
  tagsOf,
} from '../wire/check-members.ts';
import { jsonResponse } from '../wire/message.ts';
import { badRequest, conflict, invalid, notFound, quotaExceeded } from '../wire/service-error.ts';
import { applicationOf, type Call, deletionRequest, members, type Operation, profileOf } from './call.ts';
import { refuseAssociated } from './extension-association-operations.ts';
import { findVersion, versionNotFound } from './hosted-configuration-version-operations.ts';
import { listResponse } from './list-response.ts';

const name128 = { max: 128 };
const arn2048 = { min: 20, max: 2048 };

/** Names are unique in an application. */
export const createConfigurationProfile: Operation = (call) => {
  const application = applicationOf(call);
  const body = members(call);
  const name = requiredText(body.Name, 'name', name128);
  const description = descriptionText(body.Description);
  const locationUri = requiredText(body.LocationUri, 'locationUri', { max: 2048 });
  const type = optionalText(body.Type, 'type', { max: 128 }) ?? freeform;
  const retrievalRoleArn = optionalText(body.RetrievalRoleArn, 'retrievalRoleArn', arn2048);
  const kmsKey = kmsKeyText(body.KmsKeyIdentifier) || undefined;
  const validators = validatorsOf(body.Validators);
  const tags = tagsOf(body.Tags);
  checkCombination({ type, locationUri, retrievalRoleArn, kmsKey });
  refuseDuplicate(call, application, name);
  const quota = call.quotas.profiles;
  if (application.profiles.size >= quota) throw quotaExceeded('configuration profiles per application', quota);
  const profile: Profile = {
    ...call.store.newIdentity(),
    name,
    description: description || undefined,
    tags,
    type,
    locationUri,
    retrievalRoleArn,
    kmsKey,
    validators,
    createdAt: call.now,
    lastVersion: 0,
    versions: new Map(),
    labels: new Map(),
  };
  application.profiles.set(profile.id, profile);
  return jsonResponse(201, shown(call, application, profile, description));
};

/** Summaries, oldest first, optionally of one type. */
export const listConfigurationProfiles: Operation = (call) => {
  const application = applicationOf(call);
  const type = call.request.query.get('type');
  const wanted = [...application.profiles.values()].filter((each) => type === null || each.type === type);
  return listResponse(call, wanted, {
    key: ({ order }) => order,
    item: (profile) => ({
      ApplicationId: application.id,
      Id: profile.id,
      Name: profile.name,
      LocationUri: profile.locationUri,
      ValidatorTypes: profile.validators.map((validator) => validator.Type),
      Type: profile.type,
    }),
  });
};

/** One profile with its validators. */
export const getConfigurationProfile: Operation = (call) => {
  const { application, profile } = profileOf(call);
  return jsonResponse(200, shown(call, application, profile));
};

/** Omitted members stay unchanged. Type and location cannot change. */
export const updateConfigurationProfile: Operation = (call) => {
  const { application, profile } = profileOf(call);
  const body = members(call);
  const name = body.Name === undefined ? profile.name : requiredText(body.Name, 'name', name128);
  const description = descriptionText(body.Description);
  const role = optionalText(body.RetrievalRoleArn, 'retrievalRoleArn', arn2048) ?? profile.retrievalRoleArn;
  const kmsKey = kmsKeyText(body.KmsKeyIdentifier) ?? profile.kmsKey;
  const validators = body.Validators === undefined ? profile.validators : validatorsOf(body.Validators);
  checkCombination({ ...profile, retrievalRoleArn: role, kmsKey: kmsKey || undefined });
  if (name !== profile.name) refuseDuplicate(call, application, name);
  profile.name = name;
  profile.retrievalRoleArn = role;
  profile.kmsKey = kmsKey || undefined;
  profile.validators = validators;
  if (description !== undefined) profile.description = description || undefined;
  return jsonResponse(200, shown(call, application, profile, description));
};

/** Refused while an extension is associated, it has hosted versions, is being deployed or is protected. */
export const deleteConfigurationProfile: Operation = (call) => {
  const { application, profile } = profileOf(call);
  const resource = `application/${application.id}/configurationprofile/${profile.id}`;
  refuseAssociated(call, 'configuration profile', resource);
  if (profile.versions.size > 0) {
    throw badRequest(
      `Cannot delete configuration profile ${profile.id} because there are still hosted configuration versions existing under it.`,
    );
  }
  for (const environment of application.environments.values()) {
    const newest = environment.deployments.get(environment.lastDeployment);
    if (newest?.profileId !== profile.id || !inProgress(newest, call.now)) continue;
    throw conflict(
      `Cannot delete configuration profile ${profile.id} because deployment ${newest.number} of it is in progress in environment ${environment.id}.`,
    );
  }
  refuseProtected('configuration profile', profile, deletionRequest(call));
  application.profiles.delete(profile.id);
  return jsonResponse(204, undefined);
};

/** Runs the validators on a stored version. A configuration in another service is not validated. */
export const validateConfiguration: Operation = (call) => {
  const { profile } = profileOf(call);
  const version = requiredText(call.request.query.get('configuration_version'), 'configurationVersion', { max: 1024 });
  const hosted = findVersion(profile, version);
  if (profile.locationUri === 'hosted' && hosted === undefined) throw versionNotFound(profile, version);
  return jsonResponse(204, undefined, runValidators(profile, hosted?.content, call));
};

function checkCombination(profile: {
  readonly type: string;
  readonly locationUri: string;
  readonly retrievalRoleArn: string | undefined;
  readonly kmsKey: string | undefined;
}): void {
  const { type, locationUri } = profile;
  if (type !== freeform && type !== featureFlags) {
    throw notFound('ConfigurationProfileType', `Invalid type, must be one of: ${freeform}, ${featureFlags}`);
  }
  if (type === featureFlags && locationUri !== 'hosted') {
    throw badRequest(`ConfigurationProfiles of type '${featureFlags}' can only have a locationUri of 'hosted'`);
  }
  if (
    !/^(hosted$|(ssm-parameter|ssm-document|s3|secretsmanager|codepipeline):\/\/|arn:aws[\w-]*:ssm:)/.test(locationUri)
  ) {
    throw badRequest(`The Uri: ${locationUri} is of an unsupported type`);
  }
  if (locationUri.startsWith('s3://') && !/^s3:\/\/[^/]+\/./.test(locationUri)) {
    throw badRequest(`Invalid locationUri ${locationUri}`);
  }
  checkRole(locationUri, profile.retrievalRoleArn);
  if (profile.kmsKey !== undefined && locationUri !== 'hosted') {
    throw badRequest(
      'KmsKeyIdentifier applies only to AppConfig hosted configuration data. For non-hosted configuration sources, configure encryption in the corresponding service.',
    );
  }
}

function checkRole(locationUri: string, role: string | undefined): void {
  const rule = 'be null if the request has the following uri';
  if (locationUri === 'hosted' && role !== undefined) {
    // AWS quotes the value in its other validation messages, but not in this one.
    const start = `1 validation error detected: Value ${role} at 'retrievalRoleArn'`;
    throw badRequest(`${start} failed to satisfy constraint: Member must ${rule}: ${locationUri}`);
  }
  if (locationUri !== 'hosted' && !locationUri.startsWith('codepipeline://') && role === undefined) {
    throw invalid('retrievalRoleArn', undefined, `Member must not ${rule}: ${locationUri}`);
  }
}

function refuseDuplicate(call: Call, application: Application, name: string): void {
  for (const other of application.profiles.values()) {
    if (other.name !== name) continue;
    throw badRequest(
      `ConfigurationProfile with name ${name} already exists with id ${other.id} in application ${application.id} account ${call.accountRegion.account}`,
    );
  }
}

function validatorsOf(value: unknown): Validator[] {
  return objectList(value, 'validators', 2).map(({ Type, Content }) => {
    const type = oneOf(Type, 'type', ['JSON_SCHEMA', 'LAMBDA']);
    const content = requiredText(Content, 'content', { min: 0, max: 32_768 });
    // AWS does not check a schema until it is used.
    if (type === 'LAMBDA' && !/^arn:[^:]+:lambda:[^:]*:\d{12}:/.test(content)) {
      throw badRequest(`ARN ${content} is invalid due to not containing an account ID.`);
    }
    if (type === 'LAMBDA' && !/^[a-zA-Z0-9:$_.-]+$/.test(content)) throw badRequest(`ARN ${content} is invalid.`);
    return { Type: type, Content: content };
  });
}

function shown(call: Call, application: Application, profile: Profile, given?: string) {
  return {
    ApplicationId: application.id,
    Id: profile.id,
    Name: profile.name,
    Description: given ?? profile.description,
    LocationUri: profile.locationUri,
    RetrievalRoleArn: profile.retrievalRoleArn,
    // Recorded responses omit an empty list.
    Validators: profile.validators.length === 0 ? undefined : profile.validators,
    Type: profile.type,
    KmsKeyIdentifier: profile.kmsKey,
    KmsKeyArn: kmsKeyArn(call.accountRegion, profile.kmsKey),
  };
}
