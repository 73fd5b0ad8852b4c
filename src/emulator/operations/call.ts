// A call as operations receive it, and how they read its path and body.
import type { Quotas } from '../model/quotas.ts';
import type { AccountRegion, Application, Environment, Profile } from '../model/resources.ts';
import type { Store } from '../model/store.ts';
import type { ValidatorTools } from '../rules/run-validators.ts';
import { isObject } from '../wire/is-object.ts';
import type { WireRequest, WireResponse } from '../wire/message.ts';
import { parseJson } from '../wire/parse-json.ts';
import { badRequest, invalid, notFound } from '../wire/service-error.ts';

/** A call of a known operation. */
export interface Call extends ValidatorTools {
  readonly operation: string;
  readonly request: WireRequest;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly store: Store;
  readonly accountRegion: AccountRegion;
  readonly quotas: Quotas;
  readonly now: number;
}

/** Carries out a call. @throws ServiceError */
export type Operation = (call: Call) => WireResponse;

/** A parameter in the path. */
export function pathPart(call: Call, name: string): string {
  return call.params[name] ?? '';
}

/** An integer in the path. @throws ServiceError */
export function pathNumber(call: Call, name: string, member: string): number {
  const value = pathPart(call, name);
  if (!/^-?\d{1,9}$/.test(value)) throw badRequest(`Member '${member}' must be an integer, not '${value}'`);
  return Number(value);
}

/** The members of a JSON body. A member that is `null` is omitted. @throws ServiceError */
export function members(call: Call): Record<string, unknown> {
  const { body } = call.request;
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = parseJson(body);
  } catch (error) {
    throw error instanceof SyntaxError ? badRequest('The request body is not JSON.') : error;
  }
  if (!isObject(value)) throw badRequest('The request body is not a JSON object.');
  return withoutNulls(value);
}

function withoutNulls(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = Object.entries(object).filter(([, value]) => value !== null);
  return Object.fromEntries(given.map(([name, value]) => [name, nestedWithoutNulls(value)]));
}

function nestedWithoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nestedWithoutNulls);
  return isObject(value) ? withoutNulls(value) : value;
}

/** What deletion protection needs to know of a deletion. */
export function deletionRequest({ request, accountRegion, now }: Call) {
  return { check: request.headers['x-amzn-deletion-protection-check'], settings: accountRegion.settings, now };
}

/** The application in the path. @throws ServiceError */
export function applicationOf(call: Call): Application {
  const id = identifier(call, 'ApplicationId', 'applicationId');
  const application = call.accountRegion.applications.get(id);
  if (application !== undefined) return application;
  const account = call.accountRegion.account;
  throw notFound('Application', `Application with Id ${id} could not be found for account ${account}.`);
}

/** The environment in the path. @throws ServiceError */
export function environmentOf(call: Call): { readonly application: Application; readonly environment: Environment } {
  const application = applicationOf(call);
  const id = identifier(call, 'EnvironmentId', 'environmentId');
  const environment = application.environments.get(id);
  if (environment !== undefined) return { application, environment };
  throw notFound(
    'Environment',
    `Environment with Application Id ${application.id} and Environment Id ${id} could not be found for account ${call.accountRegion.account}.`,
  );
}

/** The configuration profile in the path. @throws ServiceError */
export function profileOf(call: Call): { readonly application: Application; readonly profile: Profile } {
  const application = applicationOf(call);
  const id = identifier(call, 'ConfigurationProfileId', 'configurationProfileId');
  return { application, profile: profileById(call, application, id) };
}

/** A configuration profile by its id. @throws ServiceError */
export function profileById(call: Call, application: Application, id: string): Profile {
  const profile = application.profiles.get(id);
  if (profile !== undefined) return profile;
  throw notFound(
    'ConfigurationProfile',
    `Configuration Profile with Application Id ${application.id} and Configuration Profile Id ${id} could not be found for account ${call.accountRegion.account}.`,
  );
}

function identifier(call: Call, name: string, member: string): string {
  const id = pathPart(call, name);
  if (!/^[a-z0-9]{4,7}$/.test(id)) {
    throw invalid(member, id, 'Member must satisfy regular expression pattern: [a-z0-9]{4,7}');
  }
  return id;
}
