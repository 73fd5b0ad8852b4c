// The data plane: how applications read their configuration.

import { newSessionId, readToken, type Session, tokenLifeMs, writeToken } from '../model/session-token.ts';
import { numeric, text } from '../wire/check-members.ts';
import { jsonResponse } from '../wire/message.ts';
import { ServiceError } from '../wire/service-error.ts';
import { type Call, members, type Operation } from './call.ts';
import { configurationFor, targetOf } from './read-configuration.ts';

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
  const interval = body.RequiredMinimumPollIntervalInSeconds;
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
