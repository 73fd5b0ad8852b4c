// The data plane: how applications read their configuration.
import { type Call, members, type Operation } from './call.ts';
import { numeric, text } from './checks.ts';
import { noteRead } from './deletion-protection.ts';
import { ServiceError } from './errors.ts';
import { retrievalForm } from './retrieval-form.ts';
import { deploymentFor } from './served.ts';
import { newSessionId, readToken, type Session, tokenLifeMs, writeToken } from './session-token.ts';
import type { Application, Deployment, Environment, Place, Profile } from './store.ts';
import { jsonResponse } from './wire.ts';

/** A configuration that a client is to receive. */
export interface Configuration {
  readonly version: string;
  readonly label: string | undefined;
  readonly contentType: string;
  readonly content: Buffer;
}

/** Where a configuration is, told by ids or names. */
export interface ConfigurationAddress {
  readonly application: string;
  readonly environment: string;
  readonly profile: string;
}

interface Target {
  readonly application: Application;
  readonly environment: Environment;
  readonly profile: Profile;
}

const featureFlags = 'AWS.AppConfig.FeatureFlags';
/** What AWS tells clients that asked for no interval. It is advice: nothing is refused that comes earlier. */
const advisedIntervalSeconds = 60;

/** Says where a session starts; whether something is deployed there is not asked yet. */
export const startConfigurationSession: Operation = (call) => {
  const body = members(call);
  const { application, environment, profile } = targetOf(call.place, {
    application: text(body.ApplicationIdentifier, 'applicationIdentifier', { max: 128 }),
    environment: text(body.EnvironmentIdentifier, 'environmentIdentifier', { max: 128 }),
    profile: text(body.ConfigurationProfileIdentifier, 'configurationProfileIdentifier', { max: 128 }),
  });
  const interval = body.RequiredMinimumPollIntervalInSeconds ?? undefined;
  const session: Session = {
    id: newSessionId(),
    account: call.place.account,
    region: call.place.region,
    application: application.id,
    environment: environment.id,
    profile: profile.id,
    polls: 0,
    issuedAt: call.now,
    interval:
      interval === undefined
        ? undefined
        : numeric(interval, 'requiredMinimumPollIntervalInSeconds', { min: 15, max: 86_400 }),
  };
  return jsonResponse(201, { InitialConfigurationToken: writeToken(session, call.store.tokenKey) });
};

/** The configuration if the session has another one, else nothing; and the token for the next time. */
export const getLatestConfiguration: Operation = (call) => {
  const session = sessionOf(call);
  const { application, environment, profile } = session;
  const target = targetOf(call.place, { application, environment, profile });
  const found = configurationFor(target, { client: session.id, now: call.now });
  call.store.usedTokens.add(session);
  const isNew = found.version !== session.has;
  const next: Session = { ...session, polls: session.polls + 1, issuedAt: call.now, has: found.version };
  return {
    status: 200,
    headers: {
      'next-poll-configuration-token': writeToken(next, call.store.tokenKey),
      'next-poll-interval-in-seconds': String(session.interval ?? advisedIntervalSeconds),
      'content-type': found.contentType,
      ...(isNew && found.label !== undefined ? { 'version-label': found.label } : {}),
    },
    body: isNew ? found.content : Buffer.alloc(0),
  };
};

/** What a client gets. @throws ServiceError */
export function readConfiguration(
  place: Place,
  address: ConfigurationAddress,
  asking: { readonly client: string; readonly now: number },
): Configuration {
  return configurationFor(targetOf(place, address), asking);
}

/** Ids come before names, in case somebody's name looks like an id. @throws ServiceError */
function targetOf(place: Place, address: ConfigurationAddress): Target {
  const application = named(place.applications, address.application);
  if (application === undefined) throw missing('Application', `application ${address.application}`, {});
  const referencedBy = { ApplicationIdentifier: address.application };
  const environment = named(application.environments, address.environment);
  if (environment === undefined) throw missing('Environment', `environment ${address.environment}`, referencedBy);
  const profile = named(application.profiles, address.profile);
  if (profile === undefined) {
    throw missing('ConfigurationProfile', `configuration profile ${address.profile}`, referencedBy);
  }
  return { application, environment, profile };
}

function named<T extends { readonly name: string }>(all: ReadonlyMap<string, T>, asked: string): T | undefined {
  const byId = all.get(asked);
  if (byId !== undefined) return byId;
  for (const each of all.values()) if (each.name === asked) return each;
  return undefined;
}

function configurationFor(target: Target, asking: { readonly client: string; readonly now: number }): Configuration {
  const deployment = deploymentFor(target, asking);
  if (deployment === undefined) throw noDeployment(target);
  const { served } = deployment;
  if (served === undefined) throw notHere(target, deployment);
  const { profile } = target;
  noteRead(target, asking.now);
  const content =
    profile.type === featureFlags
      ? Buffer.from(JSON.stringify(retrievalForm(served.content)))
      : Buffer.from(served.content);
  return { version: deployment.version, label: deployment.label, contentType: served.contentType, content };
}

/** @throws ServiceError for a token that is not good for this call */
function sessionOf(call: Call): Session {
  const token = text(call.request.query.get('configuration_token'), 'configurationToken', { max: 8192 });
  const session = readToken(token, call.store.tokenKey);
  const { account, region } = call.place;
  if (session === undefined || session.account !== account || session.region !== region) {
    throw badToken('Corrupted', 'Invalid configuration token');
  }
  const age = call.now - session.issuedAt;
  if (age > tokenLifeMs) throw badToken('Expired', 'The configuration token has expired');
  if (call.store.usedTokens.has(session)) throw badToken('Expired', 'The configuration token was already used');
  // The first poll of a session may follow at once; a poll that is refused does not use the token up.
  if (session.polls > 0 && session.interval !== undefined && age < session.interval * 1000) {
    throw badToken('PollIntervalNotSatisfied', 'Request too early');
  }
  return session;
}

function badToken(problem: 'Corrupted' | 'Expired' | 'PollIntervalNotSatisfied', message: string): ServiceError {
  return new ServiceError(400, 'BadRequestException', message, {
    Reason: 'InvalidParameters',
    Details: { InvalidParameters: { ConfigurationToken: { Problem: problem } } },
  });
}

function noDeployment({ application, environment, profile }: Target): ServiceError {
  const where = `configuration profile ${profile.id} in environment ${environment.id}`;
  return missing(
    'Deployment',
    `deployment of ${where} for this client`,
    referencesOf(application, environment, profile),
  );
}

/** The configuration is in some other service. */
function notHere({ application, environment, profile }: Target, deployment: Deployment): ServiceError {
  return new ServiceError(
    404,
    'ResourceNotFoundException',
    `The embedded AppConfig has hosted configurations only: it cannot read version ${deployment.version} of ${profile.locationUri}`,
    { ResourceType: 'Configuration', ReferencedBy: referencesOf(application, environment, profile) },
  );
}

function referencesOf(application: Application, environment: Environment, profile: Profile): Record<string, string> {
  return {
    ApplicationIdentifier: application.id,
    EnvironmentIdentifier: environment.id,
    ConfigurationProfileIdentifier: profile.id,
  };
}

function missing(type: string, what: string, referencedBy: Readonly<Record<string, string>>): ServiceError {
  return new ServiceError(404, 'ResourceNotFoundException', `There is no ${what}`, {
    ResourceType: type,
    ReferencedBy: referencedBy,
  });
}
