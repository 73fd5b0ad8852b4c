// The operations on hosted configuration versions.
import { kmsKeyArn } from '../model/arn.ts';
import { featureFlags } from '../model/profile-types.ts';
import type { Application, HostedVersion, Profile } from '../model/resources.ts';
import { normalizeFlags } from '../rules/normalize-flags.ts';
import { headerText, optionalText, requiredText } from '../wire/check-members.ts';
import { jsonResponse, type WireResponse } from '../wire/message.ts';
import { badRequest, conflict, invalid, notFound, ServiceError } from '../wire/service-error.ts';
import { type Call, type Operation, pathNumber, profileOf } from './call.ts';
import { listResponse } from './list-response.ts';

/** The body is the content, and everything else is in headers. */
export const createHostedConfigurationVersion: Operation = (call) => {
  const { application, profile } = profileOf(call);
  const { headers, body } = call.request;
  if (body.length === 0) {
    throw badRequest(
      "1 validation error detected: Value at 'content' failed to satisfy constraint: Member must not be null",
    );
  }
  const limit = call.quotas.content;
  if (body.length > limit * 1024) {
    throw new ServiceError(413, 'PayloadTooLargeException', 'Content size limit exceeded.', {
      Measure: 'KILOBYTES',
      Limit: limit,
      Size: Math.ceil(body.length / 1024),
    });
  }
  const contentType = headerText(requiredText(headers['content-type'], 'contentType', { max: 255 }), 'contentType');
  const given = optionalText(headers.description, 'description', { max: 1024 });
  headerText(given ?? '', 'description');
  const description = given || undefined;
  const label = optionalText(headers.versionlabel, 'versionLabel', { max: 64 }) || undefined;
  if (label !== undefined) checkLabel(profile, label);
  checkLatest(profile, headers['latest-version-number']);
  const content = storedContent(profile, call);
  const latest = latestVersion(profile);
  if (profile.type === featureFlags && latest?.content.equals(content))
    return shown(201, call, application, { profile, version: latest });
  profile.lastVersion += 1;
  const version: HostedVersion = {
    number: profile.lastVersion,
    contentType,
    description,
    label,
    kmsKey: profile.kmsKey,
    content,
  };
  profile.versions.set(version.number, version);
  if (label !== undefined) profile.labels.set(label, version.number);
  const response = shown(201, call, application, { profile, version });
  return given === '' ? { ...response, headers: { ...response.headers, description: '' } } : response;
};

/** Newest first, optionally by label or the start of one. */
export const listHostedConfigurationVersions: Operation = (call) => {
  const { application, profile } = profileOf(call);
  const matches = labelFilter(call.request.query.get('version_label'));
  const wanted = [...profile.versions.values()].reverse().filter((version) => matches(version.label));
  return listResponse(call, wanted, {
    key: ({ number }) => number,
    descending: true,
    item: (version) => ({
      ApplicationId: application.id,
      ConfigurationProfileId: profile.id,
      VersionNumber: version.number,
      Description: version.description,
      ContentType: version.contentType,
      VersionLabel: version.label,
      KmsKeyArn: kmsKeyArn(call.accountRegion, version.kmsKey),
    }),
  });
};

/** One version. The body is its content. */
export const getHostedConfigurationVersion: Operation = (call) => {
  const { application, profile, version } = versionOf(call);
  return shown(200, call, application, { profile, version });
};

/** Its number is not used again; its label may be. */
export const deleteHostedConfigurationVersion: Operation = (call) => {
  const { profile, version } = versionOf(call);
  profile.versions.delete(version.number);
  if (version.label !== undefined) profile.labels.delete(version.label);
  return jsonResponse(204, undefined);
};

/** The version with a number or a label. */
export function findVersion(profile: Profile, numberOrLabel: string): HostedVersion | undefined {
  const number = /^\d+$/.test(numberOrLabel) ? Number(numberOrLabel) : profile.labels.get(numberOrLabel);
  return number === undefined ? undefined : profile.versions.get(number);
}

/** The error for a version to deploy or to validate that does not exist. */
export function versionNotFound(profile: Profile, version: string): ServiceError {
  const kind = /^\d+$/.test(version) ? 'number' : 'label';
  return notFound(
    'HostedConfigurationVersion',
    `Could not find configuration ${profile.name} with version ${kind} ${version}`,
  );
}

function checkLabel(profile: Profile, label: string): void {
  headerText(label, 'versionLabel');
  if (!/[^0-9]/.test(label)) {
    throw invalid('versionLabel', label, 'Member must satisfy regular expression pattern: .*[^0-9].*');
  }
  const holder = profile.labels.get(label);
  if (holder === undefined) return;
  throw badRequest(
    `The version label '${label}' has already been assigned to hosted configuration version ${holder}. Please provide a different version label to create your hosted configuration version.`,
  );
}

function storedContent(profile: Profile, call: Call): Buffer {
  const { body } = call.request;
  if (profile.type !== featureFlags) return Buffer.from(body);
  return normalizeFlags(body, latestVersion(profile)?.content, call);
}

function latestVersion(profile: Profile): HostedVersion | undefined {
  return [...profile.versions.values()].at(-1);
}

function checkLatest(profile: Profile, given: string | undefined): void {
  if (given === undefined || given === '') return;
  if (!/^\d{1,9}$/.test(given)) throw badRequest(`Member 'latestVersionNumber' must be an integer, not '${given}'`);
  const latest = latestVersion(profile)?.number ?? 0;
  if (Number(given) !== latest) {
    throw conflict(`Expected latest version ${given} does not match actual latest version ${latest}`);
  }
}

function labelFilter(wanted: string | null): (label: string | undefined) => boolean {
  if (wanted === null || wanted === '') return () => true;
  if (!wanted.endsWith('*')) return (label) => label === wanted;
  const start = wanted.slice(0, -1);
  return (label) => label?.startsWith(start) ?? false;
}

function versionOf(call: Call) {
  const { application, profile } = profileOf(call);
  const number = pathNumber(call, 'VersionNumber', 'versionNumber');
  const version = profile.versions.get(number);
  if (version !== undefined) return { application, profile, version };
  throw notFound(
    'HostedConfigurationVersion',
    `Hosted Configuration Version with Application Id ${application.id}, Configuration Profile Id ${profile.id}, and Version ${number} could not be found for account ${call.accountRegion.account}`,
  );
}

function shown(
  status: number,
  call: Call,
  application: Application,
  { profile, version }: { readonly profile: Profile; readonly version: HostedVersion },
): WireResponse {
  const headers: Record<string, string> = {
    'application-id': application.id,
    'configuration-profile-id': profile.id,
    'version-number': String(version.number),
    'content-type': version.contentType,
  };
  if (version.description !== undefined) headers.description = version.description;
  if (version.label !== undefined) headers.versionlabel = version.label;
  const arn = kmsKeyArn(call.accountRegion, version.kmsKey);
  if (arn !== undefined) headers.kmskeyarn = arn;
  // A copy, because the SDK hands the body to its caller.
  return { status, headers, body: Buffer.from(version.content) };
}
