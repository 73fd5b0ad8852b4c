// The data plane operations, with which applications read their configuration.
import { newSessionId, readToken, type Session, tokenLifeMs, writeToken } from '../model/session-token.ts';
import { numberInRange, requiredText } from '../wire/check-members.ts';
import { jsonResponse } from '../wire/message.ts';
import { ServiceError } from '../wire/service-error.ts';
import { type Call, members, type Operation } from './call.ts';
import { findTarget, readConfiguration } from './read-configuration.ts';

/** The interval AWS suggests to clients that asked for none. Earlier polls are not refused. */
const advisedIntervalSeconds = 60;

/** Starts a session. Whether a configuration is deployed is not checked until the first poll. */
export const startConfigurationSession: Operation = (call) => {
  const body = members(call);
  const { application, environment, profile } = findTarget(call.accountRegion, {
    application: requiredText(body.ApplicationIdentifier, 'applicationIdentifier', { max: 128 }),
    environment: requiredText(body.EnvironmentIdentifier, 'environmentIdentifier', { max: 128 }),
    profile: requiredText(body.ConfigurationProfileIdentifier, 'configurationProfileIdentifier', { max: 128 }),
  });
  const interval = body.RequiredMinimumPollIntervalInSeconds;
  const session: Session = {
    id: newSessionId(),
    account: call.accountRegion.account,
    region: call.accountRegion.region,
    application: application.id,
    environment: environment.id,
    profile: profile.id,
    polls: 0,
    issuedAt: call.now,
    interval:
      interval === undefined
        ? undefined
        : numberInRange(interval, 'requiredMinimumPollIntervalInSeconds', { min: 15, max: 86_400 }),
  };
  return jsonResponse(201, { InitialConfigurationToken: writeToken(session, call.store.tokenKey) });
};

/** The configuration if it is new to the session, otherwise an empty body; and the token for the next poll. */
export const getLatestConfiguration: Operation = (call) => {
  const session = sessionOf(call);
  const { application, environment, profile } = session;
  const address = { application, environment, profile };
  const found = readConfiguration(call.accountRegion, address, { client: session.id, now: call.now });
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

/** @throws ServiceError for a token that is not valid for this call */
function sessionOf(call: Call): Session {
  const token = requiredText(call.request.query.get('configuration_token'), 'configurationToken', { max: 8192 });
  const session = readToken(token, call.store.tokenKey);
  const { account, region } = call.accountRegion;
  if (session === undefined || session.account !== account || session.region !== region) {
    throw invalidToken('Corrupted', 'Invalid configuration token');
  }
  const age = call.now - session.issuedAt;
  if (age > tokenLifeMs) throw invalidToken('Expired', 'The configuration token has expired');
  if (call.store.usedTokens.has(session)) throw invalidToken('Expired', 'The configuration token was already used');
  // The first poll may follow immediately. A refused poll leaves the token valid.
  if (session.polls > 0 && session.interval !== undefined && age < session.interval * 1000) {
    throw invalidToken('PollIntervalNotSatisfied', 'Request too early');
  }
  return session;
}

function invalidToken(problem: 'Corrupted' | 'Expired' | 'PollIntervalNotSatisfied', message: string): ServiceError {
  return new ServiceError(400, 'BadRequestException', message, {
    Reason: 'InvalidParameters',
    Details: { InvalidParameters: { ConfigurationToken: { Problem: problem } } },
  });
}
